"""What a connection is, by the numbers of the behaviours: B1 to B5, B33, B34, B36 to B41."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.answers import problem_code
from tests.browser import Browser
from tests.e2e.studio import LiveInstance, Studio
from tests.live_connection import content_of


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


@pytest.mark.parametrize(
    ("component", "key", "values"),
    [
        pytest.param(
            "aws-s3", "apiKeySecret",
            {"accessKeyId": "AKIAEXAMPLE", "secretAccessKey": "a-secret-access-key-of-s3"},
            id="b04 Amazon S3",
        ),
        pytest.param(
            "tableau", "personalAccessToken",
            {
                "host": "acme.online.tableau.com", "siteId": "acme", "tokenName": "sync",
                "token": "a-personal-access-token",
            },
            id="b05 Tableau",
        ),
    ],
)  # fmt: skip
def test_b04_b05_built_in_components_hold_keys(
    studio: Studio, component: str, key: str, values: dict[str, str]
) -> None:
    [definition] = [
        each
        for each in content_of(studio.api.get(f"/components/{component}"))["connections"]
        if set(values) <= set(each["inputs"])
    ]
    built = studio.integration()
    built.variable("Keys", component, definition=definition["key"])
    built.publish()
    instance = studio.instance(built, studio.tenant())

    instance.enter("Keys", **values)

    assert instance.fields("Keys").items() >= values.items()
    assert instance.deploy().status_code == 200


def test_b33_a_client_id_may_have_a_label_of_its_own(studio: Studio) -> None:
    app_id = {"type": "string", "label": "App ID", "required": True}
    built = studio.integration()
    built.variable("CRM", studio.component(studio.oauth2(clientId=app_id)))
    built.publish()

    asked = studio.instance(built, studio.tenant()).asked("CRM")

    assert (asked["clientId"]["name"], asked["clientId"]["label"]) == ("clientId", "App ID")


@pytest.mark.parametrize(
    ("scopes", "sent"), [("contacts.read  offline_access", ["contacts.read offline_access"])]
)
def test_b34_scopes_are_sent_as_entered(
    studio: Studio, browser: Browser, scopes: str, sent: list[str]
) -> None:
    built = studio.integration()
    built.variable("CRM", studio.component())
    built.publish()
    instance = studio.instance(built, studio.tenant())
    instance.enter("CRM", **studio.client(), scopes=scopes)

    studio.connect(instance.connection("CRM"), browser)

    assert authorization_request(browser)["scope"] == sent


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


@pytest.mark.parametrize(
    ("hidden", "number"), [("authorizeUrl", "b39"), ("clientId", "b40"), ("clientSecret", "b40")]
)
def test_b39_b40_hidden_inputs_are_asked_of_nobody(
    studio: Studio, hidden: str, number: str
) -> None:
    fields = {
        "authorizeUrl": {},
        "clientId": {
            "clientId": {"type": "string", "shown": False, "required": True, "default": "public"}
        },
        "clientSecret": {"clientSecret": {"type": "password", "shown": False}},
    }
    built = studio.integration()
    built.variable("CRM", studio.component(studio.oauth2(**fields[hidden])))
    built.publish()
    instance = studio.instance(built, studio.tenant())

    assert hidden not in instance.asked("CRM")
    refused = instance.enter("CRM", **{hidden: "https://elsewhere.example"})
    assert (refused.status_code, problem_code(refused)) == (400, "invalid-request"), number


def test_b41_an_override_of_the_scopes_reaches_the_authorization_request(
    studio: Studio, browser: Browser
) -> None:
    built = studio.integration()
    built.variable("CRM", studio.component(), {"scopes": {"value": "contacts.read"}})
    built.publish()
    instance = studio.instance(built, studio.tenant())
    instance.enter("CRM", **studio.client(), scopes="contacts.write offline_access")

    browser.submit(browser.get(instance.connection("CRM").link()).form)

    assert authorization_request(browser)["scope"] == ["contacts.write offline_access"]
