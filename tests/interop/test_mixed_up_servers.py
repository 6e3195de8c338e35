"""Two authorization servers at work on one person's connections, one of them an attacker's.

What a mix-up is after: a code of the honest server at the attacker's token endpoint, or the
attacker's code in the customer's connection (RFC 9207 section 1, RFC 9700 section 4.4).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from tests.answers import page_code
from tests.browser import Browser
from tests.interop import connecting
from tests.interop.connecting import endpoints
from tests.interop.consent import cancel, walk_consent
from tests.interop.ledger import LedgerEntry
from tests.interop.oidc_provider import OidcProvider, StartProvider
from tests.live_connection import LiveConnection
from tests.page import Page
from tests.stack import RunningStack


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """Two servers that know a client of the same id and redirect URI."""

    honest: OidcProvider
    attackers: OidcProvider

    def exchanged(self) -> tuple[LedgerEntry, ...]:
        """Return the token requests that reached either of them."""
        both = (self.honest, self.attackers)
        return tuple(entry for each in both for entry in each.ledger().token_requests())


@pytest.fixture(scope="module")
def servers(running_stack: RunningStack, start_shared: StartProvider) -> Servers:
    """The two, as processes of their own."""
    honest, attackers = (
        start_shared(
            redirect_uris=[running_stack.callback_url], port=running_stack.spare_ports.pop()
        )
        for _ in range(2)
    )
    return Servers(honest=honest, attackers=attackers)


def a_connection(
    running_stack: RunningStack,
    provider: OidcProvider,
    inputs: Mapping[str, str] | None = None,
    known: Mapping[str, str] | None = None,
) -> LiveConnection:
    """A connection to one of the servers, whose issuer it knows if nothing else is said."""
    running_stack.evidence.secrets.add(provider.client_secret)
    return connecting.a_connection(
        running_stack,
        inputs=endpoints(provider) if inputs is None else inputs,
        facts={
            **({"issuer": provider.issuer} if known is None else known),
            "authorizeParams": {"prompt": "consent"},
            "clientAuthentication": "client_secret_basic",
        },
        values={"clientId": provider.client_id, "clientSecret": provider.client_secret},
    )


def begun(browser: Browser, connection: LiveConnection, provider: OidcProvider) -> str:
    """Press CONNECT, and return the authorization request that the browser is on its way with."""
    browser.stop_at = provider.authorization_endpoint
    request = connecting.first_page(connection, browser).url
    browser.stop_at = None
    assert request.startswith(provider.issuer)
    return request


def answered(browser: Browser, request: str, meant_for: OidcProvider, by: OidcProvider) -> Page:
    """Have another server answer the request, and return where that ends."""
    return walk_consent(browser, browser.get(request.replace(meant_for.issuer, by.issuer, 1)))


def without_iss(running_stack: RunningStack, browser: Browser, callback: Page) -> Page:
    """Let the browser come back with everything but `iss`."""
    browser.stop_at = None
    assert callback.url.startswith(running_stack.callback_url)
    pairs = parse_qsl(urlsplit(callback.url).query)
    kept = [(name, value) for name, value in pairs if name != "iss"]
    assert len(kept) == len(pairs) - 1
    return browser.get(f"{running_stack.callback_url}?{urlencode(kept)}")


def assert_refused(page: Page, code: str, connection: LiveConnection) -> None:
    """See that a page and the connection's log say so, and that nothing is connected."""
    assert page_code(page) == code
    entry = connection.log()[0]
    assert (entry["event"], entry["severity"]) == ("callback.rejected", "warning")
    assert connection.read()["status"] == "pending"


def test_an_attackers_server_cannot_answer_for_the_honest_one(
    running_stack: RunningStack, servers: Servers, browser: Browser
) -> None:
    before = servers.exchanged()
    connection = a_connection(running_stack, servers.honest)
    request = begun(browser, connection, servers.honest)

    page = answered(browser, request, servers.honest, servers.attackers)

    came_back = dict(parse_qsl(urlsplit(page.url).query))
    assert (came_back["iss"], "code" in came_back) == (servers.attackers.issuer, True)
    assert_refused(page, "issuer-mismatch", connection)
    assert servers.exchanged() == before


