"""Each method of client authentication against oidc-provider, which takes no other than agreed."""

from collections.abc import Mapping
from dataclasses import replace
from secrets import token_hex

import httpx
import pytest

from tests.answers import page_code
from tests.browser import Browser
from tests.interop import connecting, registrations
from tests.interop.connecting import connect, endpoints
from tests.interop.consent import ACCOUNT
from tests.interop.ledger import fingerprint
from tests.interop.oidc_provider import OidcProvider, StartProvider
from tests.interop.registrations import Registration
from tests.live_connection import LiveConnection
from tests.stack import RunningStack

BUILDERS = {
    "basic": lambda: registrations.with_a_secret("client_secret_basic"),
    "post": lambda: registrations.with_a_secret("client_secret_post"),
    "signed-with-the-secret": registrations.with_a_secret_to_sign_with,
    "rsa-pem": registrations.with_an_rsa_key_as_pem,
    "p256-jwk": registrations.with_a_p256_key_as_jwk,
    "public": registrations.without_secrets,
}


@pytest.fixture(scope="module")
def registered() -> dict[str, Registration]:
    """The clients, by how they authenticate."""
    return {name: build() for name, build in BUILDERS.items()}


@pytest.fixture(scope="module")
def provider(
    running_stack: RunningStack,
    registered: Mapping[str, Registration],
    start_shared: StartProvider,
) -> OidcProvider:
    """One authorization server that knows all of them."""
    return start_shared(
        redirect_uris=[running_stack.callback_url],
        clients=[each.client for each in registered.values()],
        port=running_stack.spare_ports.pop(),
    )


def a_connection(
    running_stack: RunningStack,
    provider: OidcProvider,
    registration: Registration,
) -> LiveConnection:
    """A connection whose component says how this client authenticates."""
    hidden = {registration.values.get(name, "") for name in ("clientSecret", "privateKey")}
    running_stack.evidence.secrets.update(hidden)
    return connecting.a_connection(
        running_stack,
        inputs=endpoints(provider),
        facts={
            "issuer": provider.issuer,
            "clientAuthentication": registration.method,
            "introspectUrl": provider.introspection_endpoint,
        },
        values=registration.values,
    )


@pytest.mark.parametrize("name", BUILDERS)
def test_a_client_authenticates_at_each_endpoint_as_it_is_registered(
    running_stack: RunningStack,
    provider: OidcProvider,
    registered: Mapping[str, Registration],
    browser: Browser,
    name: str,
) -> None:
    registration = registered[name]
    connection = a_connection(running_stack, provider, registration)

    assert connect(connection, browser).title == "Authorization complete"
    first = connection.access_token()
    assert connection.refresh().status_code == 200
    last = connection.access_token()
    assert last != first
    assert provider.userinfo(last)["sub"] == ACCOUNT
    assert connection.disconnect() == {"status": "pending", "revocation": "revoked"}

    asked = provider.ledger().of(registration.client_id)
    requests = [entry for entry in asked.entries if entry.endpoint != "authorization"]
    assert [(entry.endpoint, entry.grant_type) for entry in requests] == [
        ("token", "authorization_code"),
        ("token", "refresh_token"),
        ("revocation", None),
        ("revocation", None),
        ("introspection", None),
        ("introspection", None),
    ]
    assert {entry.status for entry in requests} == {200}
    assert {entry.authentication for entry in requests} == {registration.authentication}
    assert [entry.assertion for entry in requests] == [registration.assertion] * len(requests)

    ended = [entry.fingerprint for entry in asked.at("revocation")]
    assert ended[1] == fingerprint(last)
    assert [entry.fingerprint for entry in asked.at("introspection")] == ended
    assert [entry.active for entry in asked.at("introspection")] == [False, False]
    with pytest.raises(httpx.HTTPStatusError, match="401"):
        provider.userinfo(last)
    assert connection.events()[-2:] == ["connection.disconnected", "revocation.succeeded"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("signed-with-the-secret", {"clientSecret": token_hex(32)}),
        ("p256-jwk", {"privateKey": registrations.as_jwk(registrations.an_ec_key())}),
    ],
    ids=["another-secret", "another-key"],
)
def test_an_assertion_signed_with_another_key_is_refused(
    running_stack: RunningStack,
    provider: OidcProvider,
    registered: Mapping[str, Registration],
    browser: Browser,
    name: str,
    values: dict[str, str],
) -> None:
    registration = registered[name]
    before = provider.ledger().of(registration.client_id).at("token")
    other = replace(registration, values={**registration.values, **values})
    connection = a_connection(running_stack, provider, other)

    page = connect(connection, browser)

    assert page_code(page) == "exchange-failed"
    [*_, entry] = provider.ledger().of(registration.client_id).at("token")
    assert len(provider.ledger().of(registration.client_id).at("token")) == len(before) + 1
    assert (entry.assertion, entry.error) == (registration.assertion, "invalid_client")
    told = connection.log()[0]
    assert (told["httpStatus"], told["providerError"]) == (401, "invalid_client")
    assert "Check the client id and the client secret" in told["detail"]
