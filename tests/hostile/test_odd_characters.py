"""Unicode, `%00` and what is no UTF-8: nothing fails, nothing is taken for what it is not."""

from urllib.parse import urlsplit

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

ODD = [
    "%00", "%0d%0aX-Evil:%201", "%ff%fe", "%c0%80", "%ed%a0%80", "%F0%9F%92%A9", "%E2%80%AE",
    "%u0000", "%", "%zz", "%26code%3Devil", "+", "%1b[2J", "%EF%BC%9Cscript%EF%BC%9E",
]  # fmt: skip
"""As they stand in a query."""


def with_raw(response: str, name: str, raw: str) -> str:
    """Return a callback with a parameter that stands there as it is."""
    others = [
        each for each in urlsplit(response).query.split("&") if each.partition("=")[0] != name
    ]
    return f"{response.partition('?')[0]}?{'&'.join([*others, f'{name}={raw}'])}"


@pytest.mark.parametrize("raw", ODD)
def test_a_code_of_odd_characters_is_refused_by_its_server(
    crm: DemoCrm, browser: Browser, raw: str
) -> None:
    connection = crm.connection()
    response = response_of(connection, browser)

    refused(browser.get(with_raw(response, "code", f"{made_up()}{raw}")), "exchange-failed")

    assert token_requests(connection) == [EXCHANGE]
    assert [entry["error"] for entry in connection.exchanges()] == ["invalid_grant"]
    still_pending(connection)


@pytest.mark.parametrize("raw", ODD)
def test_a_state_of_odd_characters_is_unknown_and_uses_nothing_up(
    crm: DemoCrm, browser: Browser, raw: str
) -> None:
    connection = crm.connection()
    response = response_of(connection, browser)
    state = parameters(response)["state"]

    refused(browser.get(with_raw(response, "state", f"{state}{raw}")), "unknown-state")

    assert token_requests(connection) == []
    assert browser.get(response).title == "Authorization complete"
    assert token_requests(connection) == [EXCHANGE]


@pytest.mark.parametrize("raw", ["%00", "%ff%fe", "%E2%80%AE", "+", "%26iss%3D"])
def test_an_issuer_of_odd_characters_is_another(crm: DemoCrm, browser: Browser, raw: str) -> None:
    connection = crm.connection()
    response = response_of(connection, browser)

    forged = with_raw(response, "iss", f"{crm.stack.provider_url}{raw}")
    refused(browser.get(forged), "issuer-mismatch")

    assert token_requests(connection) == []
    still_pending(connection)


@pytest.mark.parametrize("raw", ["%00", "%ff%fe", "%ed%a0%80", "%F0%9F%92%A9", "%0d%0a"])
def test_odd_characters_beside_a_code_do_no_harm(crm: DemoCrm, browser: Browser, raw: str) -> None:
    connection = crm.connection()
    response = with_raw(response_of(connection, browser), "realmId", raw)

    assert browser.get(response).title == "Authorization complete"

    assert token_requests(connection) == [EXCHANGE]
    assert crm.userinfo(connection.access_token()).status_code == 200
