"""What a newcomer finds: a client at the demo provider, a component, a connection, a link."""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx

from local.errors import StackError
from local.stack import Stack

MANAGEMENT = "ManagementFunction"
COMPONENT = "demo-crm"
CLIENT_ID = "demo-client"
SCOPES = "contacts.read contacts.write offline_access"
# The first calls start clients of AWS and make a branch key.
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """What the seeding made."""

    api_key: str = field(repr=False)
    connection_id: str
    authorization_url: str = field(repr=False)


def plant(stack: Stack, provider_url: str) -> Seed:
    """Make an API key, the demo component and a connection that waits to be authorized.

    Raises:
        StackError: a call was refused; the answer is in the message.
    """
    key = api_key(stack)
    client_secret = secrets.token_urlsafe(24)
    with httpx.Client(timeout=_PATIENCE) as http:
        client = {
            "client_id": CLIENT_ID,
            "client_secret": client_secret,
            "name": "Connections on this machine",
            "redirect_uris": [f"{stack.url}/callback"],
            "scope": SCOPES,
            "rotation": "revokes-family",
        }
        _call(http, "POST", f"{provider_url}/_clients", client)
        http.headers["Authorization"] = f"Bearer {key}"
        _call(http, "PUT", f"{stack.url}/components/{COMPONENT}", component(provider_url))
        connection = _call(http, "POST", f"{stack.url}/connections", _connection(client_secret))
        address = f"{stack.url}/connections/{connection['id']}/authorizations"
        authorization = _call(http, "POST", address, {})
    return Seed(
        api_key=key,
        connection_id=connection["id"],
        authorization_url=authorization["url"],
    )


def component(provider_url: str) -> dict[str, Any]:
    """The demo component: one connection by OAuth and one by API key."""
    return {
        "key": COMPONENT,
        "label": "Demo CRM",
        "description": "Contacts of the demo provider on this machine.",
        "connections": [
            {
                "key": "oauth2",
                "label": "Demo CRM (OAuth 2.0)",
                "oauth2Type": "authorization_code",
                "inputs": {
                    "authorizeUrl": _fixed("Authorize URL", f"{provider_url}/authorize"),
                    "tokenUrl": _fixed("Token URL", f"{provider_url}/token"),
                    "revokeUrl": _fixed("Revoke URL", f"{provider_url}/revoke"),
                    "scopes": _fixed("Scopes", SCOPES),
                    "clientId": {"type": "string", "label": "Client ID", "required": True},
                    "clientSecret": _password("Client secret"),
                },
            },
            {
                "key": "apiKey",
                "label": "Demo CRM (API key)",
                "inputs": {"apiKey": _password("API key")},
            },
        ],
    }


def _fixed(label: str, value: str) -> dict[str, Any]:
    return {"type": "string", "label": label, "required": True, "shown": False, "default": value}


def _password(label: str) -> dict[str, Any]:
    return {"type": "password", "label": label, "required": True, "shown": True}


def _connection(client_secret: str) -> dict[str, Any]:
    values = {"clientId": CLIENT_ID, "clientSecret": client_secret}
    return {
        "connection": {"component": COMPONENT, "key": "oauth2", "values": values},
        "name": "Demo CRM of Ada",
    }


def api_key(stack: Stack) -> str:
    """Make an API key, as the account's owner does."""
    function = stack.functions.get(MANAGEMENT)
    if function is None:
        raise StackError(f"The template has no {MANAGEMENT}, which makes the first API key")
    answer = function.invoke({"createApiKey": {"name": "make run"}})
    if answer.failed:
        raise StackError(f"{MANAGEMENT} makes no API key: {answer.payload['errorMessage']}")
    return str(json.loads(answer.payload)["key"])


def _call(http: httpx.Client, method: str, url: str, content: dict[str, Any]) -> dict[str, Any]:
    response = http.request(method, url, json=content)
    if response.is_error:
        raise StackError(f"{method} {url} answered {response.status_code}: {response.text}")
    answer: dict[str, Any] = response.json() if response.content else {}
    return answer
