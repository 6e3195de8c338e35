"""Integrations: what hangs together in them, and their documents."""

from typing import Any

import pytest
from pydantic import ValidationError

from connections_sdk.integrations import (
    MOST_VARIABLES,
    ConfigValue,
    Integration,
    OAuthRedirects,
)
from tests.unit.sdk.documents import places


def a_variable(key: str = "CRM", component: str = "crm", **changes: Any) -> dict[str, Any]:
    return {"key": key, "connection": {"component": component, "key": "oauth2"}, **changes}


def an_integration(*variables: dict[str, Any], **changes: Any) -> Integration:
    pages = [{"name": "Page", "elements": list(variables)}]
    return Integration.model_validate({"name": "Sync", "configPages": pages, **changes})


def refused(*variables: dict[str, Any], **changes: Any) -> list[tuple[int | str, ...]]:
    with pytest.raises(ValidationError) as caught:
        an_integration(*variables, **changes)
    return [place for _, place in places(caught.value)]


ELEMENTS = ("configPages", 0, "elements")


def test_variables_are_found_by_key_and_by_component() -> None:
    integration = an_integration(a_variable("A"), a_variable("B", "erp"), a_variable("C"))

    assert list(integration.variables) == ["A", "B", "C"]
    assert [each.key for each in integration.variables_of("crm")] == ["A", "C"]
    assert integration.variables_of("CRM") == []


def test_keys_and_stable_keys_stand_once() -> None:
    same = a_variable(stableKey="crm")

    assert refused(same, a_variable(), a_variable("Other", stableKey="crm")) == [
        (*ELEMENTS, 2, "stableKey"),
        (*ELEMENTS, 1, "key"),
    ]
    assert len(an_integration(a_variable("A"), a_variable("B")).variables) == 2


def test_there_are_so_many_variables_and_no_more() -> None:
    variables = [a_variable(f"v{number}") for number in range(MOST_VARIABLES + 2)]
    pages = [
        {"name": "First", "elements": variables[:20]},
        {"name": "Second", "elements": variables[20:]},
    ]

    assert refused(configPages=pages) == [("configPages", 1, "elements", MOST_VARIABLES - 20)]


def test_steps_have_names_of_their_own_and_variables_of_their_component() -> None:
    step = {"name": "List", "component": "crm", "action": "list", "configVariable": "CRM"}

    assert an_integration(a_variable(), steps=[step]).steps[0].config_variable == "CRM"
    assert refused(
        a_variable(),
        steps=[
            step,
            {**step, "configVariable": None},
            {**step, "name": "b", "configVariable": "Other"},
            {**step, "name": "c", "component": "erp"},
        ],
    ) == [("steps", 3, "configVariable"), ("steps", 2, "configVariable"), ("steps", 1, "name")]


@pytest.mark.parametrize(
    ("said", "entered"),
    [({}, False), ({"value": ""}, False), ({"value": "x"}, True), ({"value": False}, True),
     ({"set": True}, True)],
)  # fmt: skip
def test_a_value_is_entered_or_left_to_be_entered(said: dict[str, Any], entered: bool) -> None:
    assert ConfigValue.model_validate(said).entered is entered


NOWHERE = (
    "javascript:alert(1)", "http://a.example", "https://", "https://a b.example", "/done",
    "https://user@a.example", "https://[", "https://a.exämple",
)  # fmt: skip


@pytest.mark.parametrize("uri", NOWHERE)
def test_redirects_lead_to_web_addresses(uri: str) -> None:
    with pytest.raises(ValidationError, match="must be an https URL") as refused:
        OAuthRedirects.model_validate({"enabled": False, "failureUri": uri})
    assert refused.value.errors()[0]["loc"] == ("failureUri",)


def test_redirects_that_are_enabled_lead_to_two() -> None:
    with pytest.raises(ValidationError) as refused:
        OAuthRedirects.model_validate({"enabled": True})
    assert [each["loc"] for each in refused.value.errors()] == [("successUri",), ("failureUri",)]
    here = "http://localhost:3000/done"
    assert OAuthRedirects(enabled=True, success_uri=here, failure_uri=here).success_uri == here
    assert OAuthRedirects(enabled=False).success_uri is None


def test_the_members_of_a_document_have_a_fixed_order() -> None:
    variable = a_variable(level="user", description="Yours.", stableKey="crm")
    document = an_integration(variable, description="It.").document()

    assert list(document) == ["name", "description", "configPages", "steps"]
    assert list(document["configPages"][0]["elements"][0]) == [
        "key", "stableKey", "dataType", "level", "description", "connection",
    ]  # fmt: skip
