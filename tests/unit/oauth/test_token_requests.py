"""What is sent to the token endpoint (RFC 6749 sections 4.1.3 and 6)."""

import json
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import pytest

from connections.domain.grant import TokenSet
from connections.oauth.messages import ServerRequest
from connections.oauth.token_request import code_request, refresh_request
from tests.builders import NOW, a_token_set
from tests.unit.oauth.answers import a_client

CALLBACK = "https://oauth2.connections.example/callback"
CLIENT = {"client_id": "the-client", "client_secret": "the-secret"}


def test_a_code_is_exchanged_with_the_redirect_uri_and_the_verifier() -> None:
    request = code_request(
        a_client(), code="the-code", redirect_uri=CALLBACK, code_verifier="the-verifier", now=NOW
    )

    assert request.url == "https://acme.example/token"
    assert request.headers == {"accept": "application/json"}
    assert request.form == {
        "grant_type": "authorization_code",
        "code": "the-code",
        "redirect_uri": CALLBACK,
        "code_verifier": "the-verifier",
        **CLIENT,
    }


def test_without_pkce_no_verifier_is_sent() -> None:
    request = code_request(a_client(), code="c", redirect_uri=CALLBACK, code_verifier=None, now=NOW)

    assert "code_verifier" not in request.form


def test_a_refresh_names_the_token_and_no_scope() -> None:
    request = refresh_request(a_client(), a_token_set(), now=NOW)

    assert request.url == "https://acme.example/token"
    assert request.headers == {"accept": "application/json"}
    assert request.form == {"grant_type": "refresh_token", "refresh_token": "refresh-1", **CLIENT}


def test_a_refresh_goes_to_its_own_url_and_an_exchange_does_not() -> None:
    client = a_client(refreshUrl="https://acme.example/refresh")

    assert refresh_request(client, a_token_set(), now=NOW).url == "https://acme.example/refresh"
    assert code_request(
        client, code="c", redirect_uri=CALLBACK, code_verifier=None, now=NOW
    ).url == ("https://acme.example/token")


def test_each_request_has_the_parameters_that_the_facts_add_to_it() -> None:
    client = a_client(tokenParams={"expires_in": "172800"}, refreshParams={"scope": "read"})
    exchange = code_request(client, code="c", redirect_uri=CALLBACK, code_verifier=None, now=NOW)
    refresh = refresh_request(client, a_token_set(), now=NOW)

    assert exchange.form["expires_in"] == "172800"
    assert "scope" not in exchange.form
    assert refresh.form["scope"] == "read"
    assert "expires_in" not in refresh.form


@pytest.mark.parametrize(
    "name",
    ["grant_type", "code", "redirect_uri", "code_verifier", "client_id", "client_secret"],
)
def test_no_fact_overrides_a_parameter_of_an_exchange(name: str) -> None:
    client = a_client(tokenParams={name: "evil"})

    request = code_request(client, code="c", redirect_uri=CALLBACK, code_verifier="v", now=NOW)

    assert request.form[name] != "evil"


@pytest.mark.parametrize("name", ["grant_type", "refresh_token", "client_id", "client_secret"])
def test_no_fact_overrides_a_parameter_of_a_refresh(name: str) -> None:
    request = refresh_request(a_client(refreshParams={name: "evil"}), a_token_set(), now=NOW)

    assert request.form[name] != "evil"


def test_the_client_authenticates_as_the_facts_say() -> None:
    client = a_client(clientAuthentication="client_secret_basic")
    exchange = code_request(client, code="c", redirect_uri=CALLBACK, code_verifier=None, now=NOW)
    refresh = refresh_request(client, a_token_set(), now=NOW)

    for request in (exchange, refresh):
        assert request.headers["authorization"] == "Basic dGhlLWNsaWVudDp0aGUtc2VjcmV0"
        assert not set(CLIENT) & set(request.form)


def test_the_query_of_the_token_url_survives() -> None:
    client = a_client({"tokenUrl": "https://acme.example/token?tenant=a%20b"})

    assert (
        refresh_request(client, a_token_set(), now=NOW).url
        == "https://acme.example/token?tenant=a%20b"
    )


