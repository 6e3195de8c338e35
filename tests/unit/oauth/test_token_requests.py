"""What is sent to the token endpoint (RFC 6749 sections 4.1.3 and 6)."""

import pytest

from connections.oauth.token import code_request, refresh_request
from tests.unit.oauth.answers import a_client

CALLBACK = "https://oauth2.connections.example/callback"
CLIENT = {"client_id": "the-client", "client_secret": "the-secret"}


def test_a_code_is_exchanged_with_the_redirect_uri_and_the_verifier() -> None:
    request = code_request(
        a_client(), code="the-code", redirect_uri=CALLBACK, code_verifier="the-verifier"
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
    request = code_request(a_client(), code="c", redirect_uri=CALLBACK, code_verifier=None)

    assert "code_verifier" not in request.form


def test_a_refresh_names_the_token_and_no_scope() -> None:
    request = refresh_request(a_client(), "refresh-1")

    assert request.url == "https://acme.example/token"
    assert request.headers == {"accept": "application/json"}
    assert request.form == {"grant_type": "refresh_token", "refresh_token": "refresh-1", **CLIENT}


def test_a_refresh_goes_to_its_own_url_and_an_exchange_does_not() -> None:
    client = a_client(refreshUrl="https://acme.example/refresh")

    assert refresh_request(client, "refresh-1").url == "https://acme.example/refresh"
    assert code_request(client, code="c", redirect_uri=CALLBACK, code_verifier=None).url == (
        "https://acme.example/token"
    )


def test_each_request_has_the_parameters_that_the_facts_add_to_it() -> None:
    client = a_client(tokenParams={"expires_in": "172800"}, refreshParams={"scope": "read"})
    exchange = code_request(client, code="c", redirect_uri=CALLBACK, code_verifier=None)
    refresh = refresh_request(client, "refresh-1")

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

    request = code_request(client, code="c", redirect_uri=CALLBACK, code_verifier="v")

    assert request.form[name] != "evil"


@pytest.mark.parametrize("name", ["grant_type", "refresh_token", "client_id", "client_secret"])
def test_no_fact_overrides_a_parameter_of_a_refresh(name: str) -> None:
    request = refresh_request(a_client(refreshParams={name: "evil"}), "refresh-1")

    assert request.form[name] != "evil"


def test_the_client_authenticates_as_the_facts_say() -> None:
    client = a_client(clientAuthentication="client_secret_basic")
    exchange = code_request(client, code="c", redirect_uri=CALLBACK, code_verifier=None)
    refresh = refresh_request(client, "refresh-1")

    for request in (exchange, refresh):
        assert request.headers["authorization"] == "Basic dGhlLWNsaWVudDp0aGUtc2VjcmV0"
        assert not set(CLIENT) & set(request.form)


def test_the_query_of_the_token_url_survives() -> None:
    client = a_client({"tokenUrl": "https://acme.example/token?tenant=a%20b"})

    assert refresh_request(client, "r").url == "https://acme.example/token?tenant=a%20b"
