"""What satisfies whoever wants a refresh, and what the state says about earlier tries."""

from datetime import datetime, timedelta

import pytest

from connections.domain.claim import Spending
from connections.domain.grant import Grant
from connections.domain.identifiers import GrantId
from connections.domain.refresh import (
    REPORTS_APART,
    Cause,
    Need,
    ahead,
    backing_off,
    outcome_unknown,
)
from tests.builders import GRANT, HOUR, NOW, a_connection, a_grant, a_token_set

INSTANT = timedelta(microseconds=1)
ANOTHER = GrantId("gra_00000000000000000000000002")


def issued(at: datetime, **tokens: object) -> Grant:
    return a_grant(tokens=a_token_set(issued_at=at, **tokens))


@pytest.mark.parametrize("cause", Cause)
def test_a_token_issued_since_they_asked_satisfies_everybody(cause: Cause) -> None:
    need = Need(cause=cause, since=NOW, min_ttl=10 * HOUR)
    ended, later = {"expires_at": NOW}, NOW + HOUR

    assert need.satisfied_by(issued(NOW, **ended), NOW, later)
    assert need.satisfied_by(issued(NOW + INSTANT, **ended), NOW, later)
    assert not need.satisfied_by(issued(NOW - INSTANT, **ended), NOW, later)


@pytest.mark.parametrize("cause", Cause)
@pytest.mark.parametrize(
    ("seen", "satisfied"),
    [((GRANT, 3), False), ((GRANT, 2), True), ((ANOTHER, 3), True), ((None, 0), True)],
)
def test_another_generation_than_the_one_they_saw_satisfies_everybody(
    cause: Cause, seen: tuple[GrantId | None, int], *, satisfied: bool
) -> None:
    need = Need(cause=cause, since=NOW, min_ttl=10 * HOUR, seen=seen)
    ended = a_token_set(issued_at=NOW - 2 * HOUR, expires_at=NOW - HOUR)

    assert need.satisfied_by(a_grant(generation=3, tokens=ended), NOW, NOW) is satisfied


def test_whoever_reports_a_token_is_satisfied_by_one_that_was_issued_just_before() -> None:
    need, grant = Need(cause=Cause.REPORTED, since=NOW), issued(NOW - REPORTS_APART, expires_at=NOW)

    assert need.satisfied_by(grant, NOW, NOW - INSTANT)
    assert not need.satisfied_by(grant, NOW, NOW)


def test_the_schedule_is_satisfied_while_the_refresh_is_not_due() -> None:
    need, grant = Need(cause=Cause.DUE, since=NOW), issued(NOW - HOUR)

    assert need.satisfied_by(grant, NOW, NOW - INSTANT)
    assert not need.satisfied_by(grant, NOW, NOW)


def test_the_schedule_is_satisfied_when_no_refresh_is_ever_due() -> None:
    assert Need(cause=Cause.DUE, since=NOW).satisfied_by(issued(NOW - HOUR), None, NOW)


def test_a_reader_is_satisfied_by_a_token_that_lasts_long_enough() -> None:
    need = Need(cause=Cause.READ, since=NOW, min_ttl=timedelta(minutes=2))
    ends = NOW + timedelta(minutes=2)

    assert need.satisfied_by(issued(NOW - HOUR, expires_at=ends), NOW, NOW)
    assert not need.satisfied_by(issued(NOW - HOUR, expires_at=ends), NOW, NOW + INSTANT)


def test_a_reader_who_names_no_time_is_satisfied_until_the_token_ends() -> None:
    need, grant = Need(cause=Cause.READ, since=NOW), issued(NOW - HOUR, expires_at=NOW)

    assert need.satisfied_by(grant, NOW, NOW - INSTANT)
    assert not need.satisfied_by(grant, NOW, NOW)


def test_a_demand_is_not_satisfied_by_what_was_there_before() -> None:
    grant = issued(NOW - INSTANT, expires_at=None)

    assert not Need(cause=Cause.DEMANDED, since=NOW).satisfied_by(grant, None, NOW)


@pytest.mark.parametrize(
    ("grant_id", "generation", "is_ahead"),
    [(GRANT, 3, False), (GRANT, 4, True), (GRANT, 2, True), (ANOTHER, 3, True), (None, 3, True)],
)
def test_the_tokens_are_ahead_where_the_state_believes_otherwise(
    grant_id: GrantId | None, generation: int, *, is_ahead: bool
) -> None:
    state = a_connection(grant_id=grant_id, generation=generation)

    assert ahead(a_grant(generation=3), state) is is_ahead


def test_failures_hold_the_next_try_back_until_its_time() -> None:
    state = a_connection(failures=1, refresh_at=NOW)

    assert backing_off(state, NOW - INSTANT)
    assert not backing_off(state, NOW)


def test_without_a_failure_nothing_is_held_back() -> None:
    assert not backing_off(a_connection(failures=0, refresh_at=NOW + HOUR), NOW)


def test_without_a_next_try_nothing_is_held_back() -> None:
    assert not backing_off(a_connection(failures=5, refresh_at=None), NOW)


@pytest.mark.parametrize(
    ("spending", "unknown"),
    [
        (None, False),
        (Spending(grant_id=GRANT, generation=3), True),
        (Spending(grant_id=GRANT, generation=2), False),
        (Spending(grant_id=GRANT, generation=4), False),
        (Spending(grant_id=ANOTHER, generation=3), False),
    ],
)
def test_the_outcome_is_unknown_where_this_generation_was_being_spent(
    spending: Spending | None, *, unknown: bool
) -> None:
    assert outcome_unknown(a_connection(spending=spending), a_grant(generation=3)) is unknown
