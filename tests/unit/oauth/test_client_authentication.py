"""How a client says who it is (RFC 6749 section 2.3)."""

import base64

import pytest

from connections.oauth.client import OAuthClient
from connections.oauth.client_authentication import Form, authenticated
from connections.oauth.messages import ServerRequest
from tests.builders import NOW
from tests.unit.oauth.answers import a_client, an_answer

JSON = {"accept": "application/json"}


def basic(pair: str) -> dict[str, str]:
    return {**JSON, "authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def authenticated_as(client: OAuthClient, form: Form) -> tuple[dict[str, str], Form]:
    """Return headers and form as the facts say that this client authenticates."""
    return authenticated(client, form, client.facts.client_authentication, now=NOW)


def test_a_client_sends_its_id_and_secret_in_the_body_by_default() -> None:
    assert authenticated_as(a_client(), {"code": "c"}) == (
        JSON,
        {"code": "c", "client_id": "the-client", "client_secret": "the-secret"},
    )


def test_a_client_without_a_secret_sends_none_in_the_body() -> None:
    client = a_client({"clientSecret": ""})

    assert authenticated_as(client, {}) == (JSON, {"client_id": "the-client"})


def test_basic_authentication_encodes_id_and_secret_before_it_joins_them() -> None:
    client = a_client(
        {"clientId": "a:b c", "clientSecret": "d+é/%:"}, clientAuthentication="client_secret_basic"
    )

    assert authenticated_as(client, {"code": "c"}) == (
        basic("a%3Ab+c:d%2B%C3%A9%2F%25%3A"),
        {"code": "c"},
    )


def test_raw_basic_authentication_does_not() -> None:
    client = a_client(
        {"clientId": "a b", "clientSecret": "d+é/%:"},
        clientAuthentication="client_secret_basic_raw",
    )

    assert authenticated_as(client, {"code": "c"}) == (basic("a b:d+é/%:"), {"code": "c"})


def test_a_public_client_sends_only_its_id() -> None:
    client = a_client(clientAuthentication="none")

    assert authenticated_as(client, {"code": "c"}) == (
        JSON,
        {"code": "c", "client_id": "the-client"},
    )


@pytest.mark.parametrize("method", ["client_secret_post", "none"])
def test_no_parameter_takes_the_place_of_the_clients_own_id(method: str) -> None:
    _, form = authenticated_as(a_client(clientAuthentication=method), {"client_id": "another"})

    assert form["client_id"] == "the-client"


@pytest.mark.parametrize(
    "method", ["client_secret_basic", "client_secret_basic_raw", "client_secret_post", "none"]
)
def test_authenticating_leaves_the_callers_form_as_it_was(method: str) -> None:
    form = {"code": "c"}

    authenticated_as(a_client(clientAuthentication=method), form)

    assert form == {"code": "c"}


def test_no_secret_is_in_the_representation_of_client_request_or_answer() -> None:
    headers, form = authenticated_as(a_client(), {"code": "the-code"})
    request = ServerRequest(url="https://acme.example/the-path", headers=headers, form=form)
    answer = an_answer({"access_token": "the-token"}, set_cookie="the-cookie")

    shown = f"{a_client()!r} {request!r} {answer!r}"

    for secret in ("the-secret", "the-code", "the-path", "the-token", "the-cookie"):
        assert secret not in shown


def test_the_secret_may_be_the_user_name() -> None:
    client = a_client({"clientSecret": "sk_1:x"}, clientAuthentication="client_secret_as_user")

    assert authenticated_as(client, {"code": "c"}) == (
        basic("sk_1:x:"),
        {"code": "c", "client_id": "the-client"},
    )
