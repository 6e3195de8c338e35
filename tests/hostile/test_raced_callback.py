"""The same callback from two sides at once: one exchange, and one of the two is told so."""

from concurrent.futures import ThreadPoolExecutor

from tests.browser import Browser
from tests.e2e.demo_crm import DemoCrm
from tests.hostile.attack import (
    EXCHANGE,
    altered,
    made_up,
    response_of,
    still_working,
    token_requests,
)

ROUNDS = 10


def twin(browser: Browser, other: Browser) -> Browser:
    """Let another window have the same cookies."""
    other.cookies = browser.cookies
    return other


def test_ten_callbacks_delivered_twice_at_once_are_exchanged_once_each(
    crm: DemoCrm, browser: Browser
) -> None:
    connection, other = crm.connection(), twin(browser, crm.stack.browser())
    with ThreadPoolExecutor(2) as pool:
        for number in range(1, ROUNDS + 1):
            response = response_of(connection, browser)

            pages = list(pool.map(lambda each, to=response: each.get(to), (browser, other)))

            assert sorted(page.title for page in pages) == [
                "Authorization complete",
                "Not connected",
            ]
            assert token_requests(connection) == [EXCHANGE] * number
    assert [entry["status"] for entry in connection.exchanges()] == [200] * ROUNDS
    assert connection.events().count("connection.connected") == ROUNDS
    assert crm.userinfo(connection.access_token()).status_code == 200


def test_of_two_codes_raced_under_one_state_one_is_exchanged(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = crm.connection().connected()
    token, other = connection.access_token(), twin(browser, crm.stack.browser())
    response = altered(response_of(connection, browser), code=made_up())
    forged = altered(response, code=made_up())

    with ThreadPoolExecutor(2) as pool:
        pages = [pool.submit(each.get, to) for each, to in ((browser, response), (other, forged))]

    assert [each.result().title for each in pages] == ["Not connected"] * 2
    assert token_requests(connection) == [EXCHANGE] * 2
    still_working(connection, token)


def test_two_consents_under_one_link_at_once_make_one_grant(crm: DemoCrm) -> None:
    connection = crm.connection()
    link, people = connection.link(), [crm.stack.browser(), crm.stack.browser()]
    responses = []
    for person in people:
        consent = person.submit(person.get(link).form)
        person.stop_at = crm.stack.callback_url
        responses.append(person.submit(consent.form, "Allow").url)
        person.stop_at = None

    with ThreadPoolExecutor(2) as pool:
        pages = list(pool.map(lambda each, to: each.get(to), people, responses))

    assert sorted(page.title for page in pages) == ["Authorization complete", "Not connected"]
    assert token_requests(connection) == [EXCHANGE]
    assert crm.userinfo(connection.access_token()).status_code == 200
