"""API keys: which secret is one's, until when, and which uses are news."""

from datetime import datetime, timedelta

import pytest

from connections.domain.api_key import (
    LONGEST_LIFE,
    LONGEST_OVERLAP,
    USE_NOTED_EVERY,
    beyond,
)
from connections.domain.caller import Scope
from tests.builders import HOUR, NOW, an_api_key

INSTANT = timedelta(microseconds=1)
CURRENT, FORMER, OTHER = "a" * 64, "b" * 64, "c" * 64
KEY = an_api_key(digest=CURRENT)
ROTATED = an_api_key(digest=CURRENT, former_digest=FORMER, former_until=NOW + HOUR)


def test_a_key_takes_its_secret_and_no_other() -> None:
    assert KEY.accepts(CURRENT, NOW)
    assert not KEY.accepts(OTHER, NOW)
    assert not KEY.accepts(FORMER, NOW)
    assert not KEY.accepts("", NOW)


def test_a_rotated_key_takes_both_secrets_until_the_overlap_ends() -> None:
    assert ROTATED.accepts(CURRENT, NOW)
    assert ROTATED.accepts(FORMER, NOW + HOUR - INSTANT)
    assert not ROTATED.accepts(FORMER, NOW + HOUR)
    assert ROTATED.accepts(CURRENT, NOW + HOUR)
    assert not ROTATED.accepts(OTHER, NOW)


@pytest.mark.parametrize(
    "key",
    [
        an_api_key(digest=CURRENT, former_digest=FORMER),
        an_api_key(digest=CURRENT, former_until=NOW + HOUR),
    ],
    ids=["no end", "no secret"],
)
def test_half_an_overlap_is_none(key: object) -> None:
    assert isinstance(key, type(KEY))
    assert not key.accepts(FORMER, NOW)
    assert not key.accepts("", NOW + HOUR)


def test_a_key_ends_at_its_end_with_all_its_secrets() -> None:
    key = an_api_key(
        digest=CURRENT, former_digest=FORMER, former_until=NOW + 2 * HOUR, expires_at=NOW + HOUR
    )

    for secret in (CURRENT, FORMER):
        assert key.accepts(secret, NOW + HOUR - INSTANT)
        assert not key.accepts(secret, NOW + HOUR)
    assert not key.expired(NOW + HOUR - INSTANT)
    assert key.expired(NOW + HOUR)


def test_a_key_without_end_never_ends() -> None:
    assert not KEY.expired(datetime.max.replace(tzinfo=NOW.tzinfo))


@pytest.mark.parametrize(
    ("expires_at", "former_until", "current_ends", "former_ends"),
    [
        (None, NOW, None, NOW),
        (NOW + HOUR, NOW, NOW + HOUR, NOW),
        (NOW, NOW + HOUR, NOW, NOW),
    ],
)
def test_a_secret_works_until_its_key_or_its_overlap_ends(
    expires_at: datetime | None,
    former_until: datetime,
    current_ends: datetime | None,
    former_ends: datetime,
) -> None:
    key = an_api_key(
        digest=CURRENT, former_digest=FORMER, former_until=former_until, expires_at=expires_at
    )

    assert key.valid_until(CURRENT) == current_ends
    assert key.valid_until(FORMER) == former_ends


def test_a_use_is_news_the_first_time_and_every_hour() -> None:
    assert an_api_key(last_used_at=None).use_is_news(NOW)
    assert an_api_key(last_used_at=NOW - HOUR).use_is_news(NOW)
    assert not an_api_key(last_used_at=NOW - HOUR + INSTANT).use_is_news(NOW)
    assert not an_api_key(last_used_at=NOW + INSTANT).use_is_news(NOW)


def test_the_bounds_of_a_key_are_stable() -> None:
    assert timedelta(hours=1) == USE_NOTED_EVERY
    assert timedelta(days=3652) == LONGEST_LIFE
    assert timedelta(days=7) == LONGEST_OVERLAP


def test_what_is_wanted_beyond_what_is_held_is_named_in_its_order() -> None:
    wanted = [Scope.ACCESS_WRITE, Scope.CONNECTIONS_READ, Scope.CREDENTIALS_READ]

    assert beyond(wanted, frozenset({Scope.CONNECTIONS_READ})) == [
        Scope.ACCESS_WRITE, Scope.CREDENTIALS_READ,
    ]  # fmt: skip
    assert beyond(wanted, frozenset(Scope)) == []
    assert beyond([], frozenset()) == []


def test_no_digest_is_in_the_representation_of_a_key() -> None:
    shown = repr(ROTATED)

    assert CURRENT not in shown
    assert FORMER not in shown
