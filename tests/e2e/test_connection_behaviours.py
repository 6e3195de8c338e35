"""What a connection is, by the numbers of the behaviours: B1 to B5, B33, B34, B36 to B41."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from connections_sdk.definitions import ConnectionDefinition
from tests.answers import problem_code
from tests.browser import Browser
from tests.e2e.studio import LiveInstance, Studio
from tests.live_connection import content_of
from tests.unit.sdk.test_published_connections import DEFINITIONS


def authorization_request(browser: Browser) -> dict[str, list[str]]:
    """The parameters with which the browser was last sent to the authorization server."""
    locations = [page.headers.get("Location", "") for page in browser.visited]
    [*_, sent] = [each for each in locations if "response_type=code" in each]
    return parse_qs(urlsplit(sent).query)


def test_b01_code_receives_all_that_it_needs_to_reach_the_app(
    studio: Studio, browser: Browser
) -> None:
    component = studio.component()
    built = studio.integration()
    built.variable("My CRM", component, {name: {} for name in ("clientId", "clientSecret")})
    built.publish()
    instance = studio.instance(built, studio.tenant())
    instance.enter("My CRM", **studio.client())
    studio.connect(instance.connection("My CRM"), browser)

    received = content_of(instance.credentials("My CRM"))

    assert received.keys() >= {"key", "configVarKey", "fields", "token", "context"}
    assert (received["key"], received["configVarKey"]) == ("oauth2", "My CRM")
    assert studio.crm.userinfo(received["token"]["access_token"]).status_code == 200
    assert "refresh_token" not in received["token"]


def test_b02_a_connection_stands_among_the_config_variables(studio: Studio) -> None:
    built = studio.integration()
    made = built.variable("My CRM", studio.component())

    assert [(each["key"], each["dataType"]) for each in built.variables()] == [
        ("My CRM", "connection")
    ]
    assert built.variables()[0]["id"] == made["id"]


def test_b03_a_component_declares_any_set_of_typed_fields(studio: Studio) -> None:
    inputs: dict[str, Any] = {
        "username": {"type": "string", "label": "User", "required": True},
        "password": {"type": "password", "label": "Password", "required": True},
        "endpoint": {"type": "string", "label": "Host"},
        "apiVersion": {
            "type": "string", "label": "Version", "default": "v2",
            "model": [{"label": "One", "value": "v1"}, {"label": "Two", "value": "v2"}],
        },
        "sandbox": {"type": "boolean", "label": "Sandbox"},
        "headers": {"type": "string", "label": "Headers", "collection": "keyvaluelist"},
        "tags": {"type": "string", "label": "Tags", "collection": "valuelist"},
    }  # fmt: skip
    component = studio.component({"key": "basic", "label": "Basic", "inputs": inputs})
    built = studio.integration()
    built.variable("Basic", component, definition="basic")
    built.publish()
    instance = studio.instance(built, studio.tenant())
    entered = {
        "username": "ada",
        "password": "a-password-of-this-test",
        "sandbox": True,
        "headers": [{"key": "X-Team", "value": "blue"}],
        "tags": ["a", "b"],
    }

    assert instance.enter("Basic", **entered).status_code == 200

    assert instance.fields("Basic") == {**entered, "apiVersion": "v2"}
    refused = instance.enter("Basic", apiVersion="v3", sandbox="perhaps")
    assert [each["pointer"] for each in refused.json()["errors"]] == [
        "#/Basic/values/apiVersion", "#/Basic/values/sandbox",
    ]  # fmt: skip


def holds_keys(studio: Studio, component: str, key: str, values: dict[str, str]) -> None:
    """See that a built-in component's connection takes keys and hands them to code."""
    built = studio.integration()
    built.variable("Keys", component, definition=key)
    built.publish()
    instance = studio.instance(built, studio.tenant())
    assert instance.deploy().status_code == 409

    instance.enter("Keys", **values)

    assert instance.fields("Keys").items() >= values.items()
    assert instance.deploy().status_code == 200


def test_b04_amazon_s3_has_an_access_key(studio: Studio) -> None:
    values = {"accessKeyId": "AKIAEXAMPLE", "secretAccessKey": "a-secret-access-key-of-s3"}
    holds_keys(studio, "aws-s3", "apiKeySecret", values)


def test_b05_tableau_has_host_site_and_token(studio: Studio) -> None:
    values = {
        "host": "acme.online.tableau.com", "siteId": "acme", "tokenName": "sync",
        "token": "a-personal-access-token",
    }  # fmt: skip
    holds_keys(studio, "tableau", "personalAccessToken", values)


def test_b33_a_client_id_may_have_a_label_of_its_own(studio: Studio) -> None:
    app_id = {"type": "string", "label": "App ID", "required": True}
    built = studio.integration()
    built.variable("CRM", studio.component(studio.oauth2(clientId=app_id)))
    built.publish()

    asked = studio.instance(built, studio.tenant()).asked("CRM")

    assert (asked["clientId"]["name"], asked["clientId"]["label"]) == ("clientId", "App ID")


@pytest.mark.parametrize(
    ("facts", "sent"),
    [
        ({}, "contacts.read offline_access"),
        ({"scopeSeparator": ","}, "contacts.read,offline_access"),
    ],
)
def test_b34_scopes_are_sent_as_entered(
    studio: Studio, browser: Browser, facts: dict[str, str], sent: str
) -> None:
    built = studio.integration()
    built.variable("CRM", studio.component({**studio.oauth2(), "provider": facts}))
    built.publish()
    instance = studio.instance(built, studio.tenant())
    instance.enter("CRM", **studio.client(), scopes="contacts.read  offline_access")

    browser.submit(browser.get(instance.connection("CRM").link()).form)

    assert authorization_request(browser)["scope"] == [sent]


