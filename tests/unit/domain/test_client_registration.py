"""What batches of refreshes make of a client registration: its breaker, and its fault."""

from dataclasses import replace

import pytest

from connections.domain.client_registration import (
    LEAST_FAILURES,
    Breaker,
    Tally,
    after_batch,
)
from tests.builders import HOUR, NOW
from tests.unit.domain.registrations import INSTANT, MINUTE, QUIET, after, probe_at


def test_what_works_on_a_quiet_registration_changes_nothing() -> None:
    assert after(QUIET, worked=1000) is QUIET
    assert after(QUIET) is QUIET


def test_a_few_failures_are_counted_and_hold_nothing_back() -> None:
    counted = after(QUIET, failed=LEAST_FAILURES - 1)

    assert counted == replace(QUIET, since=NOW, window=Tally(failed=LEAST_FAILURES - 1))
    assert counted.room(NOW) is None
    assert counted.held_until(NOW) is None


@pytest.mark.parametrize("tally", [Tally(failed=LEAST_FAILURES), Tally(refused=LEAST_FAILURES)])
def test_five_failures_of_all_there_are_open_the_breaker(tally: Tally) -> None:
    opened = after_batch(QUIET, tally, NOW, 0)

    assert opened.breaker == Breaker(opened_at=NOW, probe_at=NOW + MINUTE)
    assert (opened.since, opened.window) == (None, Tally())


def test_failures_of_several_batches_are_counted_together() -> None:
    first = after(QUIET, failed=2)

    assert after(first, NOW + INSTANT, refused=2).breaker is None
    assert after(first, NOW + INSTANT, refused=3).breaker is not None


@pytest.mark.parametrize(("worked", "held"), [(9, True), (10, False)])
def test_no_breaker_opens_where_half_of_them_work(worked: int, *, held: bool) -> None:
    assert (after(QUIET, worked=worked, failed=10).breaker is not None) is held


def test_what_worked_in_the_same_window_is_counted_against_failures() -> None:
    window = after(QUIET, worked=10, failed=1)

    assert after(window, NOW + MINUTE, failed=9).breaker is None
    assert after(window, NOW + MINUTE, failed=10).breaker is not None


def test_a_window_ends_after_two_minutes() -> None:
    window = after(QUIET, worked=10, failed=4)
    later = NOW + 2 * MINUTE

    assert after(window, later - INSTANT, failed=5).breaker is None
    assert after(window, later, failed=5).breaker is not None
    assert after(window, later, failed=4) == replace(QUIET, since=later, window=Tally(failed=4))


def test_a_window_in_which_nothing_worked_goes_on_until_something_does() -> None:
    window = after(QUIET, refused=4)

    assert after(window, NOW + HOUR, refused=1).fault
    worked = after(window, NOW + HOUR, worked=1)
    assert worked.window == Tally(worked=1, refused=4)
    assert after(worked, NOW + 2 * HOUR, refused=1).breaker is None


def test_what_works_is_counted_until_it_is_clear_that_most_does() -> None:
    failed = after(QUIET, failed=2)

    several = after(failed, worked=7)
    assert several.window == Tally(worked=7, failed=2)
    enough = after(several, worked=1)
    assert enough.window == Tally(worked=8, failed=2)
    assert after(enough, worked=1) is enough


def test_a_few_that_fail_again_and_again_hold_nobody_back_where_most_work() -> None:
    """Each batch is of one refresh, and one in twenty fails."""
    registration = QUIET
    for number in range(1, 401):
        failed = number % 20 == 0
        registration = after(registration, worked=int(not failed), failed=int(failed))
        assert registration.breaker is None


def test_a_wait_shorter_than_the_pause_shortens_nothing() -> None:
    soon = NOW + INSTANT
    opened = after_batch(QUIET, Tally(failed=5, wait_until=soon), NOW, 0)
    assert probe_at(opened) == NOW + MINUTE

    again = after_batch(opened, Tally(failed=3, wait_until=soon), NOW, 0, probed=True)
    assert probe_at(again) == NOW + 2 * MINUTE


def test_a_wait_holds_nobody_back_while_few_failed() -> None:
    counted = after_batch(QUIET, Tally(failed=4, wait_until=NOW + HOUR), NOW, 0)

    assert counted.held_until(NOW) is None


def test_a_breaker_that_closed_opens_by_new_failures_alone() -> None:
    closed = after(after(QUIET, failed=5), NOW + MINUTE, probed=True, worked=1, failed=2)

    assert after(closed, NOW + MINUTE, failed=4).breaker is None


@pytest.mark.parametrize(
    ("tally", "fault"),
    [
        (Tally(refused=5), True),
        (Tally(refused=4, failed=3), False),
        (Tally(refused=6, failed=5), True),
        (Tally(refused=6, failed=6), False),
        (Tally(refused=6, failed=3, worked=3), False),
        (Tally(failed=9), False),
    ],
)
def test_it_is_at_fault_when_most_were_refused(tally: Tally, *, fault: bool) -> None:
    opened = after_batch(QUIET, tally, NOW, 0)

    assert opened.breaker is not None
    assert opened.fault is fault


def test_what_a_batch_makes_of_it_leaves_the_rate_alone() -> None:
    limited = replace(QUIET, next_at=NOW + HOUR)

    opened = after(limited, failed=5)
    assert opened.next_at == NOW + HOUR
    assert after(opened, probed=True, worked=1) == limited
