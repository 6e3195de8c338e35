"""The gate: what it asks of storage, and what it lets through."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from connections.application.gate import Gate
from connections.domain.client_registration import FIRST_PAUSE
from connections.domain.failure import FailureKind
from tests.builders import NOW, a_failure
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.gates import (
    DUE,
    HOST,
    ID,
    MINUTE,
    OPEN,
    OTHER,
    QUIET,
    a_gate,
    holding,
    said,
    stored,
)


def test_a_batch_costs_one_request_and_writes_nothing_where_all_is_well(
    gate: Gate, world: World
) -> None:
    gate.look([ID, ID, None, OTHER])
    for each in (ID, ID, None, OTHER):
        assert gate.held_until(each, NOW) is None
        gate.note(each, HOST, None)
    gate.settle()

    assert world.calls == ["registrations.many"]


def test_one_that_was_not_looked_at_is_read_once(gate: Gate, world: World) -> None:
    holding(world, OPEN)

    assert gate.held_until(ID, NOW) == NOW + MINUTE
    assert gate.held_until(ID, NOW) == NOW + MINUTE
    gate.note(ID, HOST, None)

    assert world.calls == ["registrations.many"]


def test_one_that_is_looked_at_again_is_read_anew(gate: Gate, world: World) -> None:
    gate.look([ID])
    holding(world, OPEN)

    gate.look([ID])

    assert gate.held_until(ID, NOW) == NOW + MINUTE


def test_of_an_open_breaker_three_probes_go_and_the_rest_is_held(gate: Gate, world: World) -> None:
    holding(world, DUE)
    gate.look([ID] * 5)

    answers = [gate.held_until(ID, NOW) for _ in range(5)]

    assert answers == [None, None, None, NOW + MINUTE, NOW + MINUTE]
    assert world.calls == ["registrations.many", "registrations.save"]
    assert stored(world).breaker == OPEN.breaker


def test_of_batches_at_once_one_has_the_probes(world: World, clock: ManualClock) -> None:
    holding(world, DUE)
    gates = [a_gate(world, clock) for _ in range(4)]
    for each in gates:
        each.look([ID])

    answers = [each.held_until(ID, NOW) for each in gates]

    assert answers == [None, *[NOW + MINUTE] * 3]


def test_probes_are_shared_by_the_threads_of_a_batch(gate: Gate, world: World) -> None:
    holding(world, DUE)
    gate.look([ID] * 40)

    world.meanwhile("registrations.save", lambda: time.sleep(0.02))

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: gate.held_until(ID, NOW), range(40)))

    assert answers.count(None) == 3
    assert world.calls.count("registrations.save") == 1


def test_a_breaker_that_closed_meanwhile_gives_no_probes(gate: Gate, world: World) -> None:
    holding(world, DUE)
    gate.look([ID])
    world.registrations_by_id[ID] = replace(QUIET, revision=2)

    assert [gate.held_until(ID, NOW) for _ in range(4)] == [None] * 4


def test_while_storage_cannot_be_read_nothing_is_sent(gate: Gate, world: World) -> None:
    """It would not take what a server issues, either."""
    holding(world, OPEN)
    world.fail("registrations.many", times=4)
    gate.look([ID, OTHER])

    assert [gate.shut(each, NOW) for each in (ID, OTHER)] == [False, False], "it is tried again"
    assert gate.held_until(OTHER, NOW) == NOW + FIRST_PAUSE
    assert gate.held_until(OTHER, NOW) is None, "it answers again"


def test_probes_that_cannot_be_reserved_wait(gate: Gate, world: World) -> None:
    holding(world, DUE)
    world.fail("registrations.save", times=1)

    assert gate.held_until(ID, NOW) == NOW + FIRST_PAUSE
    assert gate.held_until(ID, NOW) is None


def test_what_was_noted_and_cannot_be_kept_fails_nothing(
    gate: Gate, world: World, log: pytest.LogCaptureFixture
) -> None:
    world.fail("registrations.many")
    gate.note(ID, "acme.example", a_failure(FailureKind.WAIT))

    gate.settle()

    assert said(log) == [("WARNING", "registration-not-kept")]
    assert world.registrations_by_id == {}


def test_it_is_shut_where_a_refresh_would_surely_be_held_back(gate: Gate, world: World) -> None:
    holding(world, OPEN)
    gate.look([ID])

    assert gate.shut(ID, NOW)
    assert not gate.shut(ID, NOW + MINUTE)
    assert not gate.shut(OTHER, NOW)
    assert not gate.shut(None, NOW)
    assert "registrations.save" not in world.calls


def test_it_is_not_shut_while_there_are_probes_left(gate: Gate, world: World) -> None:
    holding(world, DUE)

    seen = []
    for _ in range(4):
        seen.append(gate.shut(ID, NOW))
        gate.held_until(ID, NOW)

    assert seen == [False, False, False, True]
