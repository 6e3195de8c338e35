"""The whole life of a connection against a real authorization server: oidc-provider.

It rotates refresh tokens, demands PKCE, and ends a grant whose refresh token comes twice.
"""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Protocol

import httpx
import pytest

from tests.answers import page_code, problem_code
from tests.browser import Browser
from tests.interop import connecting
from tests.interop.connecting import connect, first_page
from tests.interop.consent import cancel
from tests.interop.ledger import fingerprint
from tests.interop.oidc_provider import OidcProvider, StartProvider
from tests.live_connection import LiveConnection
from tests.stack import RunningStack
from tests.wiretap import Wiretap

ALWAYS_DUE = 7200
"""A refresh buffer in seconds that is longer than access tokens live: every sweep takes it."""
AUTHENTICATIONS = ("client_secret_basic", "client_secret_post")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running authorization server, reached by the stack through a wiretap."""

    provider: OidcProvider
    wiretap: Wiretap
    authentication: str
    seen: set[str] = field(repr=False)

    def secret_of(self, fingerprint_: str | None) -> str:
        """Return the token of a fingerprint in the ledger."""
        return next(each for each in self.seen if fingerprint(each) == fingerprint_)

    def active(self, token: str) -> bool:
        """Tell whether the server says that a token is active (RFC 7662)."""
        form = {"token": token}
        if self.authentication == "client_secret_basic":
            return bool(self.provider.introspect(token)["active"])
        form |= {
            "client_id": self.provider.client_id,
            "client_secret": self.provider.client_secret,
        }
        answer = httpx.post(self.provider.introspection_endpoint, data=form, trust_env=False)
        return bool(answer.raise_for_status().json()["active"])


class Start(Protocol):
    """Starts a server whose client authenticates in this way."""

    def __call__(self, authentication: str) -> Server: ...


@pytest.fixture
def start(start_provider: StartProvider, running_stack: RunningStack) -> Iterator[Start]:
    """A function that starts a server where the stack may call it."""
    with ExitStack() as running:

        def started(authentication: str) -> Server:
            provider = start_provider(
                redirect_uris=[running_stack.callback_url],
                client={"token_endpoint_auth_method": authentication},
                port=running_stack.spare_ports.pop(),
            )
            seen = {provider.client_secret}
            wiretap = Wiretap(running_stack.spare_ports.pop(), provider.issuer, seen)
            running.callback(running_stack.evidence.secrets.update, seen)
            running.callback(wiretap.stop)
            return Server(
                provider=provider, wiretap=wiretap, authentication=authentication, seen=seen
            )

        yield started


def a_connection(running_stack: RunningStack, server: Server, **values: str) -> LiveConnection:
    """A connection to the server, which the stack calls through the wiretap."""
    provider = server.provider
    urls = {
        "tokenUrl": server.wiretap.url("plain", "token"),
        "revokeUrl": server.wiretap.url("plain", "token/revocation"),
    }
    return connecting.a_connection(
        running_stack,
        inputs={**connecting.endpoints(provider), **urls},
        facts={
            "issuer": provider.issuer,
            "clientAuthentication": server.authentication,
            "refreshBuffer": ALWAYS_DUE,
            "rotation": "revokes-family",
        },
        values={
            "clientId": provider.client_id,
            "clientSecret": provider.client_secret,
            **values,
        },
    )


@pytest.mark.parametrize("authentication", AUTHENTICATIONS)
def test_a_connection_lives_from_consent_to_disconnect(
    running_stack: RunningStack, start: Start, browser: Browser, authentication: str
) -> None:
    server = start(authentication)
    provider = server.provider
    connection = a_connection(running_stack, server)

    assert connect(connection, browser).title == "Authorization complete"
    tokens = [connection.access_token()]
    for _ in range(3):
        running_stack.tick()
        tokens.append(connection.access_token())
        assert provider.userinfo(tokens[-1])["sub"] == "ada"

    assert len(set(tokens)) == 4
    refreshes = provider.ledger().token_requests("refresh_token")
    assert len(refreshes) == connection.read()["generation"] - 1 >= 3
    assert {entry.status for entry in refreshes} == {200}
    assert provider.ledger().presented_twice() == frozenset()
    assert server.active(tokens[-1])

    assert connection.disconnect() == {"status": "pending", "revocation": "revoked"}
    for _ in range(3):
        running_stack.tick()

    refused = connection.credentials()
    assert (refused.status_code, problem_code(refused)) == (409, "not-connected")
    revoked = [server.secret_of(entry.fingerprint) for entry in provider.ledger().at("revocation")]
    assert revoked[1] == tokens[-1]
    assert fingerprint(revoked[0]) not in {entry.fingerprint for entry in refreshes}
    assert [server.active(token) for token in revoked] == [False, False]
    with pytest.raises(httpx.HTTPStatusError, match="401"):
        provider.userinfo(tokens[-1])
    assert provider.ledger().token_requests("refresh_token") == refreshes
    assert connection.events()[-2:] == ["connection.disconnected", "revocation.succeeded"]


def test_cancelled_consent_has_its_page_and_its_log_entry(
    running_stack: RunningStack, start: Start, browser: Browser
) -> None:
    server = start("client_secret_basic")
    connection = a_connection(running_stack, server)

    page = cancel(browser, first_page(connection, browser))

    assert page_code(page) == "consent-refused"
    entry = connection.log()[0]
    told = ("event", "severity", "providerError")
    assert [entry[each] for each in told] == ["authorization.refused", "warning", "access_denied"]
    assert connection.read()["status"] == "pending"
    assert server.provider.ledger().token_requests() == ()


@pytest.mark.parametrize("authentication", AUTHENTICATIONS)
def test_a_wrong_client_secret_has_its_page_and_its_log_entry(
    running_stack: RunningStack, start: Start, browser: Browser, authentication: str
) -> None:
    server = start(authentication)
    connection = a_connection(running_stack, server, clientSecret=secrets.token_hex(24))

    page = connect(connection, browser)

    assert page_code(page) == "exchange-failed"
    entry = connection.log()[0]
    told = ("event", "severity", "httpStatus", "providerError")
    assert [entry[each] for each in told] == [
        "authorization.failed",
        "error",
        401,
        "invalid_client",
    ]
    assert "Check the client id and the client secret" in entry["detail"]
    assert len(server.provider.ledger().token_requests()) == 1
    refused = connection.credentials()
    assert (refused.status_code, problem_code(refused)) == (409, "not-connected")
