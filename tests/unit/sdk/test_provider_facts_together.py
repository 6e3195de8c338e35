"""Provider facts: what must hang together, and what may stand in their slots."""

from typing import Any

import pytest
from pydantic import ValidationError

from connections_sdk.definitions import OAuth2Config
from connections_sdk.provider_facts import FACT_URLS, ProviderFacts
from tests.unit.sdk.documents import a_connection_definition


def faults(document: dict[str, Any], **inputs: Any) -> dict[tuple[int | str, ...], str]:
    """Return what is said at which places of the facts of a definition with these inputs."""
    with pytest.raises(ValidationError) as caught:
        a_connection_definition(provider=document, inputs={"key": {"type": "password"}, **inputs})
    return {each["loc"][1:]: each["msg"] for each in caught.value.errors()}


@pytest.mark.parametrize(
    "name",
    [
        "Authorization", "authorization", "AUTHORIZATION", "Content-Type", "content-length",
        "Host", "Connection", "Transfer-Encoding", "Content-Encoding",
    ],
)  # fmt: skip
def test_headers_of_the_service_itself_are_no_facts(name: str) -> None:
    assert faults({"tokenRequestHeaders": {name: "x"}}) == {
        ("tokenRequestHeaders", name): "is set by the service itself"
    }


@pytest.mark.parametrize(
    "name", ["", "a b", "a:", "a\r\nX-Evil", "a\n", "(a)", "\u00e9", "x" * 101]
)
def test_what_is_no_name_of_a_header_is_refused(name: str) -> None:
    assert faults({"tokenRequestHeaders": {name: "x"}}) == {
        ("tokenRequestHeaders", name): "is no name of a header"
    }


def test_headers_are_ascii_without_control_characters() -> None:
    assert faults({"tokenRequestHeaders": {"X-A": "\u00e9"}}) == {
        ("tokenRequestHeaders", "X-A"): "must be ASCII"
    }
    assert faults({"tokenRequestHeaders": {"X-A": "a\r\nX-Evil: b"}}) == {
        ("tokenRequestHeaders", "X-A"): "must not contain control characters"
    }


def test_what_extends_itself_says_with_what() -> None:
    assert faults({"refreshGrant": "self"}) == {
        ("refreshParams",): "are required: they say how an access token is extended"
    }
    a_connection_definition(
        provider={"refreshGrant": "self", "refreshParams": {"token": "{{#access_token}}"}}
    )


def test_an_account_that_is_asked_for_is_asked_for_somewhere() -> None:
    asked = {"accountFrom": {"source": "userinfo", "id": "sub"}}

    assert faults(asked) == {("userinfoUrl",): "is required: accountFrom asks there"}
    for name in ("userinfoUrl", "metadataUrl"):
        a_connection_definition(provider={**asked, name: "https://a.example/x"})
    for source in ("token_response", "id_token"):
        a_connection_definition(provider={"accountFrom": {"source": source, "id": "sub"}})


def test_an_input_or_the_metadata_of_an_issuer_can_say_where_the_account_is_asked_for() -> None:
    asked = {"accountFrom": {"source": "userinfo", "id": "sub"}}
    by_issuer = {**asked, "issuer": "https://a.example"}
    told = {"type": "string"}

    for name in ("userinfoUrl", "metadataUrl"):
        a_connection_definition(provider=asked, inputs={name: told})
    for inputs in ({}, {"authorizeUrl": told}, {"tokenUrl": told}):
        a_connection_definition(provider=by_issuer, inputs=inputs)
    # Nobody reads the metadata of a server whose endpoints are known.
    assert faults(by_issuer, authorizeUrl=told, tokenUrl=told) == {
        ("userinfoUrl",): "is required: accountFrom asks there"
    }


GROUPS = ["authorizeParams", "tokenParams", "refreshParams", "tokenRequestHeaders"]
INPUTS = {"shop": {"type": "string"}, "pin": {"type": "password"}}
NO_INPUT = "has the slot {}, which is no input that may stand there"


@pytest.mark.parametrize("group", GROUPS)
def test_texts_of_parameters_may_have_slots_over_inputs(group: str) -> None:
    a_connection_definition(inputs=INPUTS, provider={group: {"a": "x-{{#shop}}"}})

    assert faults({group: {"a": "{{#nobody}}"}}, **INPUTS) == {
        (group, "a"): NO_INPUT.format("nobody")
    }


