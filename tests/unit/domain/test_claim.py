"""Claims: how long they keep others away."""

from datetime import timedelta

from connections.domain.claim import Claim, claim_end
from tests.builders import NOW

INSTANT = timedelta(microseconds=1)


def test_a_claim_stands_until_its_end() -> None:
    assert Claim(holder="somebody", until=NOW).stands(NOW - INSTANT)


def test_a_claim_does_not_stand_at_its_end_or_later() -> None:
    assert not Claim(holder="somebody", until=NOW).stands(NOW)
    assert not Claim(holder="somebody", until=NOW).stands(NOW + INSTANT)


def test_a_claim_outlasts_its_holder_by_thirty_seconds() -> None:
    assert claim_end(NOW) == NOW + timedelta(seconds=30)
