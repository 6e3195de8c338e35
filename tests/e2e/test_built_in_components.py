"""The components that are built in: found in the list, and connected with nothing published."""

import secrets
from typing import Any

from tests.browser import Browser
from tests.e2e.demo_crm import CrmConnection, DemoCrm
from tests.live_connection import content_of
from tests.stack import RunningStack


def page(stack: RunningStack, **query: Any) -> dict[str, Any]:
    return content_of(stack.api.get("/components", params=query))


def generic_connection(crm: DemoCrm, key: str, **registration: Any) -> CrmConnection:
    """Create a generic OAuth 2.0 connection to the demo provider, with a client of its own."""
    client = {
        "client_id": f"generic-{secrets.token_hex(4)}",
        "client_secret": secrets.token_urlsafe(24),
        "redirect_uris": [crm.stack.callback_url],
        **registration,
    }
    crm.register(client)
    crm.stack.evidence.secrets.add(client["client_secret"])
    values = {
        "authorizeUrl": f"{crm.stack.provider_url}/authorize",
        "tokenUrl": crm.wiretap.url("plain", "token"),
        "revokeUrl": crm.wiretap.url("plain", "revoke"),
        "scopes": "contacts.read offline_access",
        "clientId": client["client_id"],
        "clientSecret": client["client_secret"],
    }
    made = crm.stack.connection("generic-oauth2", key, values)
    connection = CrmConnection(id=made.id, api=made.api, crm=crm, client=client)
    crm.made.append(connection)
    return connection


def test_b28_built_in_components_are_listed_with_where_their_keys_come_from(
    running_stack: RunningStack,
) -> None:
    listed = page(running_stack, search="quickbooks")

    (quickbooks,) = listed["items"]
    assert (quickbooks["key"], quickbooks["builtIn"]) == ("quickbooks", True)
    assert quickbooks["documentationUrl"].startswith("https://developer.intuit.com/")


def test_pages_of_components_follow_each_other(running_stack: RunningStack) -> None:
    first = page(running_stack, limit=3)
    second = page(running_stack, limit=3, cursor=first["nextCursor"])

    keys = [each["key"] for each in (*first["items"], *second["items"])]
    assert len(keys) == 6
    assert keys == sorted(set(keys))


def test_a_generic_connection_is_connected_refreshed_and_disconnected(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = generic_connection(crm, "oauth2")

    assert connection.connect(browser).title == "Authorization complete"
    former = connection.access_token()
    assert connection.refresh().status_code == 200
    assert crm.userinfo(connection.access_token()).status_code == 200
    assert connection.access_token() != former

    assert connection.disconnect()["status"] == "pending"
    crm.stack.tick()
    assert connection.alive() == []


def test_a_generic_connection_sends_its_secret_in_the_header_if_it_is_that_one(
    crm: DemoCrm, browser: Browser
) -> None:
    in_header = {"token_endpoint_auth_method": "client_secret_basic"}
    connection = generic_connection(crm, "oauth2Basic", **in_header)

    assert connection.connect(browser).title == "Authorization complete"
    assert crm.userinfo(connection.access_token()).status_code == 200
