"""What an authorization request may ask of oidc-provider beside a code in the query."""

import pytest

from tests.answers import page_code
from tests.browser import Browser
from tests.interop import connecting
from tests.interop.connecting import connect, endpoints
from tests.interop.consent import ACCOUNT, cancel, walk_consent
from tests.interop.oidc_provider import OidcProvider, StartProvider
from tests.live_connection import LiveConnection
from tests.stack import RunningStack

CONTACTS = "https://contacts.example/api"
SCOPE = "contacts.read"
BY_FORM_POST = {"response_mode": "form_post"}
ENDPOINTS = ("authorization", "token")


@pytest.fixture(scope="module")
def provider(running_stack: RunningStack, start_shared: StartProvider) -> OidcProvider:
    """One authorization server, which guards one resource server beside its own userinfo."""
    return start_shared(
        redirect_uris=[running_stack.callback_url],
        port=running_stack.spare_ports.pop(),
        scopes=[SCOPE],
        resources=[CONTACTS],
    )


def a_connection(
    running_stack: RunningStack,
    provider: OidcProvider,
    *,
    scopes: str = "openid offline_access",
    **facts: object,
) -> LiveConnection:
    """A connection to the server, of a component that says these facts."""
    running_stack.evidence.secrets.add(provider.client_secret)
    return connecting.a_connection(
        running_stack,
        inputs=endpoints(provider),
        facts={
            "issuer": provider.issuer,
            "clientAuthentication": "client_secret_basic",
            **facts,
        },
        values={"clientId": provider.client_id, "clientSecret": provider.client_secret},
        scopes=scopes,
    )


def test_an_answer_by_form_post_connects_and_its_code_stands_in_no_url_of_the_server(
    running_stack: RunningStack, provider: OidcProvider, browser: Browser
) -> None:
    connection = a_connection(running_stack, provider, authorizeParams=BY_FORM_POST)

    page = connect(connection, browser)

    assert page.title == "Authorization complete"
    [posted] = [page for page in browser.visited if page.url == running_stack.callback_url]
    assert posted.status == 303
    theirs = [page for page in browser.visited if page.url.startswith(provider.issuer)]
    assert not [page for page in theirs if "code=" in page.headers.get("Location", "")]
    assert provider.userinfo(connection.access_token())["sub"] == ACCOUNT


def test_a_refusal_by_form_post_has_its_page(
    running_stack: RunningStack, provider: OidcProvider, browser: Browser
) -> None:
    connection = a_connection(running_stack, provider, authorizeParams=BY_FORM_POST)

    posting = cancel(browser, connecting.first_page(connection, browser))
    page = browser.submit(posting.form)

    assert page_code(page) == "consent-refused"
    assert connection.log()[0]["providerError"] == "access_denied"


def test_an_answer_posted_by_another_browser_is_refused(
    running_stack: RunningStack, provider: OidcProvider, browser: Browser
) -> None:
    connection = a_connection(running_stack, provider, authorizeParams=BY_FORM_POST)
    before = provider.ledger().token_requests()
    browser.stop_at = running_stack.callback_url
    walk_consent(browser, connecting.first_page(connection, browser))
    [form] = browser.visited[-1].forms

    page = running_stack.browser().submit(form)

    assert page_code(page) == "other-browser"
    assert provider.ledger().token_requests() == before


def test_a_resource_is_named_in_each_request_and_is_the_access_tokens_audience(
    running_stack: RunningStack, provider: OidcProvider, browser: Browser
) -> None:
    scopes = f"openid offline_access {SCOPE}"
    connection = a_connection(running_stack, provider, scopes=scopes, resource=[CONTACTS])
    before = len(provider.ledger().entries)

    assert connect(connection, browser).title == "Authorization complete"
    first = provider.introspect(connection.access_token())
    assert connection.refresh().status_code == 200
    second = provider.introspect(connection.access_token())

    asked = [each for each in provider.ledger().entries[before:] if each.endpoint in ENDPOINTS]
    assert [(entry.endpoint, entry.grant_type, entry.resource) for entry in asked] == [
        ("authorization", None, CONTACTS),
        ("token", "authorization_code", CONTACTS),
        ("token", "refresh_token", CONTACTS),
    ]
    assert [(told["aud"], told["scope"]) for told in (first, second)] == [(CONTACTS, SCOPE)] * 2


def test_a_resource_that_the_server_does_not_guard_has_its_page(
    running_stack: RunningStack, provider: OidcProvider, browser: Browser
) -> None:
    connection = a_connection(running_stack, provider, resource=["https://other.example/"])

    page = connecting.first_page(connection, browser)

    assert page_code(page) == "authorization-failed"
    assert connection.log()[0]["providerError"] == "invalid_target"
