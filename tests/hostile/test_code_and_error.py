"""A code and an error together, and neither: nothing is exchanged."""

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
    still_working,
    token_requests,
)


@pytest.mark.parametrize("error", ["access_denied", "", "made-up"])
def test_a_code_and_an_error_together_exchange_nothing(
    crm: DemoCrm, browser: Browser, error: str
) -> None:
    connection = crm.connection()
    response = response_of(connection, browser)

    refused(browser.get(altered(response, error=error)), "code-and-error")

    assert token_requests(connection) == []
    assert connection.events()[-1] == "callback.rejected"
    still_pending(connection)


def test_a_code_that_is_added_to_a_refusal_is_not_exchanged(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection()
    response = response_of(connection, browser, decision="Deny")

    refused(browser.get(altered(response, code=made_up())), "code-and-error")

    assert token_requests(connection) == []
    still_pending(connection)


def test_both_together_leave_the_grant_that_there_is(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection().connected()
    token = connection.access_token()

    response = altered(response_of(connection, browser), error="server_error")
    refused(browser.get(response), "code-and-error")

    assert token_requests(connection) == [EXCHANGE]
    still_working(connection, token)


@pytest.mark.parametrize("code", [None, ""], ids=["missing", "empty"])
def test_neither_code_nor_error_exchanges_nothing(
    crm: DemoCrm, browser: Browser, code: str | None
) -> None:
    connection = crm.connection()

    refused(browser.get(altered(response_of(connection, browser), code=code)), "code-missing")

    assert token_requests(connection) == []
    still_pending(connection)


@pytest.mark.parametrize("name", ["Code", "authorization_code", "code[]", "access_token"])
def test_a_code_under_another_name_is_no_code(crm: DemoCrm, browser: Browser, name: str) -> None:
    connection = crm.connection()
    response = altered(response_of(connection, browser), code=None, **{name: made_up()})

    refused(browser.get(response), "code-missing")

    assert token_requests(connection) == []
    still_pending(connection)
