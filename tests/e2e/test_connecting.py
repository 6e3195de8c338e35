"""CONNECT: from the link to "Authorization complete", again, and in several tabs and browsers."""

from tests.browser import Browser
from tests.e2e.demo_crm import DemoCrm
from tests.live_connection import LiveConnection
from tests.stack import RunningStack


def test_connecting_in_a_browser_ends_at_authorization_complete(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = crm.connection()

    page = connection.connect(browser)

    assert (page.status, page.title) == (200, "Authorization complete")
    assert page.url == f"{crm.stack.url}/authorization-complete"
    [exchange] = connection.exchanges()
    assert exchange["status"] == 200
    assert connection.events() == [
        "connection.created",
        "authorization.started",
        "connection.connected",
    ]


def test_the_link_that_the_stack_greets_with_connects(
    running_stack: RunningStack, browser: Browser
) -> None:
    page = browser.submit(browser.get(running_stack.authorization_url).form)
    assert browser.submit(page.form, "Allow").title == "Authorization complete"

    connection = LiveConnection(id=running_stack.connection_id, api=running_stack.api)
    assert connection.read()["status"] == "active"
    assert connection.credentials().status_code == 200


def test_b56_a_connection_says_how_it_stands_before_and_after(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = crm.connection()
    before = connection.read()
    connection.connect(browser)
    after = connection.read()

    told = ("status", "reason", "light", "generation")
    assert [before[each] for each in told] == ["pending", "not-connected", None, 0]
    assert [after[each] for each in told] == ["active", None, "yellow", 1]
    scopes = "contacts.read offline_access"
    assert before["scopes"] == {"requested": scopes, "granted": None}
    assert after["scopes"] == {"requested": scopes, "granted": scopes}
    assert before["expiresAt"] is None
    assert after["expiresAt"] > after["refreshAt"] > after["updatedAt"]


def test_b55_b57_the_light_follows_what_executions_report(crm: DemoCrm) -> None:
    connection = crm.connection().connected()
    seen = []
    for outcome in ("success", "connection-error", "success"):
        connection.report(outcome)
        seen.append(connection.read()["light"])
    assert seen == ["green", "red", "green"]


def test_the_provider_takes_the_credentials(crm: DemoCrm) -> None:
    connection = crm.connection().connected()

    credentials = connection.credentials()

    assert credentials.headers["Cache-Control"] == "no-store"
    content = credentials.json()
    assert set(content["token"]) == {"access_token", "token_type", "expires_in", "scope"}
    assert (content["key"], content["generation"]) == ("oauth2", 1)
    assert content["fields"]["clientSecret"] == connection.client["client_secret"]
    answer = crm.userinfo(content["token"]["access_token"])
    assert (answer.status_code, answer.json()["sub"]) == (200, "ada")


def test_opening_a_link_changes_nothing(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection()
    link = connection.link()

    pages = [browser.get(link) for _ in range(2)]

    assert [page.title for page in pages] == ["Connect Demo CRM"] * 2
    assert connection.events() == ["connection.created"]


def test_a_link_is_closed_by_the_consent_that_it_led_to(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection()
    link = connection.link()
    consent = browser.submit(browser.get(link).form)
    assert browser.submit(consent.form, "Allow").title == "Authorization complete"

    page = crm.stack.browser().get(link)

    assert (page.status, page.forms) == (404, ())
    assert "This link was used" in page.text


def test_a_wrong_link_gets_a_page(running_stack: RunningStack, browser: Browser) -> None:
    page = browser.get(f"{running_stack.url}/authorize?authorization=aut_{'0' * 58}")
    assert (page.status, page.title) == (404, "This link does not work")


def test_a_button_pressed_without_the_cookie_of_its_page_begins_nothing(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = crm.connection()
    form = browser.get(connection.link()).form

    page = crm.stack.browser().submit(form)

    assert (page.status, page.title) == (400, "Please try again")
    assert connection.events() == ["connection.created"]


def test_two_tabs_of_one_browser_connect_two_connections(crm: DemoCrm, browser: Browser) -> None:
    first, second = crm.connection(), crm.connection()
    first_tab, second_tab = first.consent_page(browser), second.consent_page(browser)

    pages = [browser.submit(tab.form, "Allow") for tab in (first_tab, second_tab)]

    assert [page.title for page in pages] == ["Authorization complete"] * 2
    assert [each.read()["status"] for each in (first, second)] == ["active"] * 2
    assert [len(each.exchanges()) for each in (first, second)] == [1, 1]


def test_of_two_browsers_with_one_link_one_connects(crm: DemoCrm) -> None:
    connection = crm.connection()
    link = connection.link()
    browsers = [crm.stack.browser(), crm.stack.browser()]
    consents = [each.submit(each.get(link).form) for each in browsers]

    pages = [
        each.submit(consent.form, "Allow") for each, consent in zip(browsers, consents, strict=True)
    ]

    assert [page.title for page in pages] == ["Authorization complete", "Not connected"]
    assert crm.userinfo(connection.access_token()).status_code == 200


def test_reconnecting_keeps_the_id_and_starts_a_new_grant_in_yellow(crm: DemoCrm) -> None:
    connection = crm.connection().connected()
    connection.report("success")
    former = connection.access_token()
    connection.disconnect()
    assert connection.read()["light"] is None
    crm.stack.tick()

    connection.connected()

    now = connection.read()
    told = ("id", "status", "reason", "light", "generation")
    assert [now[each] for each in told] == [connection.id, "active", None, "yellow", 1]
    assert connection.access_token() != former
    assert crm.userinfo(connection.access_token()).status_code == 200
    assert crm.userinfo(former).status_code == 401
