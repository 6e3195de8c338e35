"""When a refresh that failed is tried again."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connections.domain.claim import Claim
from connections.domain.connection import Use, UseOutcome
from connections.domain.failed_refresh import retry_time
from connections.domain.grant import Renewal
from connections.domain.refresh import RESCUE_PATIENCE, hold_time
from tests.builders import HOUR, NOW, a_connection, a_failure, a_grant, a_token_set

INSTANT = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def wait(
    failures: int = 1,
    *,
    retry_after: int | None = None,
    chance: float = 0.0,
    left: timedelta | None = None,
) -> timedelta:
    """Return how long to wait while the access token has `left`, or an end that nobody knows."""
    spent = a_grant(tokens=a_token_set(expires_at=None if left is None else NOW + left))
    failure = a_failure(retry_after=retry_after)
    return retry_time(failures, failure, spent, now=NOW, chance=chance) - NOW


@pytest.mark.parametrize(
    ("failures", "minutes"),
    [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 60), (8, 60), (100, 60), (10**9, 60)],
)
def test_each_failure_doubles_the_wait_up_to_an_hour(failures: int, minutes: int) -> None:
    assert wait(failures) == minutes * MINUTE


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 240), (0.5, 270), (1.0, 300)])
def test_chance_adds_up_to_a_quarter(chance: float, seconds: int) -> None:
    assert wait(3, chance=chance) == seconds * SECOND


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [(None, 60), (0, 60), (59, 60), (60, 60), (61, 61), (3599, 3599), (3600, 3600)],
)
def test_the_server_may_ask_for_a_longer_wait(retry_after: int | None, seconds: int) -> None:
    assert wait(retry_after=retry_after) == seconds * SECOND


@pytest.mark.parametrize("retry_after", [3601, 86_400, 999_999_999])
def test_no_server_puts_the_next_try_off_for_more_than_an_hour(retry_after: int) -> None:
    assert wait(retry_after=retry_after) == HOUR


def test_chance_is_not_added_to_what_the_server_asked_for() -> None:
    assert wait(retry_after=600, chance=1.0) == 10 * MINUTE


@pytest.mark.parametrize(
    ("left", "waits"),
    [
        (10 * MINUTE, 8 * MINUTE),
        (9 * MINUTE + INSTANT, 8 * MINUTE),
        (9 * MINUTE, 8 * MINUTE),
        (9 * MINUTE - INSTANT, 8 * MINUTE - INSTANT),
        (2 * MINUTE, MINUTE),
        (MINUTE + INSTANT, INSTANT),
    ],
)
def test_there_is_a_try_a_minute_before_the_access_token_ends(
    left: timedelta, waits: timedelta
) -> None:
    assert wait(4, left=left) == waits


@pytest.mark.parametrize("left", [MINUTE, SECOND, timedelta(), -INSTANT, -1000 * HOUR])
def test_after_the_last_try_before_the_end_the_wait_is_the_usual_one(left: timedelta) -> None:
    assert wait(4, left=left) == 8 * MINUTE


def test_the_last_try_comes_before_the_backoff_but_not_before_what_the_server_asked_for() -> None:
    assert wait(5, retry_after=300, left=7 * MINUTE) == 6 * MINUTE
    assert wait(1, retry_after=300, left=6 * MINUTE - INSTANT) == 5 * MINUTE
    assert wait(1, retry_after=300, left=4 * MINUTE) == 5 * MINUTE


LEFT = st.none() | st.timedeltas(-2 * HOUR, 30 * HOUR)
RETRY_AFTER = st.none() | st.integers(0, 10**9)


@given(st.integers(1, 100), RETRY_AFTER, st.floats(0, 1), LEFT)
@settings(deadline=None, max_examples=300)
def test_no_wait_passes_the_last_chance_unless_the_server_asks_for_it(
    failures: int, retry_after: int | None, chance: float, left: timedelta | None
) -> None:
    waits = wait(failures, retry_after=retry_after, chance=chance, left=left)
    asked_for = (retry_after or 0) * SECOND

    if left is not None and asked_for < left - MINUTE:
        assert waits <= left - MINUTE


@given(st.integers(1, 100), RETRY_AFTER, st.floats(0, 1), LEFT)
@settings(deadline=None, max_examples=300)
def test_every_wait_is_longer_than_nothing_and_no_shorter_than_asked_for(
    failures: int, retry_after: int | None, chance: float, left: timedelta | None
) -> None:
    waits = wait(failures, retry_after=retry_after, chance=chance, left=left)

    assert timedelta() < waits <= 75 * MINUTE
    assert waits >= min((retry_after or 0) * SECOND, HOUR)


def held_until(ends: datetime | None) -> datetime | None:
    grant = a_grant(tokens=a_token_set(expires_at=ends))
    return hold_time(a_connection(), grant, Renewal(), NOW)


def test_a_token_whose_outcome_is_unknown_is_held_until_a_minute_before_the_end() -> None:
    assert held_until(NOW + HOUR) == NOW + 59 * MINUTE
    assert held_until(NOW + MINUTE + INSTANT) == NOW + INSTANT


@pytest.mark.parametrize("left", [MINUTE, MINUTE - INSTANT, timedelta(), -HOUR])
def test_a_token_whose_outcome_is_unknown_is_not_held_once_the_end_is_near(
    left: timedelta,
) -> None:
    assert held_until(NOW + left) == NOW


def test_a_token_without_an_end_is_held_until_somebody_reports() -> None:
    assert held_until(None) is None


@pytest.mark.parametrize("ends", [None, NOW + 300 * DAY])
def test_a_token_whose_outcome_is_unknown_is_not_held_until_it_ends_unused(
    ends: datetime | None,
) -> None:
    """If the server did not act, it ends for want of use, and the consent with it."""
    grant = a_grant(tokens=a_token_set(issued_at=NOW, expires_at=ends))
    idle = Renewal(idle_ttl=30 * DAY)

    assert hold_time(a_connection(), grant, idle, NOW) == NOW + 27 * DAY


def test_a_token_that_was_reported_refused_is_held_only_for_what_may_have_been_rescued() -> None:
    reported = Use(at=NOW, outcome=UseOutcome.UNAUTHORIZED, generation=1)
    left = Claim(holder="another", until=NOW)
    former = a_connection(last_use=reported, claim=left)
    grant = a_grant(tokens=a_token_set(issued_at=NOW - HOUR, expires_at=NOW + HOUR))

    assert hold_time(former, grant, Renewal(), NOW) == NOW + RESCUE_PATIENCE
    assert hold_time(replace(former, claim=None), grant, Renewal(), NOW) is None
