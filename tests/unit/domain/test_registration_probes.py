"""The probes of an open breaker, which close it by themselves."""

from datetime import timedelta

import pytest

from connections.domain.client_registration import (
    PROBES,
    Breaker,
    Tally,
    after_batch,
    probing,
)
from tests.builders import HOUR, NOW
from tests.unit.domain.registrations import INSTANT, MINUTE, QUIET, after, an_open, probe_at


@pytest.mark.parametrize(("chance", "pause"), [(0.0, 60), (1.0, 75)])
def test_the_first_probes_come_after_a_minute_that_chance_spreads(
    chance: float, pause: int
) -> None:
    opened = after(QUIET, chance=chance, failed=5)

    assert probe_at(opened) == NOW + timedelta(seconds=pause)


def test_no_probe_comes_before_the_moment_that_the_server_asked_for() -> None:
    until = NOW + 5 * MINUTE
    opened = after_batch(QUIET, Tally(failed=5, wait_until=until), NOW, 0)
    assert probe_at(opened) == until

    again = after_batch(opened, Tally(failed=3, wait_until=NOW + HOUR), until, 0, probed=True)
    assert probe_at(again) == NOW + HOUR


def test_an_open_breaker_has_no_room_until_its_probes() -> None:
    held = an_open()

    assert held.room(NOW + MINUTE - INSTANT) == 0
    assert held.held_until(NOW + MINUTE - INSTANT) == NOW + MINUTE
    assert held.room(NOW + MINUTE) == PROBES
    assert held.held_until(NOW + MINUTE) is None


@pytest.mark.parametrize("tally", [Tally(worked=9), Tally(failed=9), Tally(refused=9), Tally()])
def test_what_was_sent_before_the_breaker_opened_says_nothing_new(tally: Tally) -> None:
    held = an_open()

    assert after_batch(held, tally, NOW + MINUTE, 0) is held


def test_probes_that_never_reported_changed_nothing() -> None:
    held = an_open()

    assert after(held, probed=True) is held


@pytest.mark.parametrize("failures", [Tally(), Tally(failed=2), Tally(refused=2)])
def test_one_probe_that_works_closes_the_breaker(failures: Tally) -> None:
    tally = failures.and_also(Tally(worked=1))

    assert after_batch(an_open(fault=True), tally, NOW, 0, probed=True) == QUIET


def test_probes_of_a_breaker_that_others_closed_are_refreshes_as_any() -> None:
    assert after(QUIET, probed=True, failed=3).window == Tally(failed=3)


@pytest.mark.parametrize(
    ("rounds", "minutes"), [(0, 2), (1, 4), (2, 8), (3, 10), (4, 10), (100, 10)]
)
def test_probes_that_fail_make_the_next_ones_wait_longer(rounds: int, minutes: int) -> None:
    held = after(an_open(rounds), NOW + MINUTE, probed=True, failed=1)

    assert held.breaker == Breaker(
        opened_at=NOW, probe_at=NOW + MINUTE + minutes * MINUTE, rounds=rounds + 1
    )


def test_probes_go_to_whoever_moves_their_time_on() -> None:
    later = NOW + MINUTE
    given = probing(an_open(rounds=1), later, 1.0)

    assert given.breaker == Breaker(opened_at=NOW, probe_at=later + 2.5 * MINUTE, rounds=1)
    assert given.room(later) == 0


def test_there_are_no_probes_before_their_time_nor_without_a_breaker() -> None:
    held = an_open()

    assert probing(held, NOW + MINUTE - INSTANT, 0) is held
    assert probing(QUIET, NOW, 0) is QUIET


@pytest.mark.parametrize(
    ("refused", "failed", "fault"), [(1, 0, True), (3, 0, True), (2, 1, True), (1, 1, False)]
)
def test_it_is_at_fault_too_when_most_probes_were_refused(
    refused: int, failed: int, *, fault: bool
) -> None:
    assert after(an_open(), probed=True, refused=refused, failed=failed).fault is fault


def test_a_fault_stays_until_something_works() -> None:
    held = after(an_open(fault=True), probed=True, failed=3)

    assert held.fault
    assert not after(held, probed=True, worked=1).fault


def test_when_it_opened_stays_known() -> None:
    held = after(an_open(), NOW + MINUTE, probed=True, failed=3)

    assert held.breaker is not None
    assert held.breaker.opened_at == NOW
