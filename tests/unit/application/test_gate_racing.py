"""Gates of several batches at once, over one record."""

from dataclasses import replace

import pytest

from connections.application.gate import ATTEMPTS, Gate
from connections.domain.client_registration import Tally
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.gates import (
    DOWN,
    ID,
    OPEN,
    QUIET,
    REFUSED,
    a_gate,
    holding,
    noted,
    said,
    stored,
)


def test_what_was_under_way_when_the_breaker_opened_neither_closes_it_nor_writes(
    gate: Gate, world: World, clock: ManualClock
) -> None:
    gate.look([ID])
    noted(gate, None, 9)
    noted(gate, DOWN, 1)
    holding(world, OPEN)
    gate.settle()

    assert stored(world) == replace(OPEN, revision=1)
    assert world.calls == ["registrations.many", "registrations.save", "registrations.many"]


@pytest.mark.parametrize("number", [1, 5, 30])
def test_a_refused_registration_is_one_line_for_any_number_of_batches(
    world: World, clock: ManualClock, log: pytest.LogCaptureFixture, number: int
) -> None:
    gates = [a_gate(world, clock) for _ in range(number)]
    for each in gates:
        each.look([ID])
        noted(each, REFUSED)
    for each in gates:
        each.settle()

    assert said(log) == [("WARNING", "breaker-opened"), ("ERROR", "registration-refused")]
    assert stored(world).fault


def test_what_several_batches_saw_at_once_is_counted_together(
    world: World, clock: ManualClock
) -> None:
    gates = [a_gate(world, clock) for _ in range(4)]
    for each in gates:
        each.look([ID])
        noted(each, DOWN, 1)
    for each in gates:
        each.settle()

    assert stored(world).window == Tally(failed=4)
    assert len(clock.slept) == 3


def test_a_batch_that_others_are_always_faster_than_gives_up(
    gate: Gate, world: World, clock: ManualClock, log: pytest.LogCaptureFixture
) -> None:
    def faster() -> None:
        revision = stored(world).revision if ID in world.registrations_by_id else 0
        world.registrations_by_id[ID] = replace(QUIET, revision=revision + 1)

    for _ in range(ATTEMPTS):
        world.meanwhile("registrations.save", faster)
    noted(gate, DOWN)
    gate.settle()

    assert stored(world) == replace(QUIET, revision=ATTEMPTS)
    assert said(log) == [("WARNING", "registration-not-kept")]
    assert log.records[0].__dict__["registrationId"] == ID


def test_batches_in_each_others_way_try_again_at_different_times(world: World) -> None:
    clock = ManualClock()
    gate = Gate(registrations=world.registrations, clock=clock, chance=lambda: 1.0)
    gate.look([ID])
    holding(world, QUIET)
    noted(gate, DOWN)
    gate.settle()

    assert clock.slept == [0.02]


def test_one_that_was_cleared_away_meanwhile_is_begun_anew(gate: Gate, world: World) -> None:
    holding(world, QUIET)
    gate.look([ID])
    world.registrations_by_id.clear()
    noted(gate, DOWN)
    gate.settle()

    assert stored(world) == replace(OPEN, revision=1)
