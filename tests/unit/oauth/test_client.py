"""The OAuth client: a definition and its values resolved, and how it authenticates."""

import base64
from datetime import timedelta
from typing import Any

import pytest

from connections.oauth.client import OAuthClient
from connections.oauth.messages import ServerRequest
from tests.builders import a_definition, an_issuance
from tests.unit.oauth.answers import a_client, an_answer

JSON = {"accept": "application/json"}


def basic(pair: str) -> dict[str, str]:
    return {**JSON, "authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def test_values_and_defaults_make_a_client() -> None:
    client = a_client()

    assert client.authorize_url == "https://acme.example/authorize"
    assert client.token_url == "https://acme.example/token"
    assert client.refresh_url == "https://acme.example/token"
    assert client.revoke_url == "https://acme.example/revoke"
    assert client.client_id == "the-client"
    assert client.client_secret == "the-secret"
    assert client.scopes == "read write"
    assert client.pkce_method == "S256"


def test_an_entered_value_wins_over_the_default() -> None:
    assert a_client({"tokenUrl": "https://eu.example/token"}).token_url == (
        "https://eu.example/token"
    )


def test_spaces_around_a_pasted_value_are_dropped() -> None:
    client = a_client({"clientId": " id\n", "clientSecret": "\tsecret "})

    assert (client.client_id, client.client_secret) == ("id", "secret")


def test_a_value_that_is_no_text_is_taken_for_none() -> None:
    assert a_client({"clientSecret": ["x"], "scopes": True}).client_secret == ""
    assert a_client({"clientSecret": ["x"], "scopes": True}).scopes == ""


def without_inputs(*names: str, **facts: Any) -> OAuthClient:
    definition = a_definition(provider=facts)
    inputs = {name: field for name, field in definition["inputs"].items() if name not in names}
    return OAuthClient.of(an_issuance(inputs=inputs, provider=facts))


def test_a_refresh_url_may_be_an_input_or_a_fact() -> None:
    entered = {"refreshUrl": "https://input.example/refresh"}
    fact = "https://fact.example/refresh"

    assert a_client(refreshUrl=fact).refresh_url == fact
    assert a_client(entered, refreshUrl=fact).refresh_url == entered["refreshUrl"]
    assert a_client({"refreshUrl": "  "}, refreshUrl=fact).refresh_url == fact


def test_a_revocation_url_may_be_an_input_or_a_fact() -> None:
    fact = "https://fact.example/revoke"

    assert without_inputs("revokeUrl", revokeUrl=fact).revoke_url == fact
    assert a_client(revokeUrl=fact).revoke_url == "https://acme.example/revoke"
    assert without_inputs("revokeUrl").revoke_url is None


@pytest.mark.parametrize(
    ("separator", "scopes"), [(" ", "read write admin"), (",", "read,write,admin")]
)
def test_scopes_are_joined_as_the_server_wants_them(separator: str, scopes: str) -> None:
    client = a_client({"scopes": " read  write\nadmin "}, scopeSeparator=separator)

    assert client.scopes == scopes


@pytest.mark.parametrize("method", ["S256", "plain", "none"])
def test_the_definition_names_the_pkce_method(method: str) -> None:
    assert a_client(pkce=method).pkce_method == method


def test_the_facts_may_ask_for_an_early_refresh() -> None:
    assert a_client(refreshBuffer=90).refresh_buffer == timedelta(seconds=90)
    assert a_client(refreshBuffer=0).refresh_buffer == timedelta()
    assert a_client().refresh_buffer is None


@pytest.mark.parametrize(
    ("facts", "safe"),
    [
        ({}, False),
        ({"rotation": "none"}, True),
        ({"rotation": "rotates"}, False),
        ({"rotation": "revokes-family"}, False),
    ],
)
def test_reuse_is_safe_only_where_the_facts_say_that_nothing_rotates(
    facts: dict[str, Any], *, safe: bool
) -> None:
    assert a_client(**facts).reuse_is_safe is safe


def test_a_client_sends_its_id_and_secret_in_the_body_by_default() -> None:
    assert a_client().authenticated({"code": "c"}) == (
        JSON,
        {"code": "c", "client_id": "the-client", "client_secret": "the-secret"},
    )


def test_a_client_without_a_secret_sends_none_in_the_body() -> None:
    client = a_client({"clientSecret": ""})

    assert client.authenticated({}) == (JSON, {"client_id": "the-client"})


def test_basic_authentication_encodes_id_and_secret_before_it_joins_them() -> None:
    client = a_client(
        {"clientId": "a:b c", "clientSecret": "d+é/%:"}, clientAuthentication="client_secret_basic"
    )

    assert client.authenticated({"code": "c"}) == (
        basic("a%3Ab+c:d%2B%C3%A9%2F%25%3A"),
        {"code": "c"},
    )


def test_raw_basic_authentication_does_not() -> None:
    client = a_client(
        {"clientId": "a b", "clientSecret": "d+é/%:"},
        clientAuthentication="client_secret_basic_raw",
    )

    assert client.authenticated({"code": "c"}) == (basic("a b:d+é/%:"), {"code": "c"})


def test_a_public_client_sends_only_its_id() -> None:
    client = a_client(clientAuthentication="none")

    assert client.authenticated({"code": "c"}) == (JSON, {"code": "c", "client_id": "the-client"})


@pytest.mark.parametrize("method", ["client_secret_post", "none"])
def test_no_parameter_takes_the_place_of_the_clients_own_id(method: str) -> None:
    _, form = a_client(clientAuthentication=method).authenticated({"client_id": "another"})

    assert form["client_id"] == "the-client"


@pytest.mark.parametrize(
    "method", ["client_secret_basic", "client_secret_basic_raw", "client_secret_post", "none"]
)
def test_authenticating_leaves_the_callers_form_as_it_was(method: str) -> None:
    form = {"code": "c"}

    a_client(clientAuthentication=method).authenticated(form)

    assert form == {"code": "c"}


def test_no_secret_is_in_the_representation_of_client_request_or_answer() -> None:
    headers, form = a_client().authenticated({"code": "the-code"})
    request = ServerRequest(url="https://acme.example/the-path", headers=headers, form=form)
    answer = an_answer({"access_token": "the-token"}, set_cookie="the-cookie")

    shown = f"{a_client()!r} {request!r} {answer!r}"

    for secret in ("the-secret", "the-code", "the-path", "the-token", "the-cookie"):
        assert secret not in shown
