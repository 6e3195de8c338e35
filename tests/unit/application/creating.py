"""What the tests of creating connections say again and again."""

from typing import Any

from connections.application.create_connection import ConnectionCreator, NewConnection
from connections.application.issuing import inputs_digest
from connections.oauth.addresses import AllowedHosts
from connections_sdk.definitions import Component
from tests.builders import a_definition, some_inputs
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.parts import same_bytes

DIGEST = inputs_digest(some_inputs(salt=same_bytes(16).hex()))
VALUES = {"clientId": "the-client", "clientSecret": "the-secret"}
CUSTOM = {
    "key": "custom",
    "label": "API Key",
    "inputs": {"apiKey": {"type": "password", "required": True}, "scopes": {"type": "string"}},
}


def publish(world: World, *definitions: dict[str, Any]) -> None:
    """Publish a component with these connections."""
    document = {"key": "acme", "label": "Acme", "connections": list(definitions)}
    world.components_by_key["acme"] = Component.model_validate(document)


def a_creator(world: World, clock: ManualClock) -> ConnectionCreator:
    """Return the use case over a world in which a component is published."""
    if not world.components_by_key:
        publish(world, a_definition(), CUSTOM)
    return ConnectionCreator(
        components=world.components,
        templates=world.templates,
        customers=world.customers,
        connections=world.connections,
        new_connections=world.new_connections,
        logbook=world.logbook,
        clock=clock,
        hosts=AllowedHosts.parse("localhost:8080"),
        randomness=same_bytes,
    )


def wanting(**changes: Any) -> NewConnection:
    """Return the wish for an OAuth connection."""
    defaults: dict[str, Any] = {
        "component": "acme",
        "key": "oauth2",
        "values": VALUES,
        "name": None,
    }
    return NewConnection(**{**defaults, **changes})
