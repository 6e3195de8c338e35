"""A client registration over time, whatever comes: never held for ever, one alarm for one cause."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from connections.domain.client_registration import (
    LEAST_FAILURES,
    LONGEST_PAUSE,
    Rate,
    Registration,
    Tally,
    after_batch,
    probing,
    reserved,
)
from connections.domain.identifiers import RegistrationId
from tests.builders import NOW

QUIET = Registration(id=RegistrationId("reg_1"), host="acme.example")
LONGEST = max(LONGEST_PAUSE, LONGEST_PAUSE * 1.25)
COUNTS = st.integers(0, 12)
CHANCES = st.floats(0, 1)
Batch = tuple[timedelta, Tally, float]


def tallies() -> st.SearchStrategy[Tally]:
    waits = st.none() | st.integers(0, 600).map(lambda seconds: NOW + timedelta(seconds=seconds))
    return st.builds(Tally, worked=COUNTS, failed=COUNTS, refused=COUNTS, wait_until=waits)


def batches() -> st.SearchStrategy[list[Batch]]:
    pauses = st.integers(0, 900).map(lambda seconds: timedelta(seconds=seconds))
    return st.lists(st.tuples(pauses, tallies(), CHANCES), max_size=20)


def lived(batches: Sequence[Batch]) -> tuple[list[Registration], datetime]:
    """Return what a registration was after each batch, each of which probes where it may."""
    now, states = NOW, [QUIET]
    for pause, tally, chance in batches:
        now += pause
        given_probes = probing(states[-1], now, chance)
        probed = given_probes is not states[-1]
        seen = replace(tally, wait_until=tally.wait_until and now + (tally.wait_until - NOW))
        states.append(after_batch(given_probes, seen, now, chance, probed=probed))
    return states, now


@given(batches())
def test_nothing_is_held_for_longer_than_the_longest_pause(batches: list[Batch]) -> None:
    states, now = lived(batches)

    until = states[-1].held_until(now)
    assert until is None or until <= now + LONGEST


@given(batches(), CHANCES)
def test_it_closes_by_itself_by_the_first_probe_that_works(
    batches: list[Batch], chance: float
) -> None:
    states, now = lived(batches)
    later = states[-1].held_until(now) or now

    assert states[-1].room(later) != 0
    given_probes = probing(states[-1], later, chance)
    closed = after_batch(given_probes, Tally(worked=1), later, chance, probed=True)

    assert closed.room(later) is None
    assert not closed.fault


@given(batches())
def test_a_registration_at_fault_is_held_back(batches: list[Batch]) -> None:
    for state in lived(batches)[0]:
        assert state.breaker is not None or not state.fault
        assert state.breaker is None or state.window == Tally()


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 20)), max_size=50))
def test_few_failures_among_more_that_work_never_hold_anything_back(
    batches: list[tuple[int, int]],
) -> None:
    state = QUIET
    for number, (failed, more) in enumerate(batches):
        tally = Tally(failed=failed, worked=failed + more - 1)
        state = after_batch(state, tally, NOW + timedelta(seconds=number), 0)
        assert state.room(NOW) is None


@given(st.integers(1, 50), st.integers(LEAST_FAILURES, 20))
def test_any_number_of_batches_that_are_refused_at_once_say_so_once(
    number: int, refused: int
) -> None:
    state, alarms, openings = QUIET, 0, 0
    for _ in range(number):
        following = after_batch(state, Tally(refused=refused), NOW, 0)
        alarms += following.fault and not state.fault
        openings += following.breaker is not None and state.breaker is None
        state = following

    assert (alarms, openings) == (1, 1)


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12), st.integers(0, 60)), max_size=20),
    st.integers(1, 100),
    st.integers(1, 120),
)
def test_what_is_reserved_is_apart_as_the_rate_has_it_and_soon_enough(
    batches: list[tuple[int, int, int]], requests: int, seconds: int
) -> None:
    state, rate = QUIET, Rate(requests=requests, per=timedelta(seconds=seconds))
    now, slots = NOW, list[datetime]()
    for pause, wanted, patience in batches:
        now += timedelta(seconds=pause)
        latest = now + timedelta(seconds=patience)
        state, moments = reserved(state, wanted, rate, now, latest)
        assert len(moments) <= wanted
        assert all(now <= each <= latest for each in moments)
        slots += moments

    spaces = [following - each for each, following in pairwise(slots)]
    assert all(space >= rate.apart - timedelta(microseconds=1) for space in spaces)
    assert state.next_at is None or state.next_at <= slots[-1] + rate.apart
