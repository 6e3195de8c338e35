"""Values that would move a templated URL to another host: through every input that has one."""

from typing import Any

import httpx
import pytest

from tests.answers import problem_code
from tests.browser import Browser
from tests.e2e.demo_crm import CrmConnection, DemoCrm
from tests.hostile.attack import (
    altered,
    asked_for,
    last_entry,
    refused,
    response_of,
    still_pending,
    token_requests,
)
from tests.hostile.canary import Canary

TEMPLATE = "https://{{#shop}}.acme.example/endpoint"
INPUTS = ("authorizeUrl", "tokenUrl", "revokeUrl")
FACTS = ("refreshUrl", "introspectUrl", "userinfoUrl", "metadataUrl")
HOSTILE = [
    "localhost:{port}/", "localhost:{port}?", "localhost:{port}#", "localhost:{port}\\",
    "x@localhost:{port}/", "127.0.0.1:{port}/", "[::1]:{port}/", "localhost%3a{port}%2f",
    "localhost:{port}%00", "localhost:{port}/\r\nHost: evil", "localhost\u2044", "localhost\uff0f",
    "//localhost:{port}/", "https://localhost:{port}/", "{{{{#clientId}}}}", "evil\u3002example",
    "..", "-", "",
]  # fmt: skip


def over_a_shop(crm: DemoCrm, name: str) -> CrmConnection:
    """A connection one of whose URLs is a template."""
    inputs: dict[str, Any] = {"shop": asked_for()}
    facts: dict[str, Any] = {}
    if name in INPUTS:
        inputs[name] = {"type": "template", "required": True, "shown": False, "default": TEMPLATE}
    else:
        facts[name] = TEMPLATE
    return crm.connection(inputs=inputs, values={"shop": "eu"}, **facts)


def enter(connection: CrmConnection, shop: str) -> httpx.Response:
    """Enter another shop."""
    content = {"connection": {"values": {"shop": shop}}}
    return connection.api.patch(f"/connections/{connection.id}", json=content)


@pytest.mark.parametrize("name", [*INPUTS, *FACTS])
def test_no_value_that_would_move_a_templated_url_is_entered(
    crm: DemoCrm, canary: Canary, name: str
) -> None:
    connection = over_a_shop(crm, name)
    before = connection.read()["connection"]["values"]

    for value in HOSTILE:
        answer = enter(connection, value.format(port=canary.port))
        assert (answer.status_code, problem_code(answer)) == (400, "invalid-request"), value
        assert {each["pointer"] for each in answer.json()["errors"]} == {"#/connection/values/shop"}

    assert connection.read()["connection"]["values"] == before
    assert canary.connections == 0
    assert token_requests(connection) == []


@pytest.mark.parametrize("value", HOSTILE)
def test_no_connection_is_made_with_a_value_that_would(
    crm: DemoCrm, canary: Canary, value: str
) -> None:
    known = over_a_shop(crm, "tokenUrl")
    values = {"clientId": "x", "clientSecret": "x", "shop": value.format(port=canary.port)}
    wanted = {"component": known.client_id, "key": "oauth2", "values": values}

    answer = crm.stack.api.post("/connections", json={"connection": wanted})

    assert (answer.status_code, problem_code(answer)) == (400, "invalid-request")
    assert canary.connections == 0
    assert token_requests(known) == []


@pytest.mark.parametrize(
    "told",
    [
        "evil.example", "https://evil.example", "localhost:{port}", "127.0.0.1:{port}",
        "accounts.acme.example@evil.example", "https://accounts.acme.example@localhost:{port}/",
        "accounts.acme.example.evil.example", "//[", "", "\x00", "127.0.0.1\\@localhost:{port}",
    ],
)  # fmt: skip
def test_no_callback_moves_the_token_endpoint_to_another_host(
    crm: DemoCrm, browser: Browser, canary: Canary, told: str
) -> None:
    hosts = ["127.0.0.1", "accounts.acme.example"]
    connection = crm.connection(tokenHostFrom={"parameter": "location", "hosts": hosts})
    response = response_of(connection, browser)

    page = browser.get(altered(response, location=told.format(port=canary.port)))

    refused(page, "exchange-failed")
    assert canary.connections == 0
    assert token_requests(connection) == []
    assert last_entry(connection)[0] == "authorization.failed"
    still_pending(connection)
