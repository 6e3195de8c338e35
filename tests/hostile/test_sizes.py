"""Headers and queries of any size: refused by their size, or taken, and never half of them."""

import pytest

from tests.browser import Browser
from tests.e2e.demo_crm import DemoCrm
from tests.hostile.attack import (
    EXCHANGE,
    altered,
    made_up,
    refused,
    response_of,
    still_pending,
    token_requests,
)

LONGEST = 8192
"""Characters of a callback's query."""


def padded(response: str, length: int) -> str:
    """Return a callback whose query has so many characters."""
    query = response.partition("?")[2]
    return f"{response}&p={'x' * (length - len(query) - len('&p='))}"


def test_a_query_of_the_longest_length_is_read_whole(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection()

    page = browser.get(padded(response_of(connection, browser), LONGEST))

    assert page.title == "Authorization complete"
    assert token_requests(connection) == [EXCHANGE]


@pytest.mark.parametrize("length", [LONGEST + 1, 16_384, 60_000])
def test_a_longer_query_exchanges_nothing_and_uses_nothing_up(
    crm: DemoCrm, browser: Browser, length: int
) -> None:
    connection = crm.connection()
    response = response_of(connection, browser)

    refused(browser.get(padded(response, length)), "callback-too-large")

    assert token_requests(connection) == []
    still_pending(connection)
    assert browser.get(response).title == "Authorization complete"


def test_a_longer_posted_response_exchanges_nothing(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection()
    query = padded(response_of(connection, browser), LONGEST + 1).partition("?")[2]

    answer = crm.stack.api.post(
        "/callback",
        content=query,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )

    assert (answer.status_code, "Location" in answer.headers) == (400, False)
    assert "callback-too-large" in answer.text
    assert token_requests(connection) == []
    still_pending(connection)


def test_hundreds_of_parameters_are_kept_from_the_token_request(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = crm.connection()
    more = {f"p{number}": "x" for number in range(800)}
    response = altered(response_of(connection, browser), **more)

    assert browser.get(response).title == "Authorization complete"

    assert token_requests(connection) == [EXCHANGE]
    assert not more.keys() & crm.wiretap.forms[connection.client_id][0].keys()


@pytest.mark.parametrize("name", ["code", "state", "iss"])
def test_a_very_long_parameter_brings_no_grant(crm: DemoCrm, browser: Browser, name: str) -> None:
    connection = crm.connection()
    response = altered(response_of(connection, browser), **{name: made_up() * 150})

    page = browser.get(response)

    told = {"code": "exchange-failed", "state": "unknown-state", "iss": "issuer-mismatch"}
    refused(page, told[name])
    assert token_requests(connection) == ([EXCHANGE] if name == "code" else [])
    still_pending(connection)


@pytest.mark.parametrize(("size", "status"), [(9_000, 303), (20_000, 431)])
def test_large_headers_are_ignored_or_refused(
    crm: DemoCrm, browser: Browser, size: int, status: int
) -> None:
    connection = crm.connection()
    response = response_of(connection, browser)
    cookie = browser.cookies.header(response)

    answer = crm.stack.api.get(response, headers={"Cookie": cookie, "X-Filler": "x" * size})

    assert answer.status_code == status
    assert token_requests(connection) == ([EXCHANGE] if status == 303 else [])
