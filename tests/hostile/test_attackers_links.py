"""A victim opens an attacker's link: nothing happens that the victim did not see and press."""

import pytest

from tests.browser import Browser
from tests.e2e.demo_crm import CrmConnection, DemoCrm
from tests.hostile.attack import (
    EXCHANGE,
    altered,
    customer,
    made_up,
    refused,
    request_of,
    response_of,
    still_pending,
    still_working,
    token_requests,
)
from tests.live_connection import content_of


def nothing_began(connection: CrmConnection) -> None:
    assert "authorization.started" not in connection.events()
    assert connection.requests("authorize") == []
    assert token_requests(connection) == []


def test_opening_a_link_begins_nothing_and_cannot_be_framed(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection()

    page = browser.get(connection.link())

    assert [button.text for button in page.form.buttons] == ["CONNECT"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    nothing_began(connection)


def test_the_page_says_whose_connection_it_is_in_text_and_not_in_markup(
    crm: DemoCrm, browser: Browser
) -> None:
    name = f"<img src=x onerror=alert(1)>{made_up()}"
    wanted = {"name": name, "externalId": made_up()}
    victim = content_of(crm.stack.api.post("/customers", json=wanted))
    connection = crm.connection(customer_id=victim["id"])

    page = browser.get(connection.link())

    assert "<img" not in page.text
    assert "&lt;img src=x onerror=alert(1)&gt;" in page.text
    nothing_began(connection)


@pytest.mark.parametrize("token", ["", "made-up", "the attacker's", "of-the-link"])
def test_no_other_site_presses_connect_for_its_visitor(
    crm: DemoCrm, browser: Browser, token: str
) -> None:
    connection, attacker = crm.connection(), crm.stack.browser()
    link = connection.link()
    form = browser.get(link).form
    forged = {
        "the attacker's": attacker.get(link).form.fields["token"],
        "of-the-link": link.partition("authorization=")[2],
    }.get(token, token)

    page = browser.submit(form, token=forged)

    assert (page.status, page.title) == (400, "Please try again")
    nothing_began(connection)


def test_a_browser_without_cookies_presses_nothing(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection()
    form = browser.get(connection.link()).form

    page = crm.stack.browser().submit(form)

    assert (page.status, page.title) == (400, "Please try again")
    nothing_began(connection)


def test_an_attackers_callback_logs_no_victim_in(crm: DemoCrm) -> None:
    attackers = crm.connection(customer_id=customer(crm))
    victims = crm.connection(customer_id=customer(crm)).connected()
    token, victim = victims.access_token(), crm.stack.browser()
    response_of(victims, victim)  # so that this browser has a cookie of its own

    refused(victim.get(response_of(attackers, crm.stack.browser())), "other-browser")

    assert (token_requests(attackers), token_requests(victims)) == ([], [EXCHANGE])
    still_pending(attackers)
    still_working(victims, token)


def test_a_victim_who_consents_to_an_attackers_request_connects_nothing(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = crm.connection()
    request = request_of(connection, crm.stack.browser())

    refused(browser.submit(browser.get(request).form, "Allow"), "other-browser")

    assert token_requests(connection) == []
    still_pending(connection)


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "{}/evil", "{}?evil", "{}.evil.example", "{}/../evil"]
)
def test_a_request_with_another_redirect_uri_gets_no_code(
    crm: DemoCrm, browser: Browser, address: str
) -> None:
    connection = crm.connection()
    request = request_of(connection, browser)

    forged = altered(request, redirect_uri=address.format(crm.stack.callback_url))
    page = browser.get(forged)

    assert (page.status, page.url) == (400, forged)
    assert token_requests(connection) == []
    assert {entry["status"] for entry in connection.requests("authorize")} == {400}


@pytest.mark.parametrize("change", ["cut", "of another", "made up", "without its secret", "used"])
def test_a_link_that_is_not_whole_or_was_used_opens_nothing(
    crm: DemoCrm, browser: Browser, change: str
) -> None:
    connection = crm.connection()
    link = connection.link()
    address, _, secret = link.partition("authorization=")
    other = connection.link().partition("authorization=")[2]
    forged = {
        "cut": secret[:-1],
        "of another": secret[:-20] + other[-20:],
        "made up": f"aut_{'0' * (len(secret) - 4)}",
        "without its secret": secret[:30],
        "used": secret,
    }[change]
    if change == "used":
        consent = browser.submit(browser.get(link).form)
        assert browser.submit(consent.form, "Allow").title == "Authorization complete"

    page = browser.get(f"{address}authorization={forged}")

    assert (page.status, page.forms) == (404, ())
    assert token_requests(connection) == ([EXCHANGE] if change == "used" else [])
