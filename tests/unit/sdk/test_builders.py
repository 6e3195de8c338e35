"""Builders make the same documents as YAML and JSON."""

from typing import Any

import pytest
from pydantic import ValidationError

from connections_sdk.builders import (
    ProviderFacts,
    boolean_input,
    choice_input,
    component,
    config_page,
    connection,
    connection_config_var,
    connection_template,
    integration,
    key_value_input,
    oauth2_connection,
    oauth_redirects,
    password_input,
    step,
    string_input,
    template_input,
    text_input,
    value,
    value_list_input,
)
from connections_sdk.inputs import InputField
from connections_sdk.integrations import Visibility


def document(field: InputField) -> dict[str, Any]:
    return field.model_dump(mode="json", by_alias=True, exclude_unset=True)


def test_an_integration_is_built_as_it_is_written() -> None:
    built = integration(
        "Sync",
        config_pages=[
            config_page(
                "Connections",
                elements={
                    "Salesforce Connection": connection_config_var(
                        stable_key="salesforce-connection",
                        component="salesforce",
                        key="oauth2",
                        values={},
                        template="My Salesforce Connection",
                    ),
                    "Slack": connection_config_var(
                        component="slack",
                        key="oauth2",
                        level="user",
                        description="Yours.",
                        visibility="embedded",
                        values={
                            "scopes": "api",
                            "clientId": value("x", visibility=Visibility.ORGANIZATION),
                            "clientSecret": None,
                        },
                        oauth_redirects=oauth_redirects("https://a.example", "https://b.example"),
                    ),
                },
            )
        ],
        steps=[step("List", component="slack", action="list", config_variable="Slack")],
    )

    assert built.document() == {
        "name": "Sync",
        "configPages": [
            {
                "name": "Connections",
                "elements": [
                    {
                        "key": "Salesforce Connection",
                        "stableKey": "salesforce-connection",
                        "dataType": "connection",
                        "level": "instance",
                        "connection": {
                            "component": "salesforce",
                            "key": "oauth2",
                            "template": "My Salesforce Connection",
                            "values": {},
                        },
                    },
                    {
                        "key": "Slack",
                        "dataType": "connection",
                        "level": "user",
                        "description": "Yours.",
                        "visibility": "embedded",
                        "connection": {
                            "component": "slack",
                            "key": "oauth2",
                            "values": {
                                "clientId": {"value": "x", "visibility": "organization"},
                                "clientSecret": {},
                                "scopes": {"value": "api"},
                            },
                        },
                        "oauthRedirects": {
                            "enabled": True,
                            "successUri": "https://a.example",
                            "failureUri": "https://b.example",
                        },
                    },
                ],
            }
        ],
        "steps": [
            {"name": "List", "component": "slack", "action": "list", "configVariable": "Slack"}
        ],
    }


def test_what_does_not_hang_together_is_refused() -> None:
    with pytest.raises(ValidationError, match="must be the key of one of the config variables"):
        integration("Sync", steps=[step("a", component="b", action="c", config_variable="d")])


def test_a_template_says_what_it_fills_in_and_does_not_show_it() -> None:
    template = connection_template(
        "My CRM", component="crm", key="oauth2", values={"clientSecret": "hunter2"}, shared=True
    )

    assert "hunter2" not in repr(template)
    assert template.document() == {
        "name": "My CRM",
        "connection": {"component": "crm", "key": "oauth2", "values": {"clientSecret": "hunter2"}},
        "shared": True,
    }


