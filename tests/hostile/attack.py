"""The steps between which an attacker stands, and the ledgers that tell what came of it."""

import secrets
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from connections.adapters.authorizations_table import flow_key
from connections.adapters.aws import to_item
from connections.oauth.digests import digest
from tests.answers import page_code, problem_code
from tests.browser import Browser
from tests.e2e.demo_crm import CrmConnection, DemoCrm
from tests.e2e.developer import developer
from tests.live_connection import content_of
from tests.page import Page

EXCHANGE, REFRESH = "authorization_code", "refresh_token"


def fixed(value: str) -> dict[str, Any]:
    """Return an input that nobody is asked for."""
    return {"type": "string", "required": True, "shown": False, "default": value}


def asked_for() -> dict[str, Any]:
    """Return an input that is asked for."""
    return {"type": "string", "required": True}


def request_of(connection: CrmConnection, browser: Browser) -> str:
    """Press CONNECT; return the authorization request, which the browser has not made yet."""
    browser.stop_at = f"{connection.crm.stack.provider_url}/authorize"
    address = connection.consent_page(browser).url
    browser.stop_at = None
    return address


def response_of(
    connection: CrmConnection,
    browser: Browser,
    request: str | None = None,
    decision: str = "Allow",
) -> str:
    """Consent; return the authorization response, which the browser has not brought back yet."""
    consent = browser.get(request or request_of(connection, browser))
    browser.stop_at = connection.crm.stack.callback_url
    address = browser.submit(consent.form, decision).url
    browser.stop_at = None
    return address


def parameters(address: str) -> dict[str, str]:
    """Return the parameters of an address."""
    return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))


def altered(address: str, **changes: str | None) -> str:
    """Return an address with other parameters; None takes one away."""
    told = {**parameters(address), **changes}
    query = urlencode({name: value for name, value in told.items() if value is not None})
    return urlunsplit(urlsplit(address)._replace(query=query))


def made_up() -> str:
    """Return a value that no server ever issued, and that is not found anywhere by chance."""
    return secrets.token_urlsafe(32)


def token_requests(connection: CrmConnection) -> list[str]:
    """Return the grant types of all token requests that left the service for its client."""
    forms = connection.crm.wiretap.forms[connection.client_id]
    return [form["grant_type"] for form in forms if "grant_type" in form]


def refused(page: Page, code: str) -> None:
    """See that a browser was told this code, on a page of ours, and sent nowhere."""
    assert page_code(page) == code
    assert "Location" not in page.headers


def still_pending(connection: CrmConnection) -> None:
    """See that a connection without a grant has none still."""
    assert connection.read()["status"] == "pending"
    answer = connection.credentials()
    assert (answer.status_code, problem_code(answer)) == (409, "not-connected")


def still_working(connection: CrmConnection, access_token: str) -> None:
    """See that a connection hands out the access token that it had, and that it works."""
    assert connection.read()["status"] in ("active", "degraded")
    assert connection.access_token() == access_token
    assert connection.crm.userinfo(access_token).status_code == 200


def last_entry(connection: CrmConnection) -> tuple[str, str | None, str]:
    """Return the last entry of a connection's log: event, the provider's error, and the words."""
    entry = connection.log()[0]
    return entry["event"], entry["providerError"], entry["detail"]


def expire(connection: CrmConnection, response: str) -> None:
    """Let the ten minutes of a flow be over."""
    stack = connection.crm.stack
    dynamodb = developer(stack, "dynamodb")
    [table] = [each for each in dynamodb.list_tables()["TableNames"] if "Connections" in each]
    dynamodb.update_item(
        TableName=table,
        Key=to_item(flow_key(digest(parameters(response)["state"]))),
        UpdateExpression="SET expiresAt = :past",
        ExpressionAttributeValues={":past": {"N": "1"}},
    )


def customer(crm: DemoCrm) -> str:
    """Return a new customer's id."""
    name = made_up()
    wanted = {"name": name, "externalId": name}
    return str(content_of(crm.stack.api.post("/customers", json=wanted))["id"])
