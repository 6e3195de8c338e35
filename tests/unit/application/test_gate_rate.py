"""The gate where a server has a rate: a moment for each refresh."""

import time
from concurrent.futures import ThreadPoolExecutor

from connections.application.gate import Gate
from tests.builders import HOUR, NOW
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.gates import (
    DOWN,
    HOST,
    ID,
    OTHER,
    RATE,
    a_gate,
    noted,
    stored,
)


def test_a_batch_without_registrations_costs_nothing(gate: Gate, world: World) -> None:
    gate.look([None, None])
    assert gate.held_until(None, NOW) is None
    assert gate.slot(None, RATE, NOW, NOW) == NOW
    gate.note(None, "", DOWN)
    gate.settle()

    assert world.calls == []


def test_the_threads_of_a_batch_have_a_moment_each(gate: Gate, world: World) -> None:
    gate.look([ID] * 8)
    world.meanwhile("registrations.save", lambda: time.sleep(0.02))

    with ThreadPoolExecutor(8) as threads:
        moments = set(threads.map(lambda _: gate.slot(ID, RATE, NOW, NOW + HOUR), range(8)))

    assert moments == {NOW + number * RATE.apart for number in range(8)}
    assert world.calls.count("registrations.save") == 1


def test_without_a_rate_a_refresh_may_go_now(gate: Gate, world: World) -> None:
    assert gate.slot(ID, None, NOW, NOW) == NOW
    assert world.calls == []


def test_a_batch_reserves_its_moments_with_one_write(gate: Gate, world: World) -> None:
    gate.look([ID, OTHER, ID, ID])

    moments = [gate.slot(ID, RATE, NOW, NOW + HOUR) for _ in range(3)]

    assert moments == [NOW + number * RATE.apart for number in range(3)]
    assert world.calls == ["registrations.many", "registrations.save"]
    assert stored(world).next_at == NOW + 3 * RATE.apart


def test_one_more_than_the_batch_named_reserves_for_itself(gate: Gate, world: World) -> None:
    gate.look([ID, ID])
    moments = [gate.slot(ID, RATE, NOW, NOW + HOUR) for _ in range(3)]

    assert moments == [NOW + number * RATE.apart for number in range(3)]
    assert stored(world).next_at == NOW + 3 * RATE.apart


def test_batches_at_once_have_different_moments(world: World, clock: ManualClock) -> None:
    gates = [a_gate(world, clock) for _ in range(3)]
    for each in gates:
        each.look([ID])

    moments = {each.slot(ID, RATE, NOW, NOW + HOUR) for each in gates}

    assert moments == {NOW + number * RATE.apart for number in range(3)}


def test_who_cannot_wait_so_long_has_no_moment_and_takes_none(gate: Gate, world: World) -> None:
    gate.look([ID, ID, ID])
    latest = NOW + RATE.apart

    moments = [gate.slot(ID, RATE, NOW, latest) for _ in range(3)]

    assert moments == [NOW, latest, None]
    assert stored(world).next_at == NOW + 2 * RATE.apart


def test_a_rate_that_cannot_be_kept_on_record_is_kept_within_the_batch(
    gate: Gate, world: World
) -> None:
    world.fail("registrations.save", times=9)
    gate.look([ID, ID])

    assert [gate.slot(ID, RATE, NOW, NOW + HOUR) for _ in range(2)] == [NOW, NOW + RATE.apart]


def test_what_a_rate_put_on_record_has_its_host_with_the_first_refresh_that_is_noted(
    gate: Gate, world: World
) -> None:
    gate.slot(ID, RATE, NOW, NOW + HOUR)
    noted(gate, DOWN)
    gate.settle()

    assert stored(world).host == HOST
