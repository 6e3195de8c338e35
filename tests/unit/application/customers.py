"""A customer with all that one can have, and another's and the organization's beside it."""

from typing import Any

from connections.application.delete_connection import ConnectionDeleter
from connections.application.delete_customer import SETTLED_AFTER, CustomerDeleter
from connections.application.delete_instance import InstanceDeleter
from connections.domain.caller import ORGANIZATION, Owner
from connections.domain.grant import Grant
from connections.domain.identifiers import AuthorizationId, ConnectionId, CustomerId, GrantId
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.oauth.digests import digest
from tests.builders import (
    ADA,
    CUSTOMER,
    HOUR,
    NOW,
    a_connection,
    a_customer,
    a_flow,
    a_grant,
    an_offer,
    some_inputs,
)
from tests.doubles.clock import ManualClock
from tests.doubles.world import World

OTHER = CustomerId("cus_00000000000000000000000002")
CONNECTIONS = [ConnectionId(f"con_{number:026}") for number in (1, 2)]
OF_OTHER, OF_ORGANIZATION = ConnectionId("con_" + "3" * 26), ConnectionId("con_" + "4" * 26)
OWNERS = {
    CONNECTIONS[0]: ADA,
    CONNECTIONS[1]: Owner(customer_id=CUSTOMER),
    OF_OTHER: Owner(customer_id=OTHER),
    OF_ORGANIZATION: ORGANIZATION,
}


def grant_of(connection_id: ConnectionId) -> Grant:
    grant_id = GrantId(connection_id.replace("con", "gra"))
    return a_grant(connection_id=connection_id, grant_id=grant_id)


def full(world: World) -> World:
    """Fill a world, and mark the customer."""
    world.customers_by_id[CUSTOMER] = a_customer(deleting_since=NOW - SETTLED_AFTER)
    world.customers_by_id[OTHER] = a_customer(id=OTHER, external_id="other")
    for connection_id, owner in OWNERS.items():
        world.holding(
            a_connection(id=connection_id, owner=owner),
            some_inputs(connection_id=connection_id),
            grant_of(connection_id),
        )
        link = AuthorizationId(connection_id.replace("con", "aut"))
        world.authorizations[link] = an_offer(
            id=link, connection_id=connection_id, owner=owner, expires_at=NOW + HOUR
        )
        world.flows_by_digest[digest(link)] = a_flow(
            state_digest=digest(link), connection_id=connection_id, owner=owner
        )
        world.entries.append(
            LogEntry(
                connection_id=connection_id,
                at=NOW,
                event=Event.CREATED,
                severity=Severity.INFO,
                detail="It was created.",
            )
        )
    return world


def a_connection_deleter(world: World, clock: ManualClock) -> ConnectionDeleter:
    return ConnectionDeleter(
        remains=world.connection_remains,
        tokens=world.sealed_tokens,
        revocations=world.sealed_revocations,
        clock=clock,
    )


def an_instance_deleter(world: World, clock: ManualClock) -> InstanceDeleter:
    return InstanceDeleter(
        instances=world.marked_instances,
        connections=a_connection_deleter(world, clock),
        deletions=world.deletions,
    )


def a_deleter(world: World, clock: ManualClock) -> CustomerDeleter:
    return CustomerDeleter(
        customers=world.remains,
        remains=world.remains,
        connections=a_connection_deleter(world, clock),
        instances=an_instance_deleter(world, clock),
        deletions=world.deletions,
        clock=clock,
    )


def left(world: World) -> dict[str, Any]:
    """Return all that is stored, by kind."""
    return {
        "customers": dict(world.customers_by_id),
        "connections": dict(world.connections_by_id),
        "inputs": dict(world.inputs_by_id),
        "grants": dict(world.grants),
        "authorizations": dict(world.authorizations),
        "flows": dict(world.flows_by_digest),
        "entries": list(world.entries),
    }


def handed_over(world: World) -> list[Grant]:
    """Return the grants that arrive at the revoking function."""
    return [world.seals[each.sealed] for each in world.handed_over]


def _others() -> dict[str, Any]:
    """Return what is left of a full world when the customer is gone."""
    return {
        kind: (
            [each for each in values if each.connection_id not in CONNECTIONS]
            if isinstance(values, list)
            else {
                name: value
                for name, value in values.items()
                if name != CUSTOMER and getattr(value, "connection_id", name) not in CONNECTIONS
            }
        )
        for kind, values in left(full(World())).items()
    }


OTHERS = _others()
