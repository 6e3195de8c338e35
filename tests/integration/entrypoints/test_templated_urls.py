"""Templated URLs through the functions: published, entered, used, shown, and never misled."""

import re
from typing import Any

import pytest

from connections_sdk.templates import HOST_FAULT
from tests.hostile_values import HOSTILE, NUMBERS
from tests.integration.entrypoints.calls import Answer, Functions, forget
from tests.integration.entrypoints.demo import Customer, Demo
from tests.templated import HIDDEN, SHOP_TEMPLATE, SHOP_VALUES, a_shop_definition

# What JSON cannot carry to the function as one text is tried elsewhere.
SENDABLE = [value for value in HOSTILE if value != "\ud800"]


def publish(functions: Functions, definition: dict[str, Any], key: str = "shops") -> Answer:
    document = {"key": key, "label": "Shops", "connections": [definition]}
    return functions.call("PUT", f"/components/{key}", json=document)


def create(functions: Functions, key: str = "shops", **values: object) -> Answer:
    wanted = {"component": key, "key": "oauth2", "values": {**SHOP_VALUES, **values}}
    return functions.call("POST", "/connections", json={"connection": wanted})


def told(answer: Answer) -> list[tuple[str, str]]:
    assert (answer.status, answer.json["code"]) == (400, "invalid-request")
    return [(each["pointer"], each["detail"]) for each in answer.json["errors"]]


def stricter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse values that were good when they were stored."""
    monkeypatch.setattr("connections_sdk.templates._HOST_NAME", re.compile("slot.*"))


@pytest.fixture
def shops(functions: Functions) -> Functions:
    """The functions, with a component whose servers stand under the shop's host name."""
    published = publish(functions, a_shop_definition())
    assert published.status == 200, published.body
    return functions


def test_a_published_template_is_read_back_as_it_is(shops: Functions) -> None:
    (definition,) = shops.call("GET", "/components/shops").json["connections"]

    token_url = definition["inputs"]["tokenUrl"]
    assert (token_url["type"], token_url["default"]) == ("template", SHOP_TEMPLATE)


def test_a_connection_shows_its_templates_filled_in(shops: Functions) -> None:
    created = create(shops).json
    read = shops.call("GET", f"/connections/{created['id']}").json

    assert read["connection"] == created["connection"]
    assert read["connection"]["values"]["tokenUrl"] == {
        "value": "https://eu.acme.example/oauth/token",
        "set": False,
    }
    assert read["connection"]["values"]["shop"] == {"value": "eu", "set": True}


def test_a_template_that_was_entered_is_shown_filled_in(shops: Functions) -> None:
    created = create(shops, tokenUrl="https://{{#shop}}.id.example/").json

    assert created["connection"]["values"]["tokenUrl"] == {
        "value": "https://eu.id.example/",
        "set": True,
    }


def test_no_hostile_value_makes_a_connection(shops: Functions) -> None:
    for value in SENDABLE:
        answer = create(shops, shop=value)
        assert told(answer) == [("#/connection/values/shop", HOST_FAULT)], value
    assert shops.call("GET", "/connections").json["items"] == []


def test_no_value_makes_the_whole_host_an_address(shops: Functions) -> None:
    for value in NUMBERS:
        ((place, _),) = told(create(shops, shop=value, tokenUrl="https://{{#shop}}/"))
        assert place == "#/connection/values/shop"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("https://{{#none}}/", "must name inputs of this connection: there is no none"),
        ("http://{{#shop}}.acme.example/", "must be an https URL"),
        ("https://169.254.169.254/{{#shop}}", "must not name a private address"),
        ("{{#shop}}", "must begin with https://"),
    ],
)
def test_a_template_that_was_entered_is_pointed_at(
    shops: Functions, template: str, expected: str
) -> None:
    assert told(create(shops, tokenUrl=template)) == [("#/connection/values/tokenUrl", expected)]


def test_without_a_value_for_a_slot_there_is_no_connection(shops: Functions) -> None:
    assert told(create(shops, shop="")) == [
        ("#/connection/values/shop", "is required and must not be empty")
    ]


