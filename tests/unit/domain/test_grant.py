"""A grant: what its token set says, how long it lasts, and when it is refreshed."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connections.domain.grant import Renewal, refresh_time
from tests.builders import CONNECTION, GRANT, HOUR, NOW, a_grant, a_token_set, an_issuance

INSTANT = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def test_the_access_token_is_the_one_of_the_response() -> None:
    assert a_token_set(response={"access_token": "the-token"}).access_token == "the-token"


def test_the_scopes_are_those_of_the_response_as_they_are_spelled() -> None:
    assert a_token_set(response={"access_token": "a", "scope": "b,a  c"}).scopes == "b,a  c"


@pytest.mark.parametrize("response", [{}, {"scope": None}, {"scope": ["read"]}, {"scope": 7}])
def test_scopes_that_are_no_text_are_unknown(response: dict[str, object]) -> None:
    assert a_token_set(response={"access_token": "a", **response}).scopes is None


def test_an_access_token_lives_until_its_end() -> None:
    assert a_token_set(expires_at=NOW).alive(NOW - INSTANT)
    assert not a_token_set(expires_at=NOW).alive(NOW)


def test_an_access_token_without_an_end_lives_and_lasts_forever() -> None:
    endless = a_token_set(expires_at=None)

    assert endless.alive(NOW + 100_000 * HOUR)
    assert endless.lasts(HOUR, NOW + 100_000 * HOUR)


def test_an_access_token_lasts_if_it_has_the_time_that_is_asked_for_left() -> None:
    assert a_token_set().lasts(10 * MINUTE, NOW + HOUR - 10 * MINUTE)
    assert not a_token_set().lasts(10 * MINUTE, NOW + HOUR - 10 * MINUTE + INSTANT)


def test_an_access_token_with_its_full_lifetime_less_30_s_lasts_whatever_is_asked_for() -> None:
    assert a_token_set().lasts(10 * HOUR, NOW + 30 * SECOND)
    assert not a_token_set().lasts(10 * HOUR, NOW + 30 * SECOND + INSTANT)


def test_a_token_of_a_few_seconds_lasts_for_half_its_life() -> None:
    brief = a_token_set(expires_at=NOW + 10 * SECOND)

    assert brief.lasts(HOUR, NOW + 5 * SECOND)
    assert not brief.lasts(HOUR, NOW + 5 * SECOND + INSTANT)
    assert brief.lasts(SECOND, NOW + 9 * SECOND)


def test_an_ended_token_does_not_last_even_if_no_time_is_asked_for() -> None:
    assert a_token_set().lasts(timedelta(), NOW + HOUR - INSTANT)
    assert not a_token_set().lasts(timedelta(), NOW + HOUR)


def test_the_successor_is_the_next_generation_of_the_same_grant() -> None:
    grant = a_grant(generation=7, issuance=an_issuance({"clientId": "another"}))
    tokens = a_token_set(response={"access_token": "access-2"})

    successor = grant.succeeded_by(tokens)

    assert successor == a_grant(
        connection_id=CONNECTION,
        grant_id=GRANT,
        generation=8,
        tokens=tokens,
        issuance=grant.issuance,
    )


def due(lifetime: timedelta, buffer: timedelta | None = None, spread: float = 0.0) -> timedelta:
    """Return how long before its end a token set of that lifetime is due."""
    tokens = a_token_set(expires_at=NOW + lifetime)
    moment = refresh_time(a_grant(tokens=tokens), Renewal(buffer=buffer), spread=spread)
    assert moment is not None
    return NOW + lifetime - moment


@pytest.mark.parametrize(
    ("lifetime", "before_end"),
    [
        (timedelta(), timedelta()),
        (SECOND, SECOND / 2),
        (4 * MINUTE, 2 * MINUTE),
        (10 * MINUTE, 5 * MINUTE),
        (10 * MINUTE + 2 * SECOND, 5 * MINUTE),
        (50 * MINUTE, 5 * MINUTE),
        (50 * MINUTE + 10 * SECOND, 5 * MINUTE + SECOND),
        (HOUR, 6 * MINUTE),
        (1000 * HOUR, 100 * HOUR),
    ],
)
def test_a_token_set_is_due_5_minutes_or_a_tenth_of_its_life_before_its_end(
    lifetime: timedelta, before_end: timedelta
) -> None:
    assert due(lifetime) == before_end


@pytest.mark.parametrize(
    ("buffer", "before_end"),
    [
        (timedelta(), timedelta()),
        (30 * SECOND, 30 * SECOND),
        (6 * MINUTE + SECOND, 6 * MINUTE + SECOND),
        (2 * HOUR, 2 * HOUR),
    ],
)
def test_a_buffer_of_the_facts_is_kept_to_the_second(
    buffer: timedelta, before_end: timedelta
) -> None:
    assert due(HOUR, buffer) == before_end


@pytest.mark.parametrize(
    ("buffer", "at_the_latest"),
    [
        (MINUTE, MINUTE),
        (2 * MINUTE, 2 * MINUTE),
        (2 * MINUTE + 10 * SECOND, 2 * MINUTE + 9 * SECOND),
        (22 * MINUTE, 20 * MINUTE),
    ],
)
def test_connections_with_a_buffer_come_apart_by_a_tenth_of_all_but_its_last_two_minutes(
    buffer: timedelta, at_the_latest: timedelta
) -> None:
    assert due(HOUR, buffer, spread=1.0) == at_the_latest
    assert due(HOUR, buffer, spread=0.5) == (buffer + at_the_latest) / 2


def test_the_facts_may_ask_for_less_than_five_minutes() -> None:
    assert due(5 * MINUTE, 31 * SECOND) == 31 * SECOND


@pytest.mark.parametrize(("spread", "earlier"), [(0.0, 0), (0.5, 90), (1.0, 180)])
def test_connections_come_apart_by_a_twentieth_of_the_lifetime(spread: float, earlier: int) -> None:
    assert due(HOUR, spread=spread) == 6 * MINUTE + earlier * SECOND


def test_a_token_that_ended_before_it_was_issued_is_due_at_its_end() -> None:
    assert due(-HOUR, spread=1.0) == timedelta()


@pytest.mark.parametrize("ends", [NOW + HOUR, NOW, None])
def test_a_token_set_without_a_refresh_token_is_looked_at_when_it_ends(
    ends: datetime | None,
) -> None:
    tokens = a_token_set(refresh_token=None, expires_at=ends)

    assert refresh_time(a_grant(tokens=tokens), Renewal(), spread=1.0) == ends


def test_a_token_set_without_an_end_is_never_due() -> None:
    tokens = a_token_set(expires_at=None)

    assert refresh_time(a_grant(tokens=tokens), Renewal(buffer=MINUTE), spread=1.0) is None


@given(
    lifetime=st.timedeltas(timedelta(), timedelta(days=3660)),
    spread=st.floats(0, 1),
)
@settings(deadline=None)
def test_without_a_buffer_of_its_own_a_token_lives_for_a_while_before_it_is_due(
    lifetime: timedelta, spread: float
) -> None:
    assert lifetime / 10 <= due(lifetime, spread=spread) <= lifetime * 0.55 + INSTANT
