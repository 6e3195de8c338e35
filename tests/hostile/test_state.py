"""`state`: missing, unknown, tampered, expired, replayed, of another customer or browser."""

from collections.abc import Callable

import pytest

from connections.oauth.digests import digest
from tests.answers import page_code
from tests.browser import Browser
from tests.e2e.demo_crm import DemoCrm
from tests.hostile.attack import (
    EXCHANGE,
    altered,
    customer,
    expire,
    made_up,
    parameters,
    refused,
    response_of,
    still_pending,
    still_working,
    token_requests,
)

COOKIE = "__Host-connections-browser"


@pytest.mark.parametrize("state", [None, ""], ids=["missing", "empty"])
def test_a_callback_without_state_exchanges_nothing_and_uses_nothing_up(
    crm: DemoCrm, browser: Browser, state: str | None
) -> None:
    connection = crm.connection()
    response = response_of(connection, browser)

    refused(browser.get(altered(response, state=state)), "state-missing")

    assert token_requests(connection) == []
    still_pending(connection)
    assert browser.get(response).title == "Authorization complete"
    assert token_requests(connection) == [EXCHANGE]


def test_a_made_up_state_exchanges_nothing(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection()
    response = response_of(connection, browser)

    refused(browser.get(altered(response, state=made_up())), "unknown-state")

    assert token_requests(connection) == []
    still_pending(connection)


@pytest.mark.parametrize(
    "tamper",
    [
        lambda state: state[:-1],
        lambda state: f"{state}=",
        lambda state: f" {state}",
        lambda state: state.swapcase(),
        lambda state: state[::-1],
        lambda state: ("A" if state[0] != "A" else "B") + state[1:],
        lambda state: f"{state}\x00",
    ],
    ids=["cut", "padded", "indented", "case", "reversed", "changed", "null"],
)
def test_a_tampered_state_exchanges_nothing_and_uses_nothing_up(
    crm: DemoCrm, browser: Browser, tamper: Callable[[str], str]
) -> None:
    connection = crm.connection()
    response = response_of(connection, browser)
    tampered = tamper(parameters(response)["state"])

    refused(browser.get(altered(response, state=tampered)), "unknown-state")

    assert token_requests(connection) == []
    still_pending(connection)
    assert browser.get(response).title == "Authorization complete"
    assert token_requests(connection) == [EXCHANGE]


def test_the_digest_that_is_stored_of_a_state_is_no_state(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection()
    response = response_of(connection, browser)
    stored = altered(response, state=digest(parameters(response)["state"]))

    # Not by the browser: what it has for a state is looked for in storage afterwards.
    answer = crm.stack.api.get(stored, headers={"Cookie": browser.cookies.header(stored)})

    assert (answer.status_code, "unknown-state" in answer.text) == (400, True)
    assert token_requests(connection) == []
    still_pending(connection)


def test_a_state_whose_time_is_over_exchanges_nothing(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection()
    response = response_of(connection, browser)
    expire(connection, response)

    refused(browser.get(response), "flow-expired")

    assert token_requests(connection) == []
    assert connection.events()[-1] == "callback.rejected"
    still_pending(connection)


@pytest.mark.parametrize("code", ["the same", "another"])
def test_a_replayed_state_exchanges_nothing_more_and_leaves_the_grant(
    crm: DemoCrm, browser: Browser, code: str
) -> None:
    connection = crm.connection()
    response = response_of(connection, browser)
    assert browser.get(response).title == "Authorization complete"
    token = connection.access_token()
    replayed = response if code == "the same" else altered(response, code=made_up())

    for person in (browser, crm.stack.browser()):
        refused(person.get(replayed), "flow-used")

    assert token_requests(connection) == [EXCHANGE]
    still_working(connection, token)


def test_a_state_that_was_refused_once_is_used_up(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection()
    response = response_of(connection, browser)

    refused(browser.get(altered(response, iss="https://evil.example")), "issuer-mismatch")
    refused(browser.get(response), "flow-used")

    assert token_requests(connection) == []
    still_pending(connection)


def test_another_customers_state_is_of_no_use_to_whoever_learns_it(crm: DemoCrm) -> None:
    victims = crm.connection(customer_id=customer(crm))
    attackers = crm.connection(customer_id=customer(crm))
    attacker = crm.stack.browser()
    stolen = parameters(response_of(victims, crm.stack.browser()))["state"]
    own = response_of(attackers, attacker)

    refused(attacker.get(altered(own, state=stolen)), "other-browser")

    assert (token_requests(victims), token_requests(attackers)) == ([], [])
    assert victims.events()[-1] == "callback.rejected"
    still_pending(victims)
    still_pending(attackers)


def test_two_customers_states_changed_round_in_one_browser_connect_neither(
    crm: DemoCrm, browser: Browser
) -> None:
    connections = [crm.connection(customer_id=customer(crm)) for _ in range(2)]
    responses = [response_of(each, browser) for each in connections]
    states = [parameters(each)["state"] for each in responses]

    for response, state in zip(responses, reversed(states), strict=True):
        refused(browser.get(altered(response, state=state)), "exchange-failed")

    # Each code went to the server under the other's client, which refused it.
    for connection in connections:
        assert token_requests(connection) == [EXCHANGE]
        assert [entry["error"] for entry in connection.exchanges()] == ["invalid_grant"]
        still_pending(connection)


@pytest.mark.parametrize("cookie", [None, "", "made-up", "x" * 4000])
def test_a_browser_without_the_cookie_of_the_flow_exchanges_nothing(
    crm: DemoCrm, browser: Browser, cookie: str | None
) -> None:
    connection = crm.connection()
    response = response_of(connection, browser)
    other = crm.stack.browser()
    if cookie is not None:
        other.cookies.keep(response, [f"{COOKIE}={cookie}; Path=/; Secure"])

    refused(other.get(response), "other-browser")

    assert token_requests(connection) == []
    still_pending(connection)


def test_a_browser_with_another_flows_cookie_exchanges_nothing(crm: DemoCrm) -> None:
    connections = [crm.connection(), crm.connection()]
    browsers = [crm.stack.browser(), crm.stack.browser()]
    responses = [response_of(*each) for each in zip(connections, browsers, strict=True)]

    codes = [page_code(browsers[0].get(responses[1])), page_code(browsers[1].get(responses[0]))]

    assert codes == ["other-browser"] * 2
    assert [token_requests(each) for each in connections] == [[], []]
