"""SSRF: by literal, by name, by redirect, in IPv6, decimal, octal and hexadecimal forms."""

from typing import Any

import httpx
import pytest

from tests.answers import problem_code
from tests.browser import Browser
from tests.e2e.demo_crm import CrmConnection, DemoCrm
from tests.hostile.attack import (
    EXCHANGE,
    asked_for,
    fixed,
    last_entry,
    refused,
    still_pending,
    still_working,
    token_requests,
)
from tests.hostile.canary import Canary

LITERALS = [
    "127.0.0.1", "127.0.0.2", "0.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "[::1]",
    "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]", "[fd00:ec2::254]", "[fe80::1]", "user@127.0.0.1", "acme.example@127.0.0.1",
    "127.0.0.1\\@acme.example", "127。0。0。1", "①②⑦.0.0.1",
]  # fmt: skip
"""Hosts that are refused where they are entered."""
NAMES = [
    "localhost", "LOCALHOST", "localhost.", "2130706433", "0x7f000001", "017700000001", "127.1",
    "127.0.1", "0177.0.0.1", "0x7f.0.0.1", "0",
]  # fmt: skip
"""Hosts that are refused when they are called: their resolver says where they lead."""
SCHEMES = ["http", "ftp", "file", "gopher", "javascript", "ldap"]


def enter(connection: CrmConnection, url: str) -> httpx.Response:
    """Enter a token URL."""
    content = {"connection": {"values": {"tokenUrl": url}}}
    return connection.api.patch(f"/connections/{connection.id}", json=content)


def with_a_token_url_to_enter(crm: DemoCrm) -> CrmConnection:
    """A connection whose token URL is entered; the first is the demo provider's."""
    url = crm.wiretap.url("plain", "token")
    return crm.connection(inputs={"tokenUrl": asked_for()}, values={"tokenUrl": url})


def not_entered(answer: httpx.Response) -> None:
    assert (answer.status_code, problem_code(answer)) == (400, "invalid-request")
    pointers = [each["pointer"] for each in answer.json()["errors"]]
    assert pointers == ["#/connection/values/tokenUrl"]


@pytest.mark.parametrize("host", LITERALS)
def test_a_literal_that_leads_inside_is_not_entered(
    crm: DemoCrm, canary: Canary, host: str
) -> None:
    connection = with_a_token_url_to_enter(crm)

    not_entered(enter(connection, canary.url(host)))

    kept = connection.read()["connection"]["values"]["tokenUrl"]["value"]
    assert kept == crm.wiretap.url("plain", "token")
    assert canary.connections == 0
    assert token_requests(connection) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_another_scheme_than_https_is_not_entered(
    crm: DemoCrm, canary: Canary, scheme: str
) -> None:
    connection = with_a_token_url_to_enter(crm)

    not_entered(enter(connection, canary.url("localhost", scheme=scheme)))

    assert canary.connections == 0
    assert token_requests(connection) == []


@pytest.mark.parametrize("host", NAMES)
def test_a_name_or_number_that_leads_inside_is_not_called(
    crm: DemoCrm, browser: Browser, canary: Canary, host: str
) -> None:
    connection = with_a_token_url_to_enter(crm)
    answer = enter(connection, canary.url(host))
    assert answer.status_code == 200, answer.text

    refused(connection.connect(browser), "exchange-failed")

    assert canary.connections == 0
    assert token_requests(connection) == []
    # Not every resolver takes every spelling for an address.
    words = last_entry(connection)[2]
    assert "private address" in words or "could not be reached" in words
    still_pending(connection)


def test_a_refresh_is_not_sent_inside(crm: DemoCrm, canary: Canary) -> None:
    connection = crm.connection(refreshUrl=canary.url("localhost")).connected()
    token = connection.access_token()

    assert connection.refresh().status_code == 503

    assert canary.connections == 0
    assert token_requests(connection) == [EXCHANGE]
    still_working(connection, token)


def test_tokens_are_not_revoked_inside(crm: DemoCrm, canary: Canary) -> None:
    inputs = {"revokeUrl": fixed(canary.url("localhost", "/revoke"))}
    connection = crm.connection(inputs=inputs, revocable=False).connected()

    assert connection.disconnect()["status"] == "pending"

    assert canary.connections == 0
    assert connection.requests("revoke") == []
    assert token_requests(connection) == [EXCHANGE]


@pytest.mark.parametrize(
    "facts",
    [
        {"metadataUrl": "{}"},
        {"userinfoUrl": "{}", "accountFrom": {"source": "userinfo", "id": "sub"}},
    ],
    ids=["metadata", "userinfo"],
)
def test_nothing_is_read_inside(
    crm: DemoCrm, browser: Browser, canary: Canary, facts: dict[str, Any]
) -> None:
    there = canary.url("localhost", "/read")
    told: dict[str, Any] = {each: there if fact == "{}" else fact for each, fact in facts.items()}
    connection = crm.connection(**told)

    page = browser.get(connection.link())
    if page.forms:
        browser.submit(browser.submit(page.form).form, "Allow")

    assert canary.connections == 0
    assert token_requests(connection) == ([] if "metadataUrl" in facts else [EXCHANGE])


@pytest.mark.parametrize("name", ["tokenUrl", "revokeUrl", "authorizeUrl"])
@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "169.254.169.254"])
def test_a_component_that_leads_inside_is_not_published(
    crm: DemoCrm, canary: Canary, name: str, host: str
) -> None:
    connection = crm.connection()
    component = crm.stack.api.get(f"/components/{connection.client_id}").json()
    component["connections"][0]["inputs"][name]["default"] = canary.url(host)
    wanted = {each: component[each] for each in ("key", "label", "connections")}

    answer = crm.stack.api.put(f"/components/{connection.client_id}", json=wanted)

    assert (answer.status_code, problem_code(answer)) == (400, "invalid-request")
    [error] = answer.json()["errors"]
    assert error["pointer"].startswith(f"#/connections/0/inputs/{name}")
    assert canary.connections == 0
    assert token_requests(connection) == []