def test_b34_without_scopes_no_parameter_is_sent(studio: Studio, browser: Browser) -> None:
    none = {"type": "string", "label": "Scopes"}
    built = studio.integration()
    built.variable("CRM", studio.component(studio.oauth2(scopes=none)))
    built.publish()
    instance = studio.instance(built, studio.tenant())
    instance.enter("CRM", **studio.client())

    browser.submit(browser.get(instance.connection("CRM").link()).form)

    assert "scope" not in authorization_request(browser)


def test_b36_a_step_and_a_config_variable_make_the_same_thing(studio: Studio) -> None:
    component = studio.component()
    by_step, by_hand = studio.integration(), studio.integration()
    step = by_step.step("List", component)
    by_hand.variable(step["configVariable"], component)

    [made], [entered] = by_step.variables(), by_hand.variables()

    assert {**made, "id": ""} == {**entered, "id": ""}


def test_b37_secrets_are_read_back_only_as_set(studio: Studio) -> None:
    client = studio.client()
    built = studio.integration()
    made = built.variable(
        "CRM", studio.component(), {name: {"value": value} for name, value in client.items()}
    )
    built.publish()
    instance = studio.instance(built, studio.tenant())

    secret = made["connection"]["values"]["clientSecret"]
    assert (secret["value"], secret["set"]) == (None, True)
    read = instance.connection("CRM").read()["connection"]["values"]["clientSecret"]
    assert (read["value"], read["set"]) == (None, True)
    assert client["clientSecret"] not in built.exported("application/yaml")
    asked = instance.asked("CRM")["clientSecret"]
    assert (asked["value"], asked["default"], asked["set"]) == (None, None, True)


def with_template(studio: Studio, url: str, slot: str) -> LiveInstance:
    """An instance whose authorize URL is a template over an input of its own."""
    template = {"type": "template", "label": "Authorize URL", "shown": False, "default": url}
    over = {"type": "string", "label": "Over", "required": True}
    definition = studio.oauth2(authorizeUrl=template, **{slot: over})
    built = studio.integration()
    built.variable("CRM", studio.component(definition))
    built.publish()
    return studio.instance(built, studio.tenant())


def test_b38_urls_may_be_templates_over_other_inputs(studio: Studio, browser: Browser) -> None:
    instance = with_template(studio, studio.crm.stack.provider_url + "/{{#place}}", "place")
    instance.enter("CRM", **studio.client(), place="authorize")

    assert studio.connect(instance.connection("CRM"), browser).title == "Authorization complete"


def test_b38_a_template_leads_nowhere_else(studio: Studio) -> None:
    instance = with_template(studio, "https://{{#domain}}/oauth/authorize", "domain")

    refused = instance.enter("CRM", domain="evil.example/")

    assert [each["pointer"] for each in refused.json()["errors"]] == ["#/CRM/values/domain"]
    assert "evil" not in refused.text


def asks_nobody(studio: Studio, hidden: str, **inputs: object) -> LiveInstance:
    """An instance, of which it is seen that an input is asked of nobody."""
    built = studio.integration()
    built.variable("CRM", studio.component(studio.oauth2(**inputs)))
    built.publish()
    instance = studio.instance(built, studio.tenant())
    assert hidden not in instance.asked("CRM")
    refused = instance.enter("CRM", **{hidden: "https://elsewhere.example"})
    assert (refused.status_code, problem_code(refused)) == (400, "invalid-request")
    return instance


def test_b39_hidden_urls_have_their_defaults(studio: Studio, browser: Browser) -> None:
    instance = asks_nobody(studio, "authorizeUrl")
    instance.enter("CRM", **studio.client())

    assert studio.connect(instance.connection("CRM"), browser).title == "Authorization complete"
    url = instance.fields("CRM")["authorizeUrl"]
    assert url == f"{studio.crm.stack.provider_url}/authorize"


def test_b40_client_id_and_secret_can_be_hidden(studio: Studio) -> None:
    public = {"type": "string", "shown": False, "required": True, "default": "public"}
    asks_nobody(studio, "clientId", clientId=public)
    asks_nobody(studio, "clientSecret", clientSecret={"type": "password", "shown": False})


def test_b41_an_override_of_the_scopes_reaches_the_authorization_request(
    studio: Studio, browser: Browser
) -> None:
    built = studio.integration()
    built.variable("CRM", studio.component(), {"scopes": {"value": "contacts.read"}})
    built.publish()
    instance = studio.instance(built, studio.tenant())
    instance.enter("CRM", **studio.client(), scopes="contacts.write offline_access")

    assert instance.asked("CRM")["scopes"]["default"] == "contacts.read"
    browser.submit(browser.get(instance.connection("CRM").link()).form)

    assert authorization_request(browser)["scope"] == ["contacts.write offline_access"]


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_a_definition_from_the_field_is_published_and_held(
    studio: Studio, definition: dict[str, Any]
) -> None:
    key = studio.name("field")
    document = {"key": key, "label": "From the field", "connections": [definition]}
    studio.crm.stack.publish(document)
    [read] = content_of(studio.api.get(f"/components/{key}"))["connections"]
    assert ConnectionDefinition(**read) == ConnectionDefinition(**definition)
    built = studio.integration()
    built.variable("Theirs", key, definition=definition["key"])
    built.publish()

    asked = studio.instance(built, studio.tenant()).shown("Theirs")["inputs"]

    shown = [name for name, each in definition["inputs"].items() if each.get("shown", True)]
    assert [each["name"] for each in asked] == shown
