"""Files in the form that they have elsewhere are read, with a note for what has no place here."""

from typing import Any

import pytest

from connections_sdk.integration_texts import ReadIntegration, UnreadableDefinition, integration_of
from connections_sdk.integrations import ConfigValue, ConfigVariable, VariableConnection
from connections_sdk.tolerance import MOST_REMARKS

LEFT_OUT = "has no place in an integration here and was left out"


def a_variable(key: str = "CRM", **changes: Any) -> dict[str, Any]:
    connection = {"component": {"key": "crm"}, "key": "oauth2"}
    return {"key": key, "dataType": "connection", "connection": connection, **changes}


def a_page(*keys: str, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Page",
        "elements": [{"type": "configVar", "value": key} for key in keys],
        **changes,
    }


def a_step(name: str = "List", component: str = "crm", **changes: Any) -> dict[str, Any]:
    return {"name": name, "action": {"component": {"key": component}, "key": "list"}, **changes}


def a_file(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Sync",
        "requiredConfigVars": [a_variable()],
        "configPages": [a_page("CRM")],
        **changes,
    }


def read(**changes: Any) -> ReadIntegration:
    return integration_of(a_file(**changes))


def noted(**changes: Any) -> dict[str, str]:
    return {each.pointer: each.detail for each in read(**changes).notes}


def refused(**changes: Any) -> dict[str, str]:
    with pytest.raises(UnreadableDefinition) as caught:
        read(**changes)
    return {each.pointer: each.detail for each in caught.value.problems}


def value(**of: Any) -> ConfigValue:
    found = read(requiredConfigVars=[a_variable(inputs={"a": of})])
    return found.integration.variables["CRM"].connection.values["a"]


def test_a_variable_is_put_onto_the_page_that_names_it() -> None:
    found = read(
        description="Syncs.",
        requiredConfigVars=[
            a_variable("A", stableKey="a", description="First."),
            a_variable("B", connection={"component": "erp", "key": "k", "template": "My ERP"}),
        ],
        configPages=[a_page("B", tagline="Now."), a_page("A", userLevelConfigured=True)],
    )

    first, second = found.integration.config_pages
    assert (first.name, first.tagline) == ("Page", "Now.")
    assert first.elements == [
        ConfigVariable(
            key="B", connection=VariableConnection(component="erp", key="k", template="My ERP")
        )
    ]
    assert second.elements == [
        ConfigVariable(
            key="A",
            stable_key="a",
            description="First.",
            level="user",
            connection=VariableConnection(component="crm", key="oauth2"),
        )
    ]
    assert found.integration.description == "Syncs."
    assert found.notes == ()


@pytest.mark.parametrize("mark", ["requiredConfigVars", "flows", "definitionVersion"])
def test_a_member_that_only_such_files_have_tells_them_apart(mark: str) -> None:
    found = integration_of({"name": "x", mark: None, "surprise": 1})

    assert [each.detail for each in found.notes if each.pointer == "#/surprise"] == [LEFT_OUT]
    with pytest.raises(UnreadableDefinition):
        integration_of({"name": "x", "surprise": 1})


def test_what_has_no_place_is_left_out_with_a_note() -> None:
    variable = a_variable(header="x", inputs={"a": {"value": "x", "meta": {"y": 1}, "z": 1}})
    variable["connection"] = {
        "component": {"key": "crm", "version": 1, "isPublic": True}, "key": "k", "more": 1,
    }  # fmt: skip

    assert noted(
        labels=["x"],
        requiredConfigVars=[variable],
        configPages=[a_page("CRM", icon="x")],
        flows=[{"name": "F", "endpointType": "x", "steps": [a_step(isTrigger=True)]}],
    ) == dict.fromkeys(
        [
            "#/labels",
            "#/requiredConfigVars/0/header",
            "#/requiredConfigVars/0/inputs/a/z",
            "#/requiredConfigVars/0/inputs/a/meta/y",
            "#/requiredConfigVars/0/connection/more",
            "#/requiredConfigVars/0/connection/component/version",
            "#/requiredConfigVars/0/connection/component/isPublic",
            "#/configPages/0/icon",
            "#/flows/0/endpointType",
            "#/flows/0/steps/0/isTrigger",
        ],
        LEFT_OUT,
    )