@pytest.mark.parametrize("values", [{}, {"a!": "hunter2"}, {"a": 5}])
def test_a_template_fills_in_something(values: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        connection_template("My CRM", component="crm", key="oauth2", values=values)

    assert "hunter2" not in str(refused.value).replace("a!", "")


def test_an_oauth_connection_has_what_it_must_have() -> None:
    built = oauth2_connection("oauth2", "OAuth 2.0")

    assert {name: document(field) for name, field in built.inputs.items()} == {
        "authorizeUrl": {"type": "string", "label": "Authorize URL", "required": True,
                         "example": "https://"},
        "tokenUrl": {"type": "string", "label": "Token URL", "required": True,
                     "example": "https://"},
        "scopes": {"type": "string", "label": "Scopes", "required": False, "shown": True,
                   "default": ""},
        "clientId": {"type": "string", "label": "Client ID", "required": True},
        "clientSecret": {"type": "password", "label": "Client Secret", "required": True},
    }  # fmt: skip
    assert (built.oauth2_type, built.oauth2_pkce_method) == ("authorization_code", "S256")


def test_what_an_oauth_connection_knows_it_does_not_ask_for() -> None:
    facts = ProviderFacts(rotation="rotates")
    built = oauth2_connection(
        "oauth2",
        "OAuth 2.0",
        authorize_url="https://acme.example/authorize",
        token_url="https://{{#tenant}}.acme.example/token",
        refresh_url="https://acme.example/refresh",
        revoke_url="https://acme.example/revoke",
        scopes="api",
        client_id_label="App ID",
        client_secret_label="App Secret",
        pkce="none",
        inputs={
            "tenant": string_input("Tenant"),
            "clientSecret": password_input("Maybe", required=False),
        },
        provider=facts,
        comments="Ask Ada.",
    )

    assert [name for name, field in built.inputs.items() if field.shown] == [
        "tenant", "clientSecret", "clientId",
    ]  # fmt: skip
    assert built.inputs["tokenUrl"].type == "template"
    assert built.inputs["clientId"].label == "App ID"
    assert built.inputs["clientSecret"].label == "Maybe"
    assert (built.provider, built.comments, built.oauth2_pkce_method) == (facts, "Ask Ada.", "none")


def test_scopes_are_asked_for_where_they_can_be_overridden() -> None:
    def scopes(**said: Any) -> InputField:
        return oauth2_connection("oauth2", "OAuth 2.0", **said).inputs["scopes"]

    assert scopes(scopes="api").shown is False
    assert scopes(scopes="api", override_scopes=True).shown is True
    assert scopes(scopes="api", override_scopes=True).default == "api"
    assert scopes().shown is True


def test_a_component_declares_its_connections() -> None:
    key = connection("apiKey", "API key", inputs={"key": password_input("Key")}, comments="Ask.")
    built = component("acme", "Acme", key, description="It.", category="CRM",
                      documentation_url="https://acme.example")  # fmt: skip

    assert built.document() == {
        "key": "acme",
        "label": "Acme",
        "description": "It.",
        "category": "CRM",
        "documentationUrl": "https://acme.example",
        "connections": [
            {
                "key": "apiKey",
                "label": "API key",
                "comments": "Ask.",
                "inputs": {"key": {"type": "password", "label": "Key", "required": True}},
            }
        ],
    }


@pytest.mark.parametrize(
    ("field", "said"),
    [
        (string_input("L", write_only=True), {"required": True, "writeOnly": True}),
        (string_input("L", "x", pattern="x"), {"required": False, "default": "x", "pattern": "x"}),
        (text_input("L", required=False), {"type": "text", "required": False}),
        (password_input("L", comments="C"),
         {"type": "password", "required": True, "comments": "C"}),
        (boolean_input("L"), {"type": "boolean", "required": False, "default": False}),
        (boolean_input("L", default=True), {"type": "boolean", "required": False, "default": True}),
        (
            choice_input("L", {"eu": "Europe"}),
            {"required": True, "model": [{"label": "Europe", "value": "eu"}]},
        ),
        (value_list_input("L"), {"required": True, "collection": "valuelist"}),
        (
            value_list_input("L", ["x"]),
            {"required": False, "collection": "valuelist", "default": ["x"]},
        ),
        (key_value_input("L"), {"required": True, "collection": "keyvaluelist"}),
        (
            key_value_input("L", {"a": "b"}),
            {
                "required": False,
                "collection": "keyvaluelist",
                "default": [{"key": "a", "value": "b"}],
            },
        ),
        (
            template_input("L", "{{#a}}"),
            {"type": "template", "required": False, "shown": False, "default": "{{#a}}"},
        ),
        (template_input("L", "{{#a}}", shown=True), {"type": "template", "required": False,
                                                     "shown": True, "default": "{{#a}}"}),
    ],
)  # fmt: skip
def test_inputs_are_built_with_good_defaults(field: InputField, said: dict[str, Any]) -> None:
    assert document(field) == {"type": "string", "label": "L", **said}
