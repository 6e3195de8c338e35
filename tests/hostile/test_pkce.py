"""PKCE: missing or wrong at the server, and codes that are put into others' flows (RFC 7636)."""

import secrets

import pytest

from tests.browser import Browser
from tests.e2e.demo_crm import DemoCrm
from tests.hostile.attack import (
    EXCHANGE,
    altered,
    last_entry,
    parameters,
    refused,
    request_of,
    response_of,
    still_pending,
    still_working,
    token_requests,
)


@pytest.mark.parametrize(
    "change",
    [
        {"code_challenge": None},
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge": ""},
    ],
    ids=["no-challenge", "no-pkce", "no-method", "plain", "empty"],
)
def test_a_request_whose_pkce_was_taken_away_gets_no_code(
    crm: DemoCrm, browser: Browser, change: dict[str, str | None]
) -> None:
    connection = crm.connection()
    request = altered(request_of(connection, browser), **change)

    refused(browser.get(request), "authorization-failed")

    assert token_requests(connection) == []
    assert {entry["error"] for entry in connection.requests("authorize")} == {"invalid_request"}
    still_pending(connection)


def test_a_request_with_anothers_challenge_brings_no_tokens(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection()
    request = altered(request_of(connection, browser), code_challenge=secrets.token_urlsafe(32))

    refused(browser.get(response_of(connection, browser, request)), "exchange-failed")

    assert token_requests(connection) == [EXCHANGE]
    assert connection.exchanges()[0]["error"] == "invalid_grant"
    assert last_entry(connection)[:2] == ("authorization.failed", "invalid_grant")
    still_pending(connection)


def test_a_stolen_code_brings_no_tokens_in_the_thiefs_own_flow(crm: DemoCrm) -> None:
    connection, thief = crm.connection(), crm.stack.browser()
    stolen = parameters(response_of(connection, crm.stack.browser()))["code"]
    own = response_of(connection, thief)

    refused(thief.get(altered(own, code=stolen)), "exchange-failed")

    assert token_requests(connection) == [EXCHANGE]
    assert connection.exchanges()[0]["error"] == "invalid_grant"
    still_pending(connection)


def test_an_attackers_code_takes_no_working_grants_place(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection().connected()
    token = connection.access_token()
    attackers = parameters(response_of(connection, crm.stack.browser()))["code"]

    response = altered(response_of(connection, browser), code=attackers)
    refused(browser.get(response), "exchange-failed")

    assert token_requests(connection) == [EXCHANGE] * 2
    still_working(connection, token)


def test_each_flow_has_a_challenge_of_its_own_and_tells_nobody_its_verifier(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = crm.connection()

    told = [parameters(request_of(connection, browser)) for _ in range(3)]

    assert len({each["code_challenge"] for each in told}) == 3
    assert {each["code_challenge_method"] for each in told} == {"S256"}
    assert all("code_verifier" not in each for each in told)
    assert token_requests(connection) == []
