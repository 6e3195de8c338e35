"""Connections of the running stack to an authorization server, and the way to connect them."""

import itertools
from collections.abc import Mapping
from typing import Any

from tests.browser import Browser
from tests.interop.consent import walk_consent
from tests.interop.oidc_provider import OidcProvider
from tests.live_connection import LiveConnection
from tests.page import Page
from tests.stack import RunningStack

_NUMBERS = itertools.count(1)
_SECRET = {"clientSecret", "privateKey"}


def endpoints(provider: OidcProvider) -> dict[str, str]:
    """Return the provider's endpoints, by the names of inputs."""
    return {
        # Without `prompt` an OpenID server gives no refresh token for `offline_access`.
        "authorizeUrl": f"{provider.authorization_endpoint}?prompt=consent",
        "tokenUrl": provider.token_endpoint,
        "revokeUrl": provider.revocation_endpoint,
    }


def a_connection(
    running_stack: RunningStack,
    *,
    inputs: Mapping[str, str],
    facts: Mapping[str, object],
    values: Mapping[str, str],
    scopes: str = "openid offline_access",
) -> LiveConnection:
    """A connection of a component of its own.

    `inputs` are those that the component fixes, beside its scopes; `values` are entered.
    """
    fixed: dict[str, Any] = {
        name: {"type": "string", "required": True, "shown": False, "default": value}
        for name, value in {**inputs, "scopes": scopes}.items()
    }
    # Each definition must have a client secret, or a key in its place.
    entered: dict[str, Any] = {
        name: {"type": "password" if name in _SECRET else "string"}
        for name in {"clientSecret", *values}
    }
    definition = {
        "key": "oauth2",
        "label": "A real server",
        "oauth2Type": "authorization_code",
        "inputs": {**fixed, **entered},
        "provider": facts,
    }
    key = f"real-{next(_NUMBERS)}"
    running_stack.publish({"key": key, "label": "A real server", "connections": [definition]})
    return running_stack.connection(key, "oauth2", dict(values))


def first_page(connection: LiveConnection, browser: Browser) -> Page:
    """Press CONNECT and return the server's first page."""
    return browser.submit(browser.get(connection.link()).form)


def connect(connection: LiveConnection, browser: Browser) -> Page:
    """Sign in, consent, and return where that ends."""
    return walk_consent(browser, first_page(connection, browser))
