"""Callbacks that are refused: each with its page, its log entry, and no call to the provider."""

import secrets
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.answers import page_code
from tests.browser import Browser
from tests.e2e.demo_crm import CrmConnection, DemoCrm
from tests.stack import RunningStack


def brought_back(connection: CrmConnection, browser: Browser) -> str:
    """The callback's address with its code, which the browser has not opened yet."""
    browser.stop_at = connection.crm.stack.callback_url
    address = connection.connect(browser).url
    browser.stop_at = None
    return address


def test_refused_consent_has_its_page_and_its_log_entry(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection()

    page = connection.connect(browser, "Deny")

    assert page_code(page) == "consent-refused"
    assert "The customer refused consent." in page.text
    entry = connection.log()[0]
    told = ("event", "severity", "httpStatus", "providerError")
    assert [entry[each] for each in told] == [
        "authorization.refused",
        "warning",
        None,
        "access_denied",
    ]
    assert entry["authorizationId"].startswith("aut_")
    assert connection.exchanges() == []
    assert connection.read()["status"] == "pending"


def test_a_link_whose_consent_was_refused_still_connects(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection()
    link = connection.link()
    for decision, title in (("Deny", "Not connected"), ("Allow", "Authorization complete")):
        consent = browser.submit(browser.get(link).form)
        assert browser.submit(consent.form, decision).title == title


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (f"?code={secrets.token_hex(16)}&state={secrets.token_hex(16)}", "unknown-state"),
        (f"?code={secrets.token_hex(16)}", "state-missing"),
        ("", "state-missing"),
        (f"?state={secrets.token_hex(16)}&state={secrets.token_hex(16)}", "repeated-parameter"),
        (f"?state={secrets.token_hex(16)}&code={'c' * 8192}", "callback-too-large"),
    ],
    ids=["unknown", "no-state", "nothing", "repeated", "too-large"],
)
def test_a_callback_that_belongs_to_no_flow_gets_a_page(
    running_stack: RunningStack, browser: Browser, query: str, code: str
) -> None:
    assert page_code(browser.get(running_stack.callback_url + query)) == code


def test_a_replayed_callback_is_refused_and_leaves_the_grant_alone(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = crm.connection()
    address = brought_back(connection, browser)
    assert browser.get(address).title == "Authorization complete"

    page = browser.get(address)

    assert page_code(page) == "flow-used"
    assert connection.events()[-2:] == ["connection.connected", "callback.rejected"]
    assert connection.log()[0]["severity"] == "warning"
    assert len(connection.exchanges()) == 1
    assert crm.userinfo(connection.access_token()).status_code == 200


def test_a_callback_in_another_browser_is_refused(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection()
    address = brought_back(connection, browser)

    page = crm.stack.browser().get(address)

    assert page_code(page) == "other-browser"
    assert connection.events()[-1] == "callback.rejected"
    assert connection.exchanges() == []
    # The attempt used the flow up.
    assert page_code(browser.get(address)) == "flow-used"
    assert connection.read()["status"] == "pending"


def test_the_callback_of_another_browsers_own_flow_is_refused_there(crm: DemoCrm) -> None:
    connections = [crm.connection(), crm.connection()]
    browsers = [crm.stack.browser(), crm.stack.browser()]
    addresses = [brought_back(*each) for each in zip(connections, browsers, strict=True)]

    pages = [browsers[0].get(addresses[1]), browsers[1].get(addresses[0])]

    assert [page_code(page) for page in pages] == ["other-browser"] * 2
    assert [each.exchanges() for each in connections] == [[], []]


def test_another_issuer_is_refused(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection(issuer="https://other.example")

    page = connection.connect(browser)

    assert page_code(page) == "issuer-mismatch"
    assert connection.events()[-1] == "callback.rejected"
    assert connection.exchanges() == []


def test_a_posted_response_comes_back_through_a_get(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection(authorizeParams={"response_mode": "form_post"})
    posting = browser.submit(connection.consent_page(browser).form, "Allow")

    page = browser.submit(posting.form)

    assert page.title == "Authorization complete"
    assert crm.userinfo(connection.access_token()).status_code == 200


def test_every_page_after_the_callback_is_without_its_query(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection()
    page = connection.connect(browser)
    callback = next(each for each in browser.visited if each.url.startswith(crm.stack.callback_url))

    assert set(parse_qs(urlsplit(callback.url).query)) == {"code", "state", "iss"}
    assert (callback.status, callback.headers["Location"]) == (303, "/authorization-complete")
    assert callback.headers["Referrer-Policy"] == "no-referrer"
    assert urlsplit(page.url).query == ""
