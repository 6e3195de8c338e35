"""Creating a connection with an Idempotency-Key: once, whoever asks how often."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from connections.application.create_connection import ConnectionCreator, NewConnection
from connections.domain.caller import ORGANIZATION, Owner
from connections.domain.connection import Connection
from connections.domain.errors import (
    IdempotencyKeyReused,
    Unavailable,
)
from connections.domain.identifiers import connection_id, connection_id_for
from tests.builders import ADA, CUSTOMER, HOUR, NOW, a_customer, a_new_connection
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


def test_the_same_key_returns_what_it_made_and_makes_nothing(
    creator: ConnectionCreator, world: World, clock: ManualClock
) -> None:
    first = creator.create(wanting(owner=ADA), "key-1", by="by")
    world.components_by_key.clear()
    world.customers_by_id.clear()
    clock.advance(HOUR)

    assert creator.create(wanting(owner=ADA), "key-1", by="by") == first

    assert stored(world) == [replace(BY_KEY, owner=ADA)]
    assert len(world.entries) == 1


@pytest.mark.parametrize("key", [None, ""])
def test_without_a_key_each_request_makes_a_connection(
    creator: ConnectionCreator, key: str | None
) -> None:
    assert creator.create(wanting(), key, by="by")[0].id == MADE.id


def test_the_same_key_of_another_caller_is_another_key(
    creator: ConnectionCreator, world: World
) -> None:
    creator.create(wanting(), "key-1", by="ada")
    creator.create(wanting(), "key-1", by="bob")

    assert len(stored(world)) == 2


CHANGES: list[dict[str, Any]] = [
    {"component": "other"},
    {"key": "custom"},
    {"owner": OF_CUSTOMER},
    {"owner": ORGANIZATION},
    {"values": {**VALUES, "clientId": "another"}},
    {"values": {**VALUES, "scopes": "read"}},
    {"name": "Another"},
]


@pytest.mark.parametrize("changes", CHANGES)
def test_a_key_that_made_something_else_is_refused(
    creator: ConnectionCreator, world: World, changes: dict[str, Any]
) -> None:
    made = creator.create(wanting(owner=ADA), "key-1")[0]

    with pytest.raises(IdempotencyKeyReused):
        creator.create(replace(wanting(owner=ADA), **changes), "key-1")

    assert stored(world) == [made]


def test_a_name_that_is_left_out_or_the_same_is_no_difference(creator: ConnectionCreator) -> None:
    made = creator.create(wanting(name="Ada's"), "key-1")

    assert creator.create(wanting(name="Ada's"), "key-1") == made
    assert creator.create(wanting(), "key-1") == made


def of_another(
    world: World, creator: ConnectionCreator, wanted: NewConnection
) -> Callable[[], object]:
    """Return what somebody else does with the same key at the same moment."""

    def meanwhile() -> None:
        other = World()
        other.components_by_key = world.components_by_key
        other.customers_by_id = world.customers_by_id
        connection, inputs = a_creator(other, ManualClock()).create(wanted, "key-1")
        world.holding(connection, inputs)

    return meanwhile


def test_of_two_requests_at_once_both_get_the_one_connection(
    creator: ConnectionCreator, world: World
) -> None:
    world.meanwhile("connections.add", of_another(world, creator, wanting()))

    connection, _ = creator.create(wanting(), "key-1")

    assert stored(world) == [connection]
    assert world.entries == []


def test_of_two_requests_at_once_that_differ_the_second_is_refused(
    creator: ConnectionCreator, world: World
) -> None:
    world.meanwhile("connections.add", of_another(world, creator, wanting(name="Another")))

    with pytest.raises(IdempotencyKeyReused):
        creator.create(wanting(name="This"), "key-1")

    assert [each.name for each in stored(world)] == ["Another"]


def test_what_was_made_and_deleted_meanwhile_may_be_tried_again(
    creator: ConnectionCreator, world: World
) -> None:
    world.meanwhile("connections.add", of_another(world, creator, wanting()))
    world.meanwhile("connections.with_inputs", world.connections_by_id.clear, after=1)

    with pytest.raises(Unavailable):
        creator.create(wanting(), "key-1")

    assert creator.create(wanting(), "key-1")[0].id == connection_id_for("key-1", "")
