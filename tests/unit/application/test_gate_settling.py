"""What the gate puts on record of a batch, and what it says."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from connections.application.gate import Gate
from connections.domain.client_registration import Breaker, Tally
from connections.domain.failure import Failure, FailureKind
from tests.builders import NOW
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.gates import (
    DOWN,
    DUE,
    HOST,
    ID,
    MINUTE,
    OPEN,
    OTHER,
    QUIET,
    REFUSED,
    SlowClock,
    a_gate,
    holding,
    noted,
    said,
    stored,
)


def test_failures_open_the_breaker_for_the_next_batch(
    gate: Gate, world: World, clock: ManualClock, log: pytest.LogCaptureFixture
) -> None:
    noted(gate, DOWN)
    gate.settle()

    assert stored(world) == replace(OPEN, revision=1)
    assert a_gate(world, clock).held_until(ID, NOW) == NOW + MINUTE
    (record,) = log.records
    assert (record.levelname, record.getMessage()) == ("WARNING", "breaker-opened")
    told = record.__dict__
    assert (told["registrationId"], told["host"]) == (ID, HOST)


def test_failures_too_few_to_hold_anything_back_are_counted_without_a_word(
    gate: Gate, world: World, log: pytest.LogCaptureFixture
) -> None:
    noted(gate, DOWN, 2)
    noted(gate, REFUSED, 1)
    gate.note(ID, HOST, Failure(kind=FailureKind.GRANT, explanation="it is dead"))
    gate.settle()

    window = Tally(worked=1, failed=2, refused=1)
    assert stored(world) == replace(QUIET, since=NOW, window=window, revision=1)
    assert said(log) == []


def test_the_chance_that_spreads_pauses_is_taken(world: World, clock: ManualClock) -> None:
    gate = Gate(registrations=world.registrations, clock=clock, chance=lambda: 1.0)
    noted(gate, DOWN)
    gate.settle()

    breaker = stored(world).breaker
    assert breaker is not None
    assert breaker.probe_at == NOW + 1.25 * MINUTE


def test_what_was_settled_is_not_counted_again(gate: Gate, world: World) -> None:
    noted(gate, DOWN, 3)
    gate.settle()
    gate.settle()

    assert stored(world).window == Tally(failed=3)


def test_an_answer_that_asks_for_patience_counts_from_when_it_came(
    gate: Gate, world: World, clock: ManualClock
) -> None:
    clock.advance(MINUTE)
    noted(gate, replace(DOWN, retry_after=300))
    gate.settle()

    breaker = stored(world).breaker
    assert breaker is not None
    assert breaker.probe_at == NOW + 6 * MINUTE


def test_what_the_threads_of_a_batch_note_is_counted_whole(world: World) -> None:
    gate = a_gate(world, SlowClock())
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: gate.note(ID, HOST, None), range(39)))
    noted(gate, DOWN, 1)
    gate.settle()

    assert stored(world).window == Tally(worked=39, failed=1)


def test_where_nothing_was_noted_nothing_is_written_whatever_failed_before(
    gate: Gate, world: World
) -> None:
    holding(world, replace(QUIET, since=NOW, window=Tally(failed=3)))
    gate.look([ID])
    gate.settle()

    assert world.calls == ["registrations.many"]


def test_a_probe_that_works_closes_the_breaker(
    gate: Gate, world: World, log: pytest.LogCaptureFixture
) -> None:
    holding(world, replace(DUE, fault=True))
    assert gate.held_until(ID, NOW) is None
    gate.note(ID, HOST, None)
    gate.settle()

    assert stored(world) == replace(QUIET, revision=3)
    assert said(log) == [("INFO", "breaker-closed"), ("INFO", "registration-accepted")]
    assert world.calls == ["registrations.many", "registrations.save", "registrations.save"]


def test_probes_that_fail_let_the_next_ones_wait_longer_without_a_word(
    gate: Gate, world: World, log: pytest.LogCaptureFixture
) -> None:
    holding(world, DUE)
    gate.held_until(ID, NOW)
    gate.note(ID, HOST, DOWN)
    gate.settle()

    breaker = stored(world).breaker
    assert breaker == Breaker(opened_at=NOW, probe_at=NOW + 2 * MINUTE, rounds=1)
    assert said(log) == []


@pytest.mark.parametrize("method", ["save", "many"])
def test_storage_that_fails_at_the_end_fails_nothing(
    gate: Gate, world: World, log: pytest.LogCaptureFixture, method: str
) -> None:
    gate.look([ID])
    holding(world, QUIET)
    noted(gate, DOWN)
    world.fail(f"registrations.{method}")
    gate.settle()

    assert stored(world) == replace(QUIET, revision=1)
    assert said(log) == [("WARNING", "registration-not-kept")]


def test_one_registration_that_is_not_kept_takes_no_other_with_it(gate: Gate, world: World) -> None:
    noted(gate, DOWN)
    for _ in range(5):
        gate.note(OTHER, HOST, DOWN)
    world.fail("registrations.save")
    gate.settle()

    assert world.registrations_by_id.keys() == {OTHER}


def test_what_somebody_insisted_on_while_the_breaker_was_open_closes_it_if_it_works(
    gate: Gate, world: World
) -> None:
    holding(world, OPEN)
    gate.look([ID])
    gate.note(ID, HOST, None)
    gate.settle()

    assert stored(world) == replace(QUIET, revision=2)


def test_what_somebody_insisted_on_makes_the_next_probes_wait_no_longer_if_it_fails(
    gate: Gate, world: World
) -> None:
    holding(world, OPEN)
    gate.look([ID])
    gate.note(ID, HOST, DOWN)
    gate.settle()

    assert stored(world) == replace(OPEN, revision=1)
