"""Bodies of integrations that are refused, and the places that are told (PATCH: RFC 7396)."""

from typing import Any

import pytest

from tests.integration.entrypoints.building import STEP, VARIABLE, Builder
from tests.integration.entrypoints.calls import Answer


def pointers(answer: Answer) -> list[str]:
    assert answer.status == 400, answer.body
    return [each["pointer"] for each in answer.json["errors"]]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"key": None}, "#/key"),
        ({"level": None}, "#/level"),
        ({"connection": None}, "#/connection"),
        ({"connection": {"component": None}}, "#/connection/component"),
        ({"connection": {"key": None}}, "#/connection/key"),
        ({"connection": {"values": None}}, "#/connection/values"),
        (
            {"connection": {"values": {"clientId": {"set": None}}}},
            "#/connection/values/clientId/set",
        ),
        ({"connection": {"values": {"clientId": "a"}}}, "#/connection/values/clientId"),
        (
            {"connection": {"values": {"clientId": {"value": 1}}}},
            "#/connection/values/clientId/value",
        ),
        ({"connection": {"values": {"nothing": {}}}}, "#/connection/values/nothing"),
        ({"connection": {"template": "None"}}, "#/connection/template"),
        ({"oauthRedirects": {"enabled": None}}, "#/oauthRedirects/enabled"),
        ({"oauthRedirects": {"successUri": None}}, "#/oauthRedirects/successUri"),
        ({"oauthRedirects": {"success_uri": "https://a.example"}}, "#/oauthRedirects/success_uri"),
        ({"oauth_redirects": None}, "#/oauth_redirects"),
        ({"stable_key": "a"}, "#/stable_key"),
        ({"dataType": "connection"}, "#/dataType"),
        ({"id": "var_1"}, "#/id"),
    ],
)
def test_what_a_variable_cannot_become_is_pointed_at(
    builder: Builder, change: dict[str, Any], pointer: str
) -> None:
    variable = builder.add("config-variables", VARIABLE)
    before = builder.read()

    answer = builder.call("PATCH", f"/config-variables/{variable['id']}", change)

    assert pointers(answer) == [pointer]
    assert builder.read() == before


@pytest.mark.parametrize(
    ("what", "body", "pointer"),
    [
        ("steps", {**STEP, "component": "none"}, "#/component"),
        ("steps", {**STEP, "configVariable": "None"}, "#/configVariable"),
        ("steps", {**STEP, "config_variable": "CRM"}, "#/config_variable"),
        ("steps", {**STEP, "name": ""}, "#/name"),
        ("config-variables", {**VARIABLE, "key": " CRM"}, "#/key"),
        ("config-variables", {**VARIABLE, "dataType": "string"}, "#/dataType"),
        ("config-variables", {**VARIABLE, "stable_key": "a"}, "#/stable_key"),
        (
            "config-variables",
            {**VARIABLE, "oauthRedirects": {"enabled": True, "successUri": "https://a.example"}},
            "#/oauthRedirects/failureUri",
        ),
        (
            "config-variables",
            {**VARIABLE, "oauthRedirects": {"enabled": False, "success_uri": "https://a.example"}},
            "#/oauthRedirects/success_uri",
        ),
        (
            "config-variables",
            {**VARIABLE, "connection": {**VARIABLE["connection"], "key": "none"}},
            "#/connection/key",
        ),
    ],
)
def test_what_cannot_be_added_is_pointed_at(
    builder: Builder, what: str, body: dict[str, Any], pointer: str
) -> None:
    assert pointers(builder.call("POST", f"/{what}", body)) == [pointer]
    assert builder.read()["draft"] == {"configPages": [], "steps": []}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": None}, "#/name"),
        ({"name": ""}, "#/name"),
        ({"offered": None}, "#/offered"),
        ({"offered": "yes"}, "#/offered"),
        ({"customerId": "cus_1"}, "#/customerId"),
        ({"draft": {}}, "#/draft"),
    ],
)
def test_what_an_integration_cannot_become_is_pointed_at(
    builder: Builder, change: dict[str, Any], pointer: str
) -> None:
    assert pointers(builder.call("PATCH", "", change)) == [pointer]