def test_what_is_no_connection_is_left_out_with_a_note() -> None:
    untyped = a_variable("U")
    del untyped["dataType"]
    others: list[Any] = [
        {"key": "S", "dataType": "string"},
        {"key": "N"},
        a_variable("D", dataType="date"),
    ]
    html = {"type": "htmlElement", "value": "<p>"}
    page = a_page("CRM", "S", "N", "D", "U", "CRM")
    page["elements"].append(html)
    found = read(requiredConfigVars=[a_variable(), *others, untyped], configPages=[page])

    assert list(found.integration.variables) == ["CRM", "U"]
    assert {each.pointer: each.detail for each in found.notes} == {
        "#/requiredConfigVars/1": "holds no connection and was left out",
        "#/requiredConfigVars/2": "holds no connection and was left out",
        "#/requiredConfigVars/3": "holds no connection and was left out",
        "#/configPages/0/elements/1": "holds no connection and was left out",
        "#/configPages/0/elements/2": "holds no connection and was left out",
        "#/configPages/0/elements/3": "holds no connection and was left out",
        "#/configPages/0/elements/5": "stands on a page already and was left out",
        "#/configPages/0/elements/6": "is no config variable and was left out",
    }


def test_a_variable_that_no_page_names_is_put_onto_a_page_of_its_own() -> None:
    found = read(configPages=None)

    assert [page.name for page in found.integration.config_pages] == ["Connections"]
    assert list(found.integration.variables) == ["CRM"]
    assert [each.pointer for each in found.notes] == ["#/requiredConfigVars/0"]


@pytest.mark.parametrize(
    ("stable_key", "becomes"),
    [("a-b", "a-b"), ("4f1c", "v-4f1c"), ("a b", None), (None, None)],
)
def test_a_stable_key_begins_with_a_letter(stable_key: Any, becomes: str | None) -> None:
    found = read(requiredConfigVars=[a_variable(stableKey=stable_key)])

    assert found.integration.variables["CRM"].stable_key == becomes
    assert len(found.notes) == (stable_key not in (becomes, None))


@pytest.mark.parametrize(
    ("of", "becomes"),
    [
        ({"type": "value", "value": "x"}, "x"),
        ({"value": True}, True),
        ({"value": ["x"]}, ["x"]),
        ({"type": "template", "value": "https://{{#a}}"}, "https://{{#a}}"),
        ({"type": "value", "value": None}, None),
        ({"set": True}, None),
        ({"type": "configVar", "value": "Other"}, None),
        ({"type": "complex", "value": []}, []),
        ({"type": "complex", "value": [{"type": "value", "value": "x"}]}, ["x"]),
    ],
)
def test_values_are_read_without_their_types(of: dict[str, Any], becomes: object) -> None:
    assert value(**of).value == becomes
    assert value(**of).set is of.get("set", False)


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "k", "type": "value", "value": "v"},
        {"name": {"type": "value", "value": "k"}, "value": "v"},
        {"key": "k", "value": "v"},
    ],
)
def test_complex_values_with_names_are_pairs(entry: dict[str, Any]) -> None:
    found = value(type="complex", value=[entry]).model_dump()["value"]

    assert found == [{"key": "k", "value": "v"}]


def test_a_plain_value_is_read_as_the_value() -> None:
    found = read(requiredConfigVars=[a_variable(inputs={"a": "x"})])

    assert found.integration.variables["CRM"].connection.values["a"].value == "x"
    assert [each.detail for each in found.notes] == ["was read as the input's value"]


def test_visibility_is_the_inputs_own_or_the_variables() -> None:
    inputs = {"a": {"value": "x"}, "b": {"value": "x", "meta": {"visibleToCustomerDeployer": True}},
              "c": {"value": "x", "visibility": "embedded", "orgOnly": True}}  # fmt: skip
    found = read(requiredConfigVars=[a_variable(orgOnly=True, inputs=inputs)])

    variable = found.integration.variables["CRM"]
    assert variable.visibility == "organization"
    values = variable.connection.values
    assert [values[name].visibility for name in "abc"] == [None, "customer", "embedded"]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({"orgOnly": True}, "organization"),
        ({"isVisibleToCustomerDeployer": False}, "embedded"),
        ({"meta": {"visibleToOrgDeployer": True}}, "embedded"),
        ({"visibility": "embedded", "orgOnly": True}, "embedded"),
        ({"orgOnly": False}, None),
    ],
)
def test_a_variables_visibility_is_kept_without_inputs(
    said: dict[str, Any], meant: str | None
) -> None:
    found = read(requiredConfigVars=[a_variable(**said)])

    assert found.integration.variables["CRM"].visibility == meant
    assert integration_of(found.integration.document()).integration == found.integration


def test_steps_of_all_flows_become_one_list() -> None:
    bound = {"connection": {"type": "configVar", "value": "CRM"}}
    steps = [
        a_step("Branch", "branch", branches=[{"name": "B", "steps": [a_step("In a branch")]}]),
        a_step("Loop", "loop", steps=[a_step("In a loop", inputs=bound)]),
        {"name": "Nothing"},
        a_step("Of a text", action={"component": "crm", "key": "list"}),
    ]
    found = read(flows=[{"name": "F", "steps": steps}])

    assert [each.name for each in found.integration.steps] == [
        "Branch", "In a branch", "Loop", "In a loop", "Of a text",
    ]  # fmt: skip
    assert [each.config_variable for each in found.integration.steps] == [
        None, None, None, "CRM", None,
    ]  # fmt: skip
    assert [tuple(each) for each in found.notes] == [
        ("#/flows/0/steps/2", "has no action and was left out")
    ]