def test_an_issuer_that_only_the_metadata_told_is_held_against_the_answer_too(
    running_stack: RunningStack, servers: Servers, browser: Browser
) -> None:
    before = servers.exchanged()
    known = {"metadataUrl": f"{servers.honest.issuer}/.well-known/openid-configuration"}
    connection = a_connection(running_stack, servers.honest, inputs={}, known=known)
    request = begun(browser, connection, servers.honest)

    page = answered(browser, request, servers.honest, servers.attackers)

    assert_refused(page, "issuer-mismatch", connection)
    assert servers.exchanged() == before


def test_a_code_of_the_honest_server_does_not_go_to_the_attackers(
    running_stack: RunningStack, servers: Servers, browser: Browser
) -> None:
    before = servers.exchanged()
    connection = a_connection(running_stack, servers.attackers)
    request = begun(browser, connection, servers.attackers)

    page = answered(browser, request, servers.attackers, servers.honest)

    assert_refused(page, "issuer-mismatch", connection)
    assert servers.exchanged() == before


def test_two_flows_of_one_browser_do_not_take_each_others_answers(
    running_stack: RunningStack, servers: Servers, browser: Browser
) -> None:
    before = servers.exchanged()
    of_honest = a_connection(running_stack, servers.honest)
    of_attackers = a_connection(running_stack, servers.attackers)
    to_honest = begun(browser, of_honest, servers.honest)
    to_attackers = begun(browser, of_attackers, servers.attackers)

    crossed = answered(browser, to_honest, servers.honest, servers.attackers)
    back = answered(browser, to_attackers, servers.attackers, servers.honest)

    assert_refused(crossed, "issuer-mismatch", of_honest)
    assert_refused(back, "issuer-mismatch", of_attackers)
    assert servers.exchanged() == before


def test_two_flows_of_one_browser_each_take_their_own_servers_answer(
    running_stack: RunningStack, servers: Servers, browser: Browser
) -> None:
    of_honest = a_connection(running_stack, servers.honest)
    of_attackers = a_connection(running_stack, servers.attackers)
    to_honest = begun(browser, of_honest, servers.honest)
    to_attackers = begun(browser, of_attackers, servers.attackers)

    pages = [walk_consent(browser, browser.get(each)) for each in (to_attackers, to_honest)]

    assert [page.title for page in pages] == ["Authorization complete"] * 2
    for connection, provider in ((of_honest, servers.honest), (of_attackers, servers.attackers)):
        assert provider.userinfo(connection.access_token())["sub"] == "ada"


def test_after_a_mix_up_the_same_link_leads_to_the_right_server(
    running_stack: RunningStack, servers: Servers, browser: Browser
) -> None:
    connection = a_connection(running_stack, servers.honest)
    link = connection.link()
    browser.stop_at = servers.honest.authorization_endpoint
    request = browser.submit(browser.get(link).form).url
    browser.stop_at = None
    answered(browser, request, servers.honest, servers.attackers)

    page = walk_consent(browser, browser.submit(browser.get(link).form))

    assert page.title == "Authorization complete"
    assert servers.honest.userinfo(connection.access_token())["sub"] == "ada"


@pytest.mark.parametrize("leave", [walk_consent, cancel], ids=["code", "error"])
def test_an_answer_without_the_iss_that_the_metadata_promises_is_refused(
    running_stack: RunningStack,
    servers: Servers,
    browser: Browser,
    leave: Callable[[Browser, Page], Page],
) -> None:
    before = servers.exchanged()
    connection = a_connection(running_stack, servers.honest, inputs={})
    first = connecting.first_page(connection, browser)
    browser.stop_at = running_stack.callback_url

    page = without_iss(running_stack, browser, leave(browser, first))

    assert_refused(page, "issuer-missing", connection)
    assert servers.exchanged() == before
