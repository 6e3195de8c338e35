"""Deleting a customer: in which order, how far, and when another pass follows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connections.application.delete_connection import Progress
from connections.application.delete_customer import CustomerDeleter
from connections.domain.caller import Owner
from connections.domain.identifiers import CustomerId
from tests.builders import CUSTOMER, NOW, a_connection, a_customer
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.customers import (
    CONNECTIONS,
    OTHERS,
    a_deleter,
    full,
    grant_of,
    handed_over,
    left,
)
from tests.unit.application.parts import INSTANT, RUN

LEAST_TIME = timedelta(seconds=10)
A_CONNECTION = [
    "remains.close_connection",
    "sealed_tokens.get",
    "sealed_revocations.hand_over",
    "sealed_tokens.delete",
    "sealed_tokens.get",
    "remains.remove_connection",
]


@pytest.fixture
def world() -> World:
    return full(World())


@pytest.fixture
def deleter(world: World, clock: ManualClock) -> CustomerDeleter:
    return a_deleter(world, clock)


def test_flows_go_first_then_each_connection_and_its_state_last(
    deleter: CustomerDeleter, world: World
) -> None:
    assert deleter.delete(CUSTOMER, RUN) is Progress.UNFINISHED

    assert world.calls == [
        "remains.customer",
        "remains.remove_flows",
        "remains.instances",
        "remains.connections",
        *A_CONNECTION,
        *A_CONNECTION,
        "deletions.send",
    ]


def test_a_pass_that_found_something_sends_for_another_that_finds_the_end(
    deleter: CustomerDeleter, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    assert deleter.delete(CUSTOMER, RUN) is Progress.UNFINISHED
    assert world.to_delete == [(CUSTOMER, 10)]
    assert CUSTOMER in world.customers_by_id
    assert caplog.records == []
    world.calls.clear()

    assert deleter.delete(CUSTOMER, RUN) is Progress.DONE

    assert world.calls == [
        "remains.customer",
        "remains.remove_flows",
        "remains.instances",
        "remains.connections",
        "remains.integrations",
        "remains.remove_customer",
    ]
    assert world.to_delete == [(CUSTOMER, 10)]
    assert left(world) == OTHERS
    (record,) = caplog.records
    assert (record.message, record.__dict__["customerId"]) == ("customer-deleted", CUSTOMER)


def test_every_grant_is_handed_over_sealed(deleter: CustomerDeleter, world: World) -> None:
    deleter.delete(CUSTOMER, RUN)

    assert handed_over(world) == [grant_of(each) for each in CONNECTIONS]


def test_flows_alone_are_reason_for_another_pass(deleter: CustomerDeleter, world: World) -> None:
    for each in CONNECTIONS:
        del world.connections_by_id[each]

    assert deleter.delete(CUSTOMER, RUN) is Progress.UNFINISHED

    assert world.to_delete == [(CUSTOMER, 10)]


def test_what_the_index_shows_late_is_found_by_a_later_pass(
    deleter: CustomerDeleter, world: World
) -> None:
    late = CONNECTIONS[0]
    state = world.connections_by_id.pop(late)
    deleter.delete(CUSTOMER, RUN)
    world.holding(state)

    assert deleter.delete(CUSTOMER, RUN) is Progress.UNFINISHED
    assert deleter.delete(CUSTOMER, RUN) is Progress.DONE

    assert left(world) == OTHERS
    assert set(map(repr, handed_over(world))) == {repr(grant_of(each)) for each in CONNECTIONS}


def test_a_customer_goes_only_when_the_indexes_must_show_all_that_there_was(
    world: World, clock: ManualClock
) -> None:
    world.customers_by_id[CUSTOMER] = a_customer(deleting_since=NOW)
    deleter = a_deleter(world, clock)

    assert deleter.delete(CUSTOMER, RUN) is Progress.UNFINISHED
    assert world.to_delete == [(CUSTOMER, 10)]
    clock.advance(timedelta(seconds=10))
    assert deleter.delete(CUSTOMER, RUN) is Progress.DONE

    assert CUSTOMER not in world.customers_by_id


def test_a_customer_that_is_not_marked_is_left_alone(
    deleter: CustomerDeleter, world: World
) -> None:
    world.customers_by_id[CUSTOMER] = a_customer()
    before = left(world)

    assert deleter.delete(CUSTOMER, RUN) is Progress.DONE

    assert left(world) == before
    assert world.calls == ["remains.customer"]


def test_a_customer_that_is_gone_is_done(deleter: CustomerDeleter, world: World) -> None:
    before = left(world)

    assert deleter.delete(CustomerId("cus_" + "9" * 26), RUN) is Progress.DONE

    assert left(world) == before
    assert world.calls == ["remains.customer"]


def test_a_connection_without_a_grant_is_removed(deleter: CustomerDeleter, world: World) -> None:
    world.grants.clear()

    deleter.delete(CUSTOMER, RUN)

    assert handed_over(world) == []
    assert not world.connections_by_id.keys() & set(CONNECTIONS)


def test_a_successor_that_is_stored_meanwhile_is_handed_over_too(
    deleter: CustomerDeleter, world: World
) -> None:
    first = grant_of(CONNECTIONS[0])
    successor = first.succeeded_by(replace(first.tokens, refresh_token="refresh-2"))
    world.meanwhile("sealed_tokens.delete", lambda: world.tokens.succeed(successor))

    deleter.delete(CUSTOMER, RUN)

    assert handed_over(world) == [first, successor, grant_of(CONNECTIONS[1])]
    assert left(world) != OTHERS
    assert CONNECTIONS[0] not in world.grants


def test_with_too_little_time_the_rest_is_sent_for_at_once(
    deleter: CustomerDeleter, world: World, clock: ManualClock
) -> None:
    clock.advance(RUN.deadline - NOW - LEAST_TIME)
    world.meanwhile("remains.remove_connection", lambda: clock.advance(INSTANT))

    assert deleter.delete(CUSTOMER, RUN) is Progress.UNFINISHED

    assert world.to_delete == [(CUSTOMER, 0)]
    assert world.connections_by_id.keys() & set(CONNECTIONS) == {CONNECTIONS[1]}
    assert world.grants.keys() & set(CONNECTIONS) == {CONNECTIONS[1]}
    assert CUSTOMER in world.customers_by_id


def test_without_time_for_one_nothing_but_flows_is_touched(
    deleter: CustomerDeleter, world: World, clock: ManualClock
) -> None:
    clock.advance(RUN.deadline - NOW - LEAST_TIME + INSTANT)

    assert deleter.delete(CUSTOMER, RUN) is Progress.UNFINISHED

    assert world.to_delete == [(CUSTOMER, 0)]
    assert set(CONNECTIONS) <= world.connections_by_id.keys()
    assert world.handed_over == []


def test_a_customer_without_anything_needs_no_time(world: World, clock: ManualClock) -> None:
    empty = World()
    empty.customers_by_id[CUSTOMER] = a_customer(deleting_since=NOW)
    empty.holding(a_connection(owner=Owner(customer_id=CustomerId("cus_other"))))
    clock.advance(RUN.deadline - NOW)

    assert a_deleter(empty, clock).delete(CUSTOMER, RUN) is Progress.DONE

    assert (empty.customers_by_id, len(empty.connections_by_id)) == ({}, 1)
