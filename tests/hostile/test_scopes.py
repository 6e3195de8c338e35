"""Scopes narrower and wider than asked for, and left out: recorded as the server tells them."""

from typing import Any

import pytest

from tests.browser import Browser
from tests.e2e.demo_crm import CrmConnection, DemoCrm
from tests.hostile.attack import EXCHANGE, REFRESH, token_requests
from tests.scripted import answer, tokens

ASKED = "contacts.read offline_access"


def scopes(connection: CrmConnection) -> tuple[str, str | None]:
    """Return what the connection says was asked for, and granted."""
    told = connection.read()["scopes"]
    return told["requested"], told["granted"]


@pytest.mark.parametrize(
    ("told", "granted"),
    [
        ("contacts.read", "contacts.read"),
        (f"{ASKED} admin", f"{ASKED} admin"),
        (None, None),
        ("", ""),
        ("something.else", "something.else"),
    ],
    ids=["narrower", "wider", "omitted", "empty", "another"],
)
def test_the_scopes_of_an_exchange_are_those_that_the_server_tells(
    crm: DemoCrm, browser: Browser, told: str | None, granted: str | None
) -> None:
    connection = crm.connection(exchange="scripted")
    crm.wiretap.script(connection.client_id, answer(200, tokens(scope=told)))

    assert connection.connect(browser).title == "Authorization complete"

    assert token_requests(connection) == [EXCHANGE]
    assert scopes(connection) == (ASKED, granted)
    assert connection.read()["status"] == "active"


@pytest.mark.parametrize(
    ("told", "granted"),
    [("contacts.read", "contacts.read"), (f"{ASKED} admin", f"{ASKED} admin"), (None, ASKED)],
    ids=["narrower", "wider", "omitted"],
)
def test_the_scopes_of_a_refresh_are_those_that_the_server_tells_and_none_is_asked_for(
    crm: DemoCrm, told: str | None, granted: str
) -> None:
    connection = crm.connection(refresh="scripted").connected()
    crm.wiretap.script(connection.client_id, answer(200, tokens(scope=told)))

    assert connection.refresh().status_code == 200

    assert token_requests(connection) == [EXCHANGE, REFRESH]
    assert "scope" not in crm.wiretap.forms[connection.client_id][-1]
    assert scopes(connection) == (ASKED, granted)


@pytest.mark.parametrize("told", [7, ["contacts.read"], {"admin": True}, "x" * 100_000])
def test_scopes_that_are_none_do_no_harm(crm: DemoCrm, browser: Browser, told: Any) -> None:
    connection = crm.connection(exchange="scripted")
    brought = tokens(scope=told)
    crm.wiretap.script(connection.client_id, answer(200, brought))

    assert connection.connect(browser).title == "Authorization complete"

    assert token_requests(connection) == [EXCHANGE]
    assert connection.read()["status"] == "active"
    assert connection.access_token() == brought["access_token"]
