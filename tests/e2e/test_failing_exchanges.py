"""Codes that cannot be exchanged: each with its page and its log entry, and nothing is lost."""

import secrets
from typing import Any

import pytest

from tests.answers import page_code, problem_code
from tests.browser import Browser
from tests.e2e.demo_crm import DemoCrm

TOLD = ("event", "severity", "httpStatus", "providerError")


@pytest.mark.parametrize(
    ("fault", "options", "status", "error", "words"),
    [
        ("html", {}, 200, None, "answered with a web page in place of a token"),
        ("malformed", {}, 200, None, "answer cannot be read"),
        ("server-error", {}, 500, None, "the token endpoint failed (HTTP 500)"),
        ("answer-lost", {}, 502, None, "in the token endpoint's place (HTTP 502)"),
        ("rate-limited", {"retry_after": 30}, 429, None, "asked to wait (HTTP 429)"),
        ("invalid-grant", {}, 400, "invalid_grant", "The code had expired or was used"),
    ],
)
def test_an_answer_that_is_no_token_has_its_page_and_its_log_entry(
    crm: DemoCrm,
    browser: Browser,
    fault: str,
    options: dict[str, Any],
    status: int,
    error: str | None,
    words: str,
) -> None:
    connection = crm.connection()
    crm.fault("token", fault, **options)

    page = connection.connect(browser)

    assert page_code(page) == "exchange-failed"
    entry = connection.log()[0]
    assert [entry[each] for each in TOLD] == ["authorization.failed", "error", status, error]
    assert words in entry["detail"]
    assert "press CONNECT again" in entry["detail"]
    assert len(connection.exchanges()) == 1
    assert connection.read()["status"] == "pending"
    refused = connection.credentials()
    assert (refused.status_code, problem_code(refused)) == (409, "not-connected")


def test_a_wrong_client_secret_has_its_page_and_its_log_entry(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = crm.connection()
    connection.change_client(client_secret=secrets.token_urlsafe(24))

    page = connection.connect(browser)

    assert page_code(page) == "exchange-failed"
    entry = connection.log()[0]
    assert [entry[each] for each in TOLD] == [
        "authorization.failed",
        "error",
        401,
        "invalid_client",
    ]
    assert "Check the client id and the client secret" in entry["detail"]
    assert len(connection.exchanges()) == 1
    assert connection.read()["status"] == "pending"


def test_a_connection_that_was_hung_up_on_says_so(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection(exchange="lost")

    page = connection.connect(browser)

    assert page_code(page) == "exchange-failed"
    entry = connection.log()[0]
    assert [entry[each] for each in TOLD] == ["authorization.failed", "error", None, None]
    assert len(connection.exchanges()) == 1


def test_after_a_failure_the_next_try_connects(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection()
    crm.fault("token", "server-error")
    assert page_code(connection.connect(browser)) == "exchange-failed"

    assert connection.connect(browser).title == "Authorization complete"
    assert connection.read()["status"] == "active"


def test_a_failed_reconnect_leaves_the_old_grant_working(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection().connected()
    before = connection.credentials().json()
    crm.fault("token", "html")

    assert page_code(connection.connect(browser)) == "exchange-failed"

    assert connection.read()["status"] == "active"
    assert connection.credentials().json() == before
    assert crm.userinfo(before["token"]["access_token"]).status_code == 200
    assert connection.refresh().status_code == 200
