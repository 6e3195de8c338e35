"""When an access token ends, as the answer tells it."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connections.oauth.expiry import expiry
from connections_sdk.provider_facts import ProviderFacts
from tests.builders import HOUR, NOW

Unit = Literal["seconds", "minutes", "milliseconds"]
LONGEST = timedelta(days=3660)
SECONDS = int(NOW.timestamp())


def after(seconds: int | None) -> ProviderFacts:
    """Return the facts of a server whose access tokens live so long, if it does not tell."""
    return ProviderFacts(expires_in_default=seconds)


def lifetime(value: object, **facts: Any) -> timedelta | None:
    ends = expiry({"expires_in": value}, NOW, ProviderFacts(**facts))
    return None if ends is None else ends - NOW


@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [
        (3600, 3600),
        (1, 1),
        (0.5, 0.5),
        (3599.25, 3599.25),
        ("3600", 3600),
        ("3600.0", 3600),
        (" 3600 ", 3600),
        ("1e3", 1000),
        (0, 0),
        ("0", 0),
        (-1, 0),
        (-0.0, 0),
        ("-5", 0),
        (-1e300, 0),
    ],
)
def test_expires_in_is_a_number_or_spells_one(expires_in: object, seconds: float) -> None:
    assert lifetime(expires_in) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "expires_in",
    [3660 * 86_400, 3660 * 86_400 + 1, 10**12, 1e300, "9" * 300, str(10**20)],
)
def test_no_access_token_lasts_for_more_than_ten_years(expires_in: object) -> None:
    assert lifetime(expires_in) == LONGEST


def test_a_lifetime_just_below_ten_years_is_kept() -> None:
    assert lifetime(3660 * 86_400 - 1) == LONGEST - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("unit", "expires_in", "seconds"),
    [
        ("seconds", 3600, 3600),
        ("minutes", 60, 3600),
        ("minutes", "1.5", 90),
        ("milliseconds", 3_600_000, 3600),
        ("milliseconds", 500, 0.5),
        ("minutes", -1, 0),
    ],
)
def test_a_lifetime_may_be_in_another_unit(unit: Unit, expires_in: object, seconds: float) -> None:
    assert lifetime(expires_in, expires_in_unit=unit) == timedelta(seconds=seconds)


@pytest.mark.parametrize("unit", ["minutes", "milliseconds"])
def test_the_unit_is_that_of_expires_in_alone(unit: Unit) -> None:
    facts = ProviderFacts(expires_in_unit=unit, expires_in_default=7200)

    assert expiry({}, NOW, facts) == NOW + 2 * HOUR
    assert expiry({"expires_at": SECONDS + 3600}, NOW, facts) == NOW + HOUR


@pytest.mark.parametrize("unit", ["seconds", "minutes", "milliseconds"])
def test_no_unit_makes_a_lifetime_of_more_than_ten_years(unit: Unit) -> None:
    assert lifetime(1e308, expires_in_unit=unit) == LONGEST


GARBAGE = [
    None, True, False, "", " ", "soon", "1 hour", "0x10", "NaN", "inf", "-inf", "9" * 400,
    float("nan"), float("inf"), float("-inf"), 10**400, [], [3600], {}, {"seconds": 3600},
]  # fmt: skip


@pytest.mark.parametrize("expires_in", GARBAGE)
def test_an_expires_in_that_is_no_number_tells_nothing(expires_in: object) -> None:
    assert lifetime(expires_in) is None


@pytest.mark.parametrize("expires_in", GARBAGE)
def test_where_nothing_is_told_the_facts_count(expires_in: object) -> None:
    assert expiry({"expires_in": expires_in}, NOW, after(7200)) == NOW + 2 * HOUR
    assert expiry({}, NOW, after(7200)) == NOW + 2 * HOUR
    assert expiry({}, NOW, after(0)) == NOW
    assert expiry({}, NOW, ProviderFacts()) is None


def test_what_is_told_counts_for_more_than_the_facts() -> None:
    assert expiry({"expires_in": 0}, NOW, after(7200)) == NOW
    assert expiry({"expires_at": SECONDS + 60}, NOW, after(7200)) == NOW + timedelta(minutes=1)


def test_expires_in_counts_for_more_than_expires_at() -> None:
    both = {"expires_in": 60, "expires_at": SECONDS + 3600}

    assert expiry(both, NOW, ProviderFacts()) == NOW + timedelta(minutes=1)
    assert expiry({**both, "expires_in": "soon"}, NOW, ProviderFacts()) == NOW + HOUR


@pytest.mark.parametrize(
    "expires_at",
    [
        SECONDS + 3600,
        SECONDS + 3600.0,
        str(SECONDS + 3600),
        (SECONDS + 3600) * 1000,
        str((SECONDS + 3600) * 1000),
        "2026-03-01T13:00:00Z",
        "2026-03-01T13:00:00+00:00",
        "2026-03-01T13:00:00.000000Z",
        "2026-03-01T14:00:00+01:00",
        "2026-03-01T05:00:00-08:00",
        "2026-03-01T13:00:00",
        "2026-03-01 13:00",
        "20260301T130000Z",
    ],
)
def test_expires_at_is_seconds_milliseconds_or_iso(expires_at: object) -> None:
    assert expiry({"expires_at": expires_at}, NOW, ProviderFacts()) == NOW + HOUR


def test_a_part_of_a_second_is_kept() -> None:
    half = NOW + timedelta(milliseconds=500)

    assert expiry({"expires_at": SECONDS + 0.5}, NOW, ProviderFacts()) == half
    assert expiry({"expires_at": SECONDS * 1000 + 500}, NOW, ProviderFacts()) == half
    assert expiry({"expires_at": "2026-03-01T12:00:00.500Z"}, NOW, ProviderFacts()) == half


def test_numbers_are_milliseconds_above_100_thousand_million() -> None:
    assert expiry({"expires_at": 10**11}, NOW, ProviderFacts()) == NOW + LONGEST
    assert expiry({"expires_at": 10**11 + 1}, NOW, ProviderFacts()) == NOW


@pytest.mark.parametrize("expires_at", [0, -1, SECONDS, SECONDS - 1, "1999-01-01", "0001-01-01"])
def test_a_token_that_ended_before_it_was_asked_for_ended_when_it_was(expires_at: object) -> None:
    assert expiry({"expires_at": expires_at}, NOW, ProviderFacts()) == NOW


@pytest.mark.parametrize(
    "expires_at",
    [
        SECONDS + 3660 * 86_400 + 1,
        "2999-01-01T00:00:00Z",
        "9999-12-31T23:59:59",
        "9999-12-31T23:59:59-23:59",
    ],
)
def test_no_expires_at_is_more_than_ten_years_away(expires_at: object) -> None:
    assert expiry({"expires_at": expires_at}, NOW, ProviderFacts()) == NOW + LONGEST


@pytest.mark.parametrize(
    "expires_at",
    [*GARBAGE, 1e300, -1e18, "2026-13-01", "2026-02-30T00:00:00Z", "tomorrow", "12:00"],
)
def test_an_expires_at_that_is_no_moment_tells_nothing(expires_at: object) -> None:
    assert expiry({"expires_at": expires_at}, NOW, ProviderFacts()) is None


ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none())
MOMENTS = st.datetimes(timezones=st.timezones() | st.none()).map(datetime.isoformat)


@given(
    expires_in=ANYTHING, expires_at=ANYTHING | MOMENTS, default=st.none() | st.integers(0, 10**8)
)
@settings(deadline=None, max_examples=300)
def test_every_end_is_a_moment_between_now_and_ten_years(
    expires_in: object, expires_at: object, default: int | None
) -> None:
    ends = expiry({"expires_in": expires_in, "expires_at": expires_at}, NOW, after(default))

    assert ends is None or NOW <= ends.astimezone(UTC) <= NOW + LONGEST


@pytest.mark.parametrize(
    ("exp", "ends"),
    [
        (-62_135_596_800, NOW),
        ("0001-01-01T00:00:00+23:59", NOW),
        ("9999-12-31T23:59:59-23:59", NOW + LONGEST),
        (99_999_999_999, NOW + LONGEST),
    ],
)
def test_what_a_jwt_says_is_bounded_so_that_it_can_be_reckoned_with(
    exp: object, ends: datetime
) -> None:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": exp}).encode()).decode()
    assert expiry({"access_token": f"e30.{claims}.e30"}, NOW, ProviderFacts()) == ends
