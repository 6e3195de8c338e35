"""What is tolerated in a text of our own form, each time with a note."""

from typing import Any

import pytest

from connections_sdk.integration_texts import UnreadableDefinition, integration_of
from connections_sdk.integrations import ConfigVariable
from connections_sdk.places import Remark

AT = "#/configPages/0/elements/0"


def read(connection: Any = None, **variable: Any) -> tuple[ConfigVariable, tuple[Remark, ...]]:
    held = {"component": "crm", "key": "oauth2", **(connection or {})}
    element = {"key": "CRM", "connection": held, **variable}
    found = integration_of({"name": "x", "configPages": [{"name": "P", "elements": [element]}]})
    return found.integration.variables["CRM"], found.notes


def visibility(value: dict[str, Any]) -> str | None:
    found, _ = read({"values": {"a": value}})
    return found.connection.values["a"].visibility


def test_a_plain_value_is_read_as_the_value() -> None:
    variable, notes = read({"values": {"a": "x", "b": None, "c": ["y"]}})

    values = variable.connection.values
    assert [values[name].value for name in "abc"] == ["x", None, ["y"]]
    assert notes == tuple(
        Remark(f"{AT}/connection/values/{name}", "was read as the input's value") for name in "abc"
    )


def test_no_values_are_an_empty_object() -> None:
    assert read({}) == read({"values": {}})
    assert read({"values": None})[1] == (
        Remark(f"{AT}/connection/values", "was read as no values"),
    )
    assert read({"values": {"a": {"value": None}}})[1] == ()


def test_a_component_may_be_an_object_with_its_key() -> None:
    variable, notes = read({"component": {"key": "crm", "version": 3}})

    assert variable.connection.component == "crm"
    assert [each.pointer for each in notes] == [
        f"{AT}/connection/component",
        f"{AT}/connection/component/version",
    ]


@pytest.mark.parametrize(
    ("names", "meant"),
    [
        ({"orgOnly": True}, "organization"),
        ({"orgOnly": True, "visibleToCustomerDeployer": True}, "organization"),
        ({"orgOnly": True, "permissionAndVisibilityType": "customer"}, "organization"),
        ({"visibleToCustomerDeployer": True, "visibleToOrgDeployer": True}, "customer"),
        ({"isVisibleToCustomerDeployer": True}, "customer"),
        ({"visibleToOrgDeployer": True}, "embedded"),
        ({"visibleToOrgDeployer": True, "visibleToCustomerDeployer": False}, "embedded"),
        ({"visibleToCustomerDeployer": False}, "embedded"),
        ({"permissionAndVisibilityType": "embedded"}, "embedded"),
        ({"orgOnly": False}, None),
        ({"orgOnly": None}, None),
        ({"visibleToOrgDeployer": False}, None),
        ({}, None),
    ],
)
def test_visibility_has_other_names_too(names: dict[str, Any], meant: str | None) -> None:
    assert visibility({"value": "x", **names}) == meant
    assert visibility({"value": "x", "meta": names}) == meant
    assert read(**names)[0].visibility == meant
    assert read(meta=names)[0].visibility == meant


def test_what_is_said_by_our_name_wins() -> None:
    hidden = {"orgOnly": True}

    assert visibility({"visibility": "embedded", **hidden}) == "embedded"
    assert visibility({"visibility": None, **hidden}) == "organization"
    assert visibility({"meta": hidden, "orgOnly": False}) is None
    assert read(visibility="embedded", **hidden)[0].visibility == "embedded"
    assert read(visibility=None, **hidden)[0].visibility == "organization"


def test_what_is_said_of_the_whole_is_not_said_of_each_input() -> None:
    variable, _ = read({"values": {"a": {"value": "x"}}}, orgOnly=True)

    assert variable.visibility == "organization"
    assert variable.connection.values["a"].visibility is None


def test_other_names_are_noted() -> None:
    assert read({"values": {"a": {"orgOnly": True}}})[1] == (
        Remark(
            f"{AT}/connection/values/a",
            "states its visibility by other names: it is organization",
        ),
    )
    ((_, detail),) = read({"values": {}}, orgOnly=False)[1]
    assert detail == "states its visibility by other names: the default applies"


@pytest.mark.parametrize(
    ("value", "pointer", "detail"),
    [
        ({"orgOnly": "true"}, "a/orgOnly", "must be true or false"),
        (
            {"meta": {"permissionAndVisibilityType": ["x"]}},
            "a/meta/permissionAndVisibilityType",
            "must be customer, embedded or organization",
        ),
        ({"meta": {"orgOnly": True, "x": 1}}, "a/meta", "Extra inputs are not permitted"),
        ({"x": 1}, "a/x", "Extra inputs are not permitted"),
    ],
)
def test_what_is_not_known_is_refused(value: Any, pointer: str, detail: str) -> None:
    with pytest.raises(UnreadableDefinition) as refused:
        read({"values": {"a": value}})

    assert refused.value.problems == (Remark(f"{AT}/connection/values/{pointer}", detail),)


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({"name": "x", "configPages": "x"}, "#/configPages"),
        ({"name": "x", "configPages": ["x"]}, "#/configPages/0"),
        (
            {"name": "x", "configPages": [{"name": "P", "elements": "x"}]},
            "#/configPages/0/elements",
        ),
        ({"name": "x", "configPages": [{"name": "P", "elements": ["x"]}]}, AT),
        (
            {"name": "x", "configPages": [{"name": "P", "elements": [{"key": "x"}]}]},
            f"{AT}/connection",
        ),
        ({}, "#/name"),
    ],
)
def test_what_has_another_shape_is_refused_where_it_is(document: Any, pointer: str) -> None:
    with pytest.raises(UnreadableDefinition) as refused:
        integration_of(document)

    assert [each.pointer for each in refused.value.problems] == [pointer]


@pytest.mark.parametrize(
    ("connection", "pointer"),
    [
        ({"component": {"version": 3}}, "component"),
        ({"values": "x"}, "values"),
    ],
)
def test_a_connection_of_another_shape_is_refused(connection: Any, pointer: str) -> None:
    with pytest.raises(UnreadableDefinition) as refused:
        read(connection)

    assert [each.pointer for each in refused.value.problems] == [f"{AT}/connection/{pointer}"]
