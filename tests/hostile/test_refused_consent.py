"""Consent refused, and whatever else comes in place of a code: no exchange, and no guess."""

import pytest

from tests.browser import Browser
from tests.e2e.demo_crm import DemoCrm
from tests.hostile.attack import (
    EXCHANGE,
    altered,
    last_entry,
    made_up,
    refused,
    response_of,
    still_pending,
    still_working,
    token_requests,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("access_denied", "consent-refused"),
        ("invalid_scope", "scope-refused"),
        ("server_error", "server-failed"),
        ("temporarily_unavailable", "server-failed"),
        ("unauthorized_client", "authorization-failed"),
        ("unsupported_response_type", "authorization-failed"),
        ("interaction_required", "authorization-failed"),
    ],
)
def test_an_error_in_place_of_a_code_exchanges_nothing(
    crm: DemoCrm, browser: Browser, error: str, code: str
) -> None:
    connection = crm.connection()
    response = response_of(connection, browser, decision="Deny")

    refused(browser.get(altered(response, error=error)), code)

    assert token_requests(connection) == []
    assert last_entry(connection)[1] == error
    still_pending(connection)


@pytest.mark.parametrize("error", ["<script>alert(1)</script>", "ACCESS_DENIED", "a b", ""])
def test_an_error_that_no_standard_knows_is_repeated_nowhere(
    crm: DemoCrm, browser: Browser, error: str
) -> None:
    connection, words = crm.connection(), made_up()
    response = response_of(connection, browser, decision="Deny")

    page = browser.get(altered(response, error=error, error_description=words, error_uri=words))

    refused(page, "authorization-failed")
    assert "<script" not in page.text
    assert words not in page.text
    assert last_entry(connection)[1] == "unknown_error"
    assert token_requests(connection) == []
    still_pending(connection)


def test_a_refused_consent_leaves_the_grant_that_there_is(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection().connected()
    token = connection.access_token()

    refused(connection.connect(browser, "Deny"), "consent-refused")

    assert token_requests(connection) == [EXCHANGE]
    still_working(connection, token)


def test_nobody_but_the_browser_of_the_flow_can_refuse(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection()
    response = response_of(connection, browser)
    refusal = altered(response, code=None, error="access_denied")

    refused(crm.stack.browser().get(refusal), "other-browser")

    assert token_requests(connection) == []
    assert connection.events()[-1] == "callback.rejected"
