"""Malformed, empty, huge, HTML, gzip-bombed and redirecting answers, when a code is exchanged."""

import pytest

from tests.browser import Browser
from tests.e2e.demo_crm import DemoCrm
from tests.hostile.answers import MOST_TAKEN, REDIRECTS, UNREADABLE, Unreadable, redirect
from tests.hostile.attack import (
    EXCHANGE,
    last_entry,
    refused,
    still_pending,
    still_working,
    token_requests,
)
from tests.hostile.canary import Canary
from tests.scripted import answer, tokens


@pytest.mark.parametrize("unreadable", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_code_whose_answer_cannot_be_read_is_sent_once_and_brings_no_grant(
    crm: DemoCrm, browser: Browser, unreadable: Unreadable
) -> None:
    connection = crm.connection(exchange="scripted")
    crm.wiretap.script(connection.client_id, unreadable.script)

    refused(connection.connect(browser), "exchange-failed")

    assert token_requests(connection) == [EXCHANGE]
    assert last_entry(connection)[:2] == ("authorization.failed", None)
    assert crm.wiretap.taken[connection.client_id] < MOST_TAKEN
    still_pending(connection)


@pytest.mark.parametrize("status", REDIRECTS)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_code_does_not_follow_the_token_endpoint_elsewhere(
    crm: DemoCrm, browser: Browser, canary: Canary, status: int, scheme: str
) -> None:
    connection = crm.connection(exchange="scripted")
    crm.wiretap.script(connection.client_id, redirect(status, canary, scheme))

    refused(connection.connect(browser), "exchange-failed")

    assert token_requests(connection) == [EXCHANGE]
    assert canary.connections == 0
    still_pending(connection)


@pytest.mark.parametrize("name", ["huge", "gzip-bomb", "nothing"])
def test_a_grant_that_there_is_outlives_an_answer_that_cannot_be_read(
    crm: DemoCrm, browser: Browser, name: str
) -> None:
    connection = crm.connection(exchange="scripted").connected()
    token = connection.access_token()
    crm.wiretap.script(connection.client_id, UNREADABLE[name].script)

    refused(connection.connect(browser), "exchange-failed")

    assert token_requests(connection) == [EXCHANGE] * 2
    still_working(connection, token)


def test_a_token_that_would_end_a_header_and_begin_another_stays_one_value(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = crm.connection(exchange="scripted")
    evil = tokens(access_token="an-access-token\r\nX-Evil: 1")
    crm.wiretap.script(connection.client_id, answer(200, evil))
    connection.connect(browser)

    answered = connection.credentials()

    assert "X-Evil" not in answered.headers
    assert token_requests(connection) == [EXCHANGE]