@pytest.mark.parametrize("group", ["tokenParams", "refreshParams", "tokenRequestHeaders"])
def test_secrets_may_stand_in_what_is_sent_to_the_token_endpoint(group: str) -> None:
    a_connection_definition(inputs=INPUTS, provider={group: {"a": "{{#pin}}"}})


def test_no_secret_stands_in_what_a_browser_sees() -> None:
    assert faults({"authorizeParams": {"a": "{{#pin}}"}}, **INPUTS) == {
        ("authorizeParams", "a"): NO_INPUT.format("pin")
    }


@pytest.mark.parametrize("name", FACT_URLS)
def test_no_secret_stands_in_a_url(name: str) -> None:
    url = "https://{}.acme.example/x"

    a_connection_definition(inputs=INPUTS, provider={name: url.format("{{#shop}}")})
    assert faults({name: url.format("{{#pin}}")}, **INPUTS) == {(name,): NO_INPUT.format("pin")}


@pytest.mark.parametrize("group", ["tokenParams", "refreshParams"])
def test_what_the_callback_tells_may_stand_in_token_requests(group: str) -> None:
    a_connection_definition(
        provider={"contextParameters": ["realmId"], group: {"a": "{{#realmId}}"}}
    )

    assert faults({group: {"a": "{{#realmId}}"}}) == {(group, "a"): NO_INPUT.format("realmId")}


@pytest.mark.parametrize("group", ["authorizeParams", "tokenRequestHeaders"])
def test_what_the_callback_tells_stands_nowhere_else(group: str) -> None:
    facts = {"contextParameters": ["realmId"], group: {"a": "{{#realmId}}"}}

    assert faults(facts) == {(group, "a"): NO_INPUT.format("realmId")}


def test_an_access_token_stands_only_in_the_request_that_extends_it() -> None:
    slot = {"a": "{{#access_token}}"}

    assert faults({"refreshParams": slot}) == {
        ("refreshParams", "a"): NO_INPUT.format("access_token")
    }
    assert faults({"refreshGrant": "self", "refreshParams": slot, "tokenParams": slot}) == {
        ("tokenParams", "a"): NO_INPUT.format("access_token")
    }


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("text", ["{{", "}}", "{{#a b}}", "a\x00", "\ud800"])
def test_a_text_that_is_no_template_is_refused_at_its_place(group: str, text: str) -> None:
    assert list(faults({group: {"a": text, "b": "x"}})) == [(group, "a")]


@pytest.mark.parametrize("name", FACT_URLS)
def test_a_url_whose_host_a_value_could_change_is_refused_at_its_place(name: str) -> None:
    assert list(faults({name: "https://{{#shop}}acme.example/"}, **INPUTS)) == [(name,)]


def test_all_that_is_wrong_is_said_at_once() -> None:
    wrong = {
        "refreshGrant": "self",
        "tokenParams": {"a": "{{"},
        "tokenRequestHeaders": {"Host": "x"},
    }

    assert set(faults(wrong)) == {
        ("refreshParams",),
        ("tokenParams", "a"),
        ("tokenRequestHeaders", "Host"),
    }


def test_the_urls_among_the_facts_are_known_by_their_names() -> None:
    told = {name: f"https://a.example/{name}" for name in FACT_URLS}

    assert ProviderFacts.model_validate(told).urls == told
    assert ProviderFacts(issuer="https://a.example").urls == {}


def test_the_facts_know_the_names_in_all_their_slots() -> None:
    facts = {
        "authorizeParams": {"a": "{{#one}}"},
        "tokenRequestHeaders": {"A": "{{#two}} {{#one}}"},
        "revokeUrl": "https://{{#three}}.acme.example/",
    }

    assert ProviderFacts.model_validate(facts).slots == {"one", "two", "three"}


@pytest.mark.parametrize("group", ["tokenParams", "refreshParams", "tokenRequestHeaders"])
def test_a_private_key_is_sent_to_nobody(group: str) -> None:
    found = faults({group: {"x": "{{#privateKey}}"}}, privateKey={"type": "password"})
    assert list(found) == [(group, "x")]


def test_a_private_key_is_no_parameter_of_a_token_request() -> None:
    with pytest.raises(ValidationError, match="which is sent to nobody") as caught:
        OAuth2Config.model_validate({"allowedTokenParams": ["tenant", "privateKey"]})
    assert caught.value.errors()[0]["loc"] == ("allowedTokenParams", 1)
    assert OAuth2Config.model_validate({"allowedTokenParams": ["tenant"]}).allowed_token_params
