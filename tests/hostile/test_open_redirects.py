"""Return and success addresses: only those that are registered, and only for the right browser."""

import pytest

from tests.answers import problem_code
from tests.browser import Browser
from tests.e2e.demo_crm import CrmConnection, DemoCrm
from tests.hostile.attack import (
    EXCHANGE,
    altered,
    made_up,
    refused,
    response_of,
    still_pending,
    token_requests,
)
from tests.live_connection import content_of

BACK = "https://app.example/back"
NEVER = [
    "javascript:alert(1)", "data:text/html,x", "http://app.example/back", "//evil.example/",
    "https://app.example@evil.example/", "https://user:word@app.example/", "https:///evil.example",
    "https://evil.example\\@app.example/", "/back", "back", "https://app.example/\r\nX-Evil: 1",
    "https://127.0.0.1/", "https://evil\u3002example/", "",
]  # fmt: skip
"""Addresses to which no browser is ever sent."""
OTHERS = [
    f"{BACK}/", f"{BACK}?x", f"{BACK}#x", f"{BACK}/../evil", "https://app.example/BACK",
    "HTTPS://app.example/back", "https://app.example:443/back", "https://app.example/%62ack",
    "https://app.example.evil.example/back", f" {BACK}", "https://evil.example/", *NEVER,
]  # fmt: skip
"""What is like the one that is allowed, and is not the same."""


@pytest.mark.parametrize("address", OTHERS)
def test_no_link_leads_back_to_what_is_not_allowed_character_by_character(
    crm: DemoCrm, address: str
) -> None:
    connection = crm.connection()
    content_of(connection.api.patch("/organization", json={"allowedReturnUrls": [BACK]}))
    path = f"/connections/{connection.id}/authorizations"

    answer = connection.api.post(path, json={"returnUrl": address})

    assert (answer.status_code, problem_code(answer)) == (400, "invalid-request")
    assert [each["pointer"] for each in answer.json()["errors"]] == ["#/returnUrl"]
    assert connection.api.post(path, json={"returnUrl": BACK}).status_code == 201
    assert token_requests(connection) == []


@pytest.mark.parametrize("address", NEVER)
def test_no_such_address_is_registered(crm: DemoCrm, address: str) -> None:
    connection = crm.connection()
    redirects = {"enabled": True, "successUri": address, "failureUri": BACK}

    answers = [
        connection.api.patch("/organization", json={"allowedReturnUrls": [address]}),
        connection.api.patch(f"/connections/{connection.id}", json={"oauthRedirects": redirects}),
        connection.api.patch(
            f"/connections/{connection.id}",
            json={"oauthRedirects": {**redirects, "successUri": BACK, "failureUri": address}},
        ),
    ]

    assert [(each.status_code, problem_code(each)) for each in answers] == [
        (400, "invalid-request")
    ] * 3
    assert connection.read()["oauthRedirects"] is None
    assert token_requests(connection) == []


def led_back(crm: DemoCrm) -> CrmConnection:
    """A connection with addresses of the embedding application's."""
    connection = crm.connection()
    redirects = {"enabled": True, "successUri": BACK, "failureUri": BACK}
    content = {"oauthRedirects": redirects}
    content_of(connection.api.patch(f"/connections/{connection.id}", json=content))
    return connection


def test_a_browser_that_did_not_begin_is_sent_nowhere(crm: DemoCrm, browser: Browser) -> None:
    connection = led_back(crm)
    response = response_of(connection, browser)

    refused(crm.stack.browser().get(response), "other-browser")
    refused(browser.get(response), "flow-used")
    refused(browser.get(altered(response, state=made_up())), "unknown-state")

    assert token_requests(connection) == []
    still_pending(connection)


def test_a_replayed_callback_is_sent_nowhere(crm: DemoCrm, browser: Browser) -> None:
    connection = led_back(crm)
    response = response_of(connection, browser)
    browser.stop_at = BACK
    assert browser.get(response).url.startswith(f"{BACK}?")

    refused(browser.get(response), "flow-used")

    assert token_requests(connection) == [EXCHANGE]


@pytest.mark.parametrize(
    "name", ["redirect_uri", "returnUrl", "return_to", "next", "successUri", "url"]
)
def test_a_callback_says_nothing_about_where_it_ends(
    crm: DemoCrm, browser: Browser, name: str
) -> None:
    connection = crm.connection()
    response = altered(response_of(connection, browser), **{name: "https://evil.example/"})

    page = browser.get(response)

    assert page.url == f"{crm.stack.url}/authorization-complete"
    assert token_requests(connection) == [EXCHANGE]


def test_a_callback_cannot_change_what_is_told_where_it_ends(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = led_back(crm)
    response = response_of(connection, browser)
    browser.stop_at = BACK

    page = browser.get(altered(response, id="con_evil", error_description="evil"))

    assert page.url == f"{BACK}?id={connection.id}"
    assert token_requests(connection) == [EXCHANGE]
