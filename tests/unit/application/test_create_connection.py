"""Creating a connection: what it becomes, whose it is, and what an Idempotency-Key does."""

from dataclasses import replace

import pytest

from connections.application.create_connection import ConnectionCreator
from connections.domain.caller import ORGANIZATION, Owner
from connections.domain.connection import Connection, Reason, Status
from connections.domain.errors import (
    CustomerBeingDeleted,
    InvalidRequest,
)
from connections.domain.identifiers import CustomerId, connection_id, connection_id_for
from connections.domain.log_entry import Event, LogEntry, Severity
from tests.builders import ADA, CUSTOMER, NOW, a_customer, a_new_connection
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.creating import DIGEST, VALUES, a_creator, wanting
from tests.unit.application.parts import same_bytes

MADE = a_new_connection(
    id=connection_id(NOW, same_bytes),
    name="Acme OAuth 2.0",
    inputs_digest=DIGEST,
    created_at=NOW,
    updated_at=NOW,
)
BY_KEY = replace(MADE, id=connection_id_for("key-1", "by"))
OF_CUSTOMER = Owner(customer_id=CUSTOMER)


@pytest.fixture
def world() -> World:
    world = World()
    world.customers_by_id[CUSTOMER] = a_customer()
    return world


@pytest.fixture
def creator(world: World, clock: ManualClock) -> ConnectionCreator:
    return a_creator(world, clock)


def stored(world: World) -> list[Connection]:
    return list(world.connections_by_id.values())


def test_an_oauth_connection_waits_for_the_customer(
    creator: ConnectionCreator, world: World
) -> None:
    connection, inputs = creator.create(wanting())

    assert connection == MADE
    assert (inputs.connection_id, inputs.values) == (MADE.id, VALUES)
    assert inputs.definition["key"] == "oauth2"
    assert world.connections.with_inputs(MADE.id) == (connection, inputs)


def test_any_other_connection_works_from_the_beginning(
    creator: ConnectionCreator, world: World
) -> None:
    connection, inputs = creator.create(wanting(key="custom", values={"apiKey": "k"}))

    assert connection == replace(
        MADE,
        name="API Key",
        definition_key="custom",
        oauth=False,
        status=Status.ACTIVE,
        reason=None,
        requested_scopes=None,
        inputs_digest=None,
    )
    assert stored(world) == [connection]
    assert inputs.values == {"apiKey": "k"}


def test_its_log_begins_with_its_creation(creator: ConnectionCreator, world: World) -> None:
    creator.create(wanting())
    creator.create(wanting(key="custom", values={"apiKey": "k"}), "key-1")

    assert world.entries[0] == LogEntry(
        connection_id=MADE.id,
        at=NOW,
        event=Event.CREATED,
        severity=Severity.INFO,
        detail="The connection was created. The customer can now CONNECT.",
    )
    assert [each.detail for each in world.entries[1:]] == ["The connection was created."]


@pytest.mark.parametrize(
    ("name", "expected"), [(None, "Acme OAuth 2.0"), ("", "Acme OAuth 2.0"), ("Ada's", "Ada's")]
)
def test_a_connection_is_named_as_asked_for_or_after_its_definition(
    creator: ConnectionCreator, name: str | None, expected: str
) -> None:
    assert creator.create(wanting(name=name))[0].name == expected


@pytest.mark.parametrize("scopes", ["read", ""])
def test_the_scopes_that_were_entered_are_asked_for(
    creator: ConnectionCreator, scopes: str
) -> None:
    values = {**VALUES, "scopes": scopes}

    assert creator.create(wanting(values=values))[0].requested_scopes == scopes


@pytest.mark.parametrize("owner", [ADA, OF_CUSTOMER, ORGANIZATION])
def test_a_connection_is_whose_it_was_made_for(
    creator: ConnectionCreator, world: World, owner: Owner
) -> None:
    creator.create(wanting(owner=owner))

    assert [each.owner for each in stored(world)] == [owner]


def test_two_connections_are_not_alike(world: World, clock: ManualClock) -> None:
    creator = replace(
        a_creator(world, clock), randomness=lambda count: bytes([len(world.calls)]) * count
    )

    assert creator.create(wanting())[0].id != creator.create(wanting())[0].id


def test_a_customer_that_nobody_made_is_told(creator: ConnectionCreator, world: World) -> None:
    with pytest.raises(InvalidRequest) as refused:
        creator.create(wanting(owner=Owner(customer_id=CustomerId("cus_other"))))

    assert [each.pointer for each in refused.value.problems] == ["#/customerId"]
    assert (stored(world), world.entries) == ([], [])


def test_nothing_is_added_to_a_customer_that_is_being_deleted(
    creator: ConnectionCreator, world: World
) -> None:
    world.customers_by_id[CUSTOMER] = a_customer(deleting_since=NOW)

    with pytest.raises(CustomerBeingDeleted):
        creator.create(wanting(owner=ADA))

    assert (stored(world), world.entries) == ([], [])


def test_nothing_is_added_to_a_customer_whose_deletion_begins_at_that_moment(
    creator: ConnectionCreator, world: World
) -> None:
    world.meanwhile("connections.add", lambda: world.customers.deleting(CUSTOMER, NOW))

    with pytest.raises(CustomerBeingDeleted):
        creator.create(wanting(owner=ADA))

    assert (stored(world), world.entries) == ([], [])


def test_a_new_connection_is_not_connected(creator: ConnectionCreator) -> None:
    assert creator.create(wanting())[0].reason is Reason.NOT_CONNECTED
