"""What is sent with the client's own credentials (RFC 6749 section 4.4.2)."""

from typing import Any

import pytest

from connections.oauth.client import OAuthClient
from connections.oauth.messages import ServerRequest
from connections.oauth.token_request import credentials_request, refresh_request
from tests.builders import NOW, a_definition, a_token_set, an_issuance

CLIENT = {"client_id": "the-client", "client_secret": "the-secret"}
TEXT = {"type": "string", "label": "Text"}
MORE = {
    "audience": TEXT,
    "grant_type": TEXT,
    "client_id": TEXT,
    "strict": {"type": "boolean", "label": "Strict"},
    "tenants": {"type": "string", "label": "Tenants", "collection": "valuelist"},
}


def a_client(
    config: dict[str, Any] | None = None, *, provider: dict[str, Any] | None = None, **values: Any
) -> OAuthClient:
    inputs = {**a_definition()["inputs"], **MORE}
    more = {} if config is None else {"oauth2Config": config}
    issuance = an_issuance(
        values, oauth2Type="client_credentials", inputs=inputs, provider=provider or {}, **more
    )
    return OAuthClient.of(issuance)


def request(*args: Any, **kwargs: Any) -> ServerRequest:
    return credentials_request(a_client(*args, **kwargs), now=NOW)


def test_the_scopes_are_asked_for_and_the_client_says_who_it_is() -> None:
    assert request().url == "https://acme.example/token"
    assert request().form == {
        "grant_type": "client_credentials",
        "scope": "read write",
        **CLIENT,
    }


def test_without_scopes_none_are_asked_for() -> None:
    assert "scope" not in request(scopes="").form


def test_a_server_may_have_a_grant_type_of_its_own() -> None:
    config = {"overrideGrantType": "urn:acme:params:oauth:grant-type:service"}

    assert request(config).form["grant_type"] == "urn:acme:params:oauth:grant-type:service"


def test_the_inputs_that_are_named_go_along_and_no_others() -> None:
    form = request({"allowedTokenParams": ["audience"]}, audience="https://api", tenants=["a"]).form

    assert form["audience"] == "https://api"
    assert "tenants" not in form


@pytest.mark.parametrize(
    ("value", "sent"), [(True, "true"), (False, "false"), (["a", "b"], '["a", "b"]')]
)
def test_what_is_no_text_goes_as_json(value: object, sent: str) -> None:
    name = "strict" if isinstance(value, bool) else "tenants"

    assert request({"allowedTokenParams": [name]}, **{name: value}).form[name] == sent


@pytest.mark.parametrize("empty", [None, "", []])
def test_what_is_empty_does_not_go_along(empty: object) -> None:
    config = {"allowedTokenParams": ["audience", "nobodys"]}

    assert request(config, audience=empty).form == request().form


def test_what_goes_along_replaces_nothing_of_the_protocol() -> None:
    config = {"allowedTokenParams": ["grant_type", "client_id"]}

    assert request(config, grant_type="password", client_id="another").form == request().form


def test_the_servers_facts_hold_here_too() -> None:
    facts = {
        "tokenParams": {"resource_id": "{{#audience}}"},
        "resource": ["https://api"],
        "clientAuthentication": "client_secret_basic",
    }

    sent = request(provider=facts, audience="crm")

    assert sent.form == {
        "grant_type": "client_credentials",
        "scope": "read write",
        "resource_id": "crm",
        "resource": ["https://api"],
    }
    assert sent.headers["authorization"].startswith("Basic ")


def test_the_next_token_is_asked_for_as_the_first_was() -> None:
    client = a_client(provider={"refreshUrl": "https://acme.example/refresh"})

    renewed = refresh_request(client, a_token_set(), now=NOW)

    assert renewed == credentials_request(client, now=NOW)
    assert renewed.url == "https://acme.example/token"
