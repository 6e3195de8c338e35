"""The built-in components, and what somebody enters for their connections."""

from typing import Any

from connections.adapters.packaged_components import PackagedComponents
from connections.domain.grant import Issuance
from connections.oauth.client import OAuthClient
from connections_sdk.definitions import ConnectionDefinition

BUILT_IN = PackagedComponents()
DEFINITIONS = [
    (key, definition) for key, component in BUILT_IN.items() for definition in component.connections
]
OAUTH = [(key, each) for key, each in DEFINITIONS if each.oauth2_type == "authorization_code"]
ENTERED = {
    "authorizeUrl": "https://auth.example/authorize",
    "tokenUrl": "https://auth.example/token",
    "clientId": "the-client",
    "clientSecret": "the-secret",
}


def named(key: str, definition: ConnectionDefinition) -> str:
    """Return how a test names a connection."""
    return f"{key}-{definition.key}"


def entered(definition: ConnectionDefinition, **more: str) -> dict[str, Any]:
    """Return a value for each input that must have one and has no default."""
    return {
        name: ENTERED.get(name, "acme")
        for name, field in definition.inputs.items()
        if field.required and field.default in (None, "")
    } | more


def a_client(key: str, connection: str = "oauth2", **more: str) -> OAuthClient:
    """Return the client of a built-in OAuth connection."""
    definition = BUILT_IN[key].connection(connection)
    assert definition is not None
    return client_of(definition, **more)


def client_of(definition: ConnectionDefinition, **more: str) -> OAuthClient:
    """Return the client that what is entered makes."""
    values = entered(definition, **more)
    return OAuthClient.of(Issuance(definition=definition.document(), values=values))