def exchange(**facts: Any) -> ServerRequest:
    client = a_client(**facts)
    return code_request(client, code="c", redirect_uri=CALLBACK, code_verifier="v", now=NOW)


def refresh(tokens: TokenSet | None = None, **facts: Any) -> ServerRequest:
    return refresh_request(a_client(**facts), tokens or a_token_set(), now=NOW)


def test_requests_are_posted_as_a_form_if_nobody_says_otherwise() -> None:
    for request in (exchange(), refresh()):
        headers, body = request.content
        assert (request.method, request.json, request.seconds) == ("POST", False, 10)
        assert headers == {"content-type": "application/x-www-form-urlencoded"}
        assert dict(parse_qsl((body or b"").decode())) == request.form


def test_requests_are_posted_as_json_where_the_facts_say_so() -> None:
    for request in (exchange(tokenRequestFormat="json"), refresh(tokenRequestFormat="json")):
        headers, body = request.content
        assert headers == {"content-type": "application/json"}
        assert json.loads(body or b"") == request.form


def test_the_facts_may_give_the_token_endpoint_more_time() -> None:
    assert exchange(tokenRequestSeconds=20).seconds == refresh(tokenRequestSeconds=20).seconds == 20


def test_parameters_have_the_names_that_the_server_gives_them() -> None:
    names = {"client_id": "client_key", "code": "auth_code", "refresh_token": "token", "x": "y"}

    assert exchange(parameterNames=names, tokenParams={"x": "1"}).form == {
        "y": "1",
        "grant_type": "authorization_code",
        "auth_code": "c",
        "redirect_uri": CALLBACK,
        "code_verifier": "v",
        "client_key": "the-client",
        "client_secret": "the-secret",
    }
    assert refresh(parameterNames=names).form == {
        "grant_type": "refresh_token",
        "token": "refresh-1",
        "client_key": "the-client",
        "client_secret": "the-secret",
    }


RESOURCES = ["https://a.example/api", "https://b.example/api"]


def test_every_resource_is_named_in_token_requests() -> None:
    for request in (exchange(resource=RESOURCES), refresh(resource=RESOURCES)):
        _, body = request.content
        assert parse_qs((body or b"").decode())["resource"] == RESOURCES
    assert "resource" not in exchange().form


def test_every_resource_is_named_in_json_too() -> None:
    _, body = exchange(resource=RESOURCES, tokenRequestFormat="json").content

    assert json.loads(body or b"")["resource"] == RESOURCES


def test_the_server_gets_the_headers_that_it_wants() -> None:
    wanted = {"Notion-Version": "2025-09-03", "ACCEPT": "text/plain"}

    for request in (exchange(tokenRequestHeaders=wanted), refresh(tokenRequestHeaders=wanted)):
        assert request.headers == {"notion-version": "2025-09-03", "accept": "text/plain"}


def test_an_access_token_that_extends_itself_is_sent_as_the_facts_say() -> None:
    tokens = a_token_set(refresh_token=None)

    request = refresh(
        tokens,
        refreshGrant="self",
        refreshParams={"grant_type": "fb_exchange_token", "fb_exchange_token": "{{#access_token}}"},
    )

    assert request.form == {
        "grant_type": "fb_exchange_token",
        "fb_exchange_token": "access-1",
        **CLIENT,
    }


def test_a_refresh_without_a_refresh_token_sends_none_of_anybody() -> None:
    assert refresh(a_token_set(refresh_token=None)).form["refresh_token"] == ""


@pytest.mark.parametrize("facts", [{}, {"tokenRequestFormat": "json"}])
def test_no_secret_is_in_the_url_of_a_request(facts: dict[str, Any]) -> None:
    for request in (exchange(**facts), refresh(**facts)):
        assert request.url == "https://acme.example/token"
        for secret in ("the-secret", "refresh-1"):
            assert secret not in repr(request)
