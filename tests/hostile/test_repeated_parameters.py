"""A parameter twice, by which two readers may be told two things (RFC 6749 section 3.1)."""

from urllib.parse import quote

import pytest

from tests.browser import Browser
from tests.e2e.demo_crm import DemoCrm
from tests.hostile.attack import (
    EXCHANGE,
    made_up,
    parameters,
    refused,
    response_of,
    still_pending,
    token_requests,
)


@pytest.mark.parametrize("name", ["code", "state", "iss", "error", "of-nobody"])
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_a_repeated_parameter_exchanges_nothing_and_uses_nothing_up(
    crm: DemoCrm, browser: Browser, name: str, first: bool
) -> None:
    connection = crm.connection()
    response = response_of(connection, browser)
    address, _, query = response.partition("?")
    more = f"{name}={made_up()}"
    more += "" if name in parameters(response) else f"&{more}"

    pair = (more, query) if first else (query, more)
    refused(browser.get(f"{address}?{'&'.join(pair)}"), "repeated-parameter")

    assert token_requests(connection) == []
    still_pending(connection)
    assert browser.get(response).title == "Authorization complete"
    assert token_requests(connection) == [EXCHANGE]


@pytest.mark.parametrize("name", ["st%61te", "%73tate"])
def test_a_parameter_that_is_repeated_in_disguise_exchanges_nothing(
    crm: DemoCrm, browser: Browser, name: str
) -> None:
    connection = crm.connection()
    response = response_of(connection, browser)

    refused(browser.get(f"{response}&{name}={made_up()}"), "repeated-parameter")

    assert token_requests(connection) == []
    still_pending(connection)


def test_a_posted_response_that_repeats_itself_exchanges_nothing(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = crm.connection(authorizeParams={"response_mode": "form_post"})
    posting = browser.submit(connection.consent_page(browser).form, "Allow").form
    body = "&".join(f"{name}={quote(value)}" for name, value in posting.fields.items())

    answer = crm.stack.api.post(
        "/callback",
        content=f"{body}&code={made_up()}",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )

    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/callback")
    refused(browser.get(f"{crm.stack.url}{answer.headers['Location']}"), "repeated-parameter")
    assert token_requests(connection) == []
    still_pending(connection)