@pytest.mark.parametrize(
    ("default", "words"),
    [
        ("https://{{shop}}.acme.example/", "must have {{ and }} only in slots"),
        ("https://{{#clientSecret}}.acme.example/", "clientSecret is none"),
        ("https://{{#nothing}}.acme.example/", "there is no nothing"),
        ("https://acme.example/", "must have a slot such as {{#domain}}"),
        ("https://{{#shop}}acme.example/", "must have a dot between"),
        ("https://{{#shop}}@acme.example/", "neither a user name"),
        ("http{{#shop}}://acme.example/", "a scheme has no slots"),
        ("http://{{#shop}}.acme.example/", "must be an https URL"),
        ("https://127.0.0.1/{{#shop}}", "must not name a private address"),
    ],
)
def test_a_template_that_cannot_be_used_is_not_published(
    functions: Functions, default: str, words: str
) -> None:
    answer = publish(functions, a_shop_definition(tokenUrl={**HIDDEN, "default": default}))

    ((place, detail),) = told(answer)
    assert place == "#/connections/0/inputs/tokenUrl/default"
    assert words in detail
    assert functions.call("GET", "/components/shops").status == 404


def test_a_browser_is_sent_to_the_url_that_is_filled_in(shops: Functions, demo: Demo) -> None:
    customer = Customer(demo=demo, id=create(shops).json["id"], client_id="the-client")
    page = customer.open(customer.link())

    assert "<strong>eu.acme.example</strong>" in page.body
    assert customer.press(page).startswith("https://eu.acme.example/authorize?x=1&")


def test_a_whole_life_over_templates(demo: Demo) -> None:
    inputs = demo.component("any")["connections"][0]["inputs"]
    for name, step in (
        ("authorizeUrl", "authorize"),
        ("tokenUrl", "token"),
        ("revokeUrl", "revoke"),
    ):
        inputs[name] = {**HIDDEN, "default": f"{demo.url}/{{{{#{step}}}}}"}
        inputs[step] = {"type": "string", "default": step}
    customer = demo.connection(inputs=inputs).connected()

    assert customer.call("POST", "/refresh").status == 200
    assert customer.credentials()["fields"]["tokenUrl"] == f"{demo.url}/token"
    assert len(demo.requests("token")) == 2
    assert customer.call("POST", "/disconnect").json["revocation"] == "revoked"


def test_values_that_do_not_obey_any_more_are_refused_in_words(
    shops: Functions, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = Customer(demo=demo, id=create(shops).json["id"], client_id="the-client")
    link = customer.link()
    stricter(monkeypatch)

    page = customer.open(link)

    assert page.status == 409
    assert "Nothing was sent: the value of shop must be a host name" in page.body
    (entry, _) = customer.log()
    assert (entry["event"], entry["severity"]) == ("authorization.failed", "error")
    assert entry["detail"].endswith("Enter another value of shop.")
    values = customer.read()["connection"]["values"]
    assert values["tokenUrl"] == {"value": None, "set": False}


def test_credentials_that_do_not_obey_any_more_are_refused(
    functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs = {
        "endpoint": {"type": "template", "default": "https://{{#shop}}.acme.example/"},
        "shop": {"type": "string"},
    }
    publish(functions, {"key": "oauth2", "label": "Custom", "inputs": inputs})
    wanted = {"component": "shops", "key": "oauth2", "values": {"shop": "eu"}}
    made = functions.call("POST", "/connections", json={"connection": wanted}).json["id"]
    credentials = f"/connections/{made}/credentials"

    fields = functions.call("GET", credentials).json["fields"]
    assert fields == {"endpoint": "https://eu.acme.example/", "shop": "eu"}

    stricter(monkeypatch)
    answer = functions.call("GET", credentials)
    assert (answer.status, answer.json["code"]) == (409, "misconfigured")


def test_a_definition_that_breaks_a_rule_by_now_is_told_and_can_be_disconnected_from(
    shops: Functions, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = Customer(demo=demo, id=create(shops).json["id"], client_id="the-client")
    monkeypatch.setattr("connections_sdk.templates.LONGEST", 10)
    # Rules become stricter with a release, whose functions start anew.
    forget()

    for step in ("", "/credentials"):
        answer = customer.call("GET", step)
        assert (answer.status, answer.json["code"]) == (409, "misconfigured")
        assert "Publish the component anew, and make the connection again." in answer.body
    assert customer.call("POST", "/disconnect").status == 202