def test_a_step_is_bound_to_the_first_connection_of_its_component() -> None:
    erp = {"component": "erp", "key": "k"}
    inputs = {
        "text": {"type": "value", "value": "CRM"},
        "plain": "CRM",
        "other": {"type": "configVar", "value": "ERP"},
        "odd": {"type": "configVar", "value": ["CRM"]},
        "first": {"type": "configVar", "value": "CRM"},
        "second": {"type": "configVar", "value": "CRM"},
    }
    found = read(
        requiredConfigVars=[a_variable(), a_variable("ERP", connection=erp)],
        configPages=[a_page("CRM", "ERP")],
        flows=[{"name": "F", "steps": [a_step(inputs=inputs)]}],
    )

    assert found.integration.steps[0].config_variable == "CRM"
    assert {each.pointer.rpartition("/")[2] for each in found.notes} == {*inputs} - {"first"}


def test_names_that_stand_twice_get_their_flows_before_them() -> None:
    long = "x" * 200
    flows = [
        {"name": flow, "steps": [a_step("Trigger"), a_step(long), a_step("Trigger")]}
        for flow in ("A", "B")
    ]
    found = read(flows=flows)

    assert [each.name for each in found.integration.steps] == [
        "Trigger", long, "A: Trigger", "B: Trigger", "B: " + "x" * 197, "B: Trigger (2)",
    ]  # fmt: skip
    assert [each.pointer for each in found.notes] == [
        "#/flows/0/steps/2/name",
        "#/flows/1/steps/0/name",
        "#/flows/1/steps/1/name",
        "#/flows/1/steps/2/name",
    ]


def test_too_many_steps_are_refused() -> None:
    steps = [a_step(f"s{number}") for number in range(502)]

    assert [*refused(flows=[{"name": "F", "steps": steps}])] == ["#/flows"]


def test_of_very_many_notes_the_first_are_told() -> None:
    notes = read(**{f"m{number}": 1 for number in range(MOST_REMARKS + 5)}).notes

    assert len(notes) == MOST_REMARKS + 1
    assert notes[-1] == ("#", "5 more places were read differently or left out")


VARIABLE = "#/requiredConfigVars/0"


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"requiredConfigVars": {}}, ["#/requiredConfigVars", "#/configPages/0/elements/0/value"]),
        ({"requiredConfigVars": ["x"], "configPages": []}, [VARIABLE, f"{VARIABLE}/key"]),
        (
            {"requiredConfigVars": [a_variable(), a_variable()]},
            ["#/requiredConfigVars/1/key"],
        ),
        ({"configPages": [a_page("Other")]}, ["#/configPages/0/elements/0/value"]),
        ({"configPages": [{"elements": []}]}, ["#/configPages/0/name"]),
        ({"requiredConfigVars": [a_variable(connection="x")]}, None),
        ({"requiredConfigVars": [a_variable(inputs={"a": {"value": {"x": 5}}})]},
         [f"{VARIABLE}/inputs/a/value"]),
        ({"requiredConfigVars": [a_variable(visibility="us")]}, [f"{VARIABLE}/visibility"]),
        ({"requiredConfigVars": [a_variable(inputs={"a!": "x"})]}, [f"{VARIABLE}/inputs/a!/[key]"]),
        ({"requiredConfigVars": [a_variable(inputs={"a": {"value": ["x", {"name": "k"}]}})]}, None),
        ({"requiredConfigVars": [a_variable(connection={"component": {}, "key": "k"})]},
         [f"{VARIABLE}/connection/component/key"]),
        ({"requiredConfigVars": [a_variable(connection={"component": {"key": ""}, "key": "k"})]},
         [f"{VARIABLE}/connection/component/key"]),
        ({"flows": [{"steps": [a_step(action="x")]}]}, None),
        ({"flows": [{"steps": [a_step(action={"component": "", "key": "-"})]}]},
         ["#/flows/0/steps/0/action/component/key", "#/flows/0/steps/0/action/key"]),
        ({"flows": [{"steps": [{**a_step(), "name": 5}]}]}, ["#/flows/0/steps/0/name"]),
        ({"name": 5}, ["#/name"]),
    ],
)  # fmt: skip
def test_faults_are_told_where_they_stand_in_the_file(changes: Any, pointers: Any) -> None:
    found = refused(**changes)

    if pointers is not None:
        assert list(found) == pointers
