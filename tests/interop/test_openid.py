"""OpenID Connect against oidc-provider: metadata, nonce, and the account that consented."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from tests.answers import page_code
from tests.browser import Browser
from tests.interop import connecting
from tests.interop.connecting import connect, endpoints, first_page
from tests.interop.consent import walk_consent
from tests.interop.oidc_provider import OidcProvider, StartProvider
from tests.live_connection import LiveConnection
from tests.page import Page
from tests.stack import RunningStack

ADA = {"id": "ada", "name": "The account ada"}
GRACE = {"id": "grace", "name": "The account grace"}
BY_USERINFO = {"source": "userinfo", "id": "sub", "name": "name"}


@pytest.fixture(scope="module")
def provider(running_stack: RunningStack, start_shared: StartProvider) -> OidcProvider:
    """One authorization server."""
    return start_shared(
        redirect_uris=[running_stack.callback_url], port=running_stack.spare_ports.pop()
    )


def a_connection(
    running_stack: RunningStack,
    provider: OidcProvider,
    inputs: Mapping[str, str] | None = None,
    **facts: object,
) -> LiveConnection:
    """A connection to the server that tells these facts; of its endpoints if nothing is said."""
    running_stack.evidence.secrets.add(provider.client_secret)
    return connecting.a_connection(
        running_stack,
        inputs=endpoints(provider) if inputs is None else inputs,
        facts={
            "authorizeParams": {"prompt": "consent"},
            "clientAuthentication": "client_secret_basic",
            **facts,
        },
        values={"clientId": provider.client_id, "clientSecret": provider.client_secret},
        scopes="openid offline_access profile",
    )


def described_at(provider: OidcProvider) -> str:
    """Return where the server describes itself (OpenID Connect Discovery 1.0 section 4)."""
    return f"{provider.issuer}/.well-known/openid-configuration"


@pytest.mark.parametrize("known", ["issuer", "metadataUrl"])
def test_a_connection_that_knows_where_a_server_describes_itself_needs_no_endpoints(
    running_stack: RunningStack, provider: OidcProvider, browser: Browser, known: str
) -> None:
    facts = {"issuer": provider.issuer, "metadataUrl": described_at(provider)}
    connection = a_connection(
        running_stack, provider, {}, **{known: facts[known]}, accountFrom=BY_USERINFO
    )
    before = len(provider.ledger().entries)

    assert connect(connection, browser).title == "Authorization complete"
    assert connection.refresh().status_code == 200
    last = connection.access_token()
    assert provider.userinfo(last)["sub"] == "ada"
    assert connection.read()["account"] == ADA
    assert connection.disconnect() == {"status": "pending", "revocation": "revoked"}

    asked = provider.ledger().entries[before:]
    assert [(entry.endpoint, entry.status) for entry in asked] == [
        ("authorization", 303),
        ("token", 200),
        ("token", 200),
        ("revocation", 200),
        ("revocation", 200),
        ("introspection", 200),
        ("introspection", 200),
    ]
    with pytest.raises(httpx.HTTPStatusError, match="401"):
        provider.userinfo(last)


def test_metadata_of_another_issuer_leads_nowhere(
    running_stack: RunningStack, provider: OidcProvider, browser: Browser
) -> None:
    connection = a_connection(
        running_stack,
        provider,
        {},
        issuer=f"{provider.issuer}/tenant",
        metadataUrl=described_at(provider),
    )
    before = provider.ledger()

    page = browser.get(connection.link())

    assert (page.status, page.forms) == (409, ())
    entry = connection.log()[0]
    assert (entry["event"], entry["severity"]) == ("authorization.failed", "error")
    assert "the server's metadata is of another issuer" in entry["detail"]
    assert provider.ledger() == before


@pytest.mark.parametrize(
    ("account_from", "account"),
    [
        ({"source": "id_token", "id": "sub"}, {"id": "ada", "name": None}),
        (BY_USERINFO, ADA),
    ],
    ids=["id-token", "userinfo"],
)
def test_the_account_that_consented_is_told(
    running_stack: RunningStack,
    provider: OidcProvider,
    browser: Browser,
    account_from: dict[str, str],
    account: dict[str, str | None],
) -> None:
    connection = a_connection(
        running_stack,
        provider,
        issuer=provider.issuer,
        accountFrom=account_from,
        userinfoUrl=provider.userinfo_endpoint,
    )
    assert connection.read()["account"] is None

    assert connect(connection, browser).title == "Authorization complete"

    assert connection.read()["account"] == account
    connection.refresh()
    assert connection.read()["account"] == account


def test_a_consent_by_another_account_is_told_and_taken(
    running_stack: RunningStack, provider: OidcProvider, browser: Browser
) -> None:
    connection = a_connection(
        running_stack,
        provider,
        accountFrom=BY_USERINFO,
        userinfoUrl=provider.userinfo_endpoint,
    )
    connect(connection, browser)
    other = running_stack.browser()

    page = walk_consent(other, first_page(connection, other), "grace")

    assert page.title == "Authorization complete"
    assert connection.read()["account"] == GRACE
    assert connection.events()[-2:] == ["connection.account-changed", "connection.connected"]
    assert provider.userinfo(connection.access_token())["sub"] == "grace"


def test_a_consent_by_another_account_is_refused_and_revoked_where_the_facts_say_so(
    running_stack: RunningStack, provider: OidcProvider, browser: Browser
) -> None:
    connection = a_connection(
        running_stack,
        provider,
        accountFrom={**BY_USERINFO, "otherAccount": "refuse"},
        userinfoUrl=provider.userinfo_endpoint,
    )
    connect(connection, browser)
    revoked = len(provider.ledger().at("revocation"))
    other = running_stack.browser()

    page = walk_consent(other, first_page(connection, other), "grace")

    assert page_code(page) == "other-account"
    assert connection.read()["account"] == ADA
    running_stack.tick()
    ended = [entry.fingerprint for entry in provider.ledger().at("revocation")[revoked:]]
    assert len(ended) == 2
    assert provider.userinfo(connection.access_token())["sub"] == "ada"
    assert connection.refresh().status_code == 200


def with_another_nonce(
    provider: OidcProvider, connection: LiveConnection, browser: Browser
) -> Page:
    """Consent to a request whose nonce somebody changed on its way."""
    browser.stop_at = provider.authorization_endpoint
    parts = urlsplit(first_page(connection, browser).url)
    browser.stop_at = None
    asked = dict(parse_qsl(parts.query))
    assert asked["nonce"] != asked["state"]
    changed = parts._replace(query=urlencode({**asked, "nonce": "of-another-request"}))
    return walk_consent(browser, browser.get(changed.geturl()))


def test_an_id_token_with_the_nonce_of_another_request_is_refused_and_its_tokens_are_revoked(
    running_stack: RunningStack, provider: OidcProvider, browser: Browser
) -> None:
    connection = a_connection(running_stack, provider, issuer=provider.issuer)
    revoked = len(provider.ledger().at("revocation"))

    page = with_another_nonce(provider, connection, browser)

    assert page_code(page) == "id-token-rejected"
    assert connection.read()["status"] == "pending"
    assert "is of another authorization" in connection.log()[0]["detail"]
    running_stack.tick()
    assert len(provider.ledger().at("revocation")[revoked:]) == 2


def test_a_refused_id_token_leaves_the_consent_before_it_alive_at_the_server(
    running_stack: RunningStack, provider: OidcProvider, browser: Browser
) -> None:
    connection = a_connection(running_stack, provider, issuer=provider.issuer)
    connect(connection, browser)

    page = with_another_nonce(provider, connection, browser)

    assert page_code(page) == "id-token-rejected"
    running_stack.tick()
    assert provider.userinfo(connection.access_token())["sub"] == "ada"
    assert connection.refresh().status_code == 200
