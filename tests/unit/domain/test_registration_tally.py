"""How refreshes are counted: by whose business their end is."""

import pytest

from connections.domain.client_registration import (
    Tally,
)
from connections.domain.failure import Failure, FailureKind
from tests.builders import NOW
from tests.unit.domain.registrations import MINUTE


def a_failure(
    kind: FailureKind, http_status: int | None = None, retry_after: int | None = None
) -> Failure:
    return Failure(kind=kind, explanation="", http_status=http_status, retry_after=retry_after)


@pytest.mark.parametrize(
    ("failure", "tally"),
    [
        (None, Tally(worked=1)),
        (a_failure(FailureKind.GRANT), Tally(worked=1)),
        (a_failure(FailureKind.CLIENT), Tally(refused=1)),
        (a_failure(FailureKind.WAIT), Tally(failed=1)),
        (a_failure(FailureKind.UNKNOWN), Tally(failed=1)),
    ],
)
def test_a_refresh_is_counted_by_whose_business_its_end_is(
    failure: Failure | None, tally: Tally
) -> None:
    assert Tally().with_one(failure, NOW) == tally
    twice = Tally().with_one(failure, NOW).with_one(failure, NOW)
    assert twice == tally.and_also(tally)


@pytest.mark.parametrize("status", [429, 503])
def test_the_longest_wait_that_was_asked_for_is_known(status: int) -> None:
    tally = Tally()
    for seconds in (5, 60, 7):
        failure = a_failure(FailureKind.WAIT, http_status=status, retry_after=seconds)
        tally = tally.with_one(failure, NOW)

    assert tally == Tally(failed=3, wait_until=NOW + MINUTE)
    assert tally.with_one(a_failure(FailureKind.WAIT), NOW).wait_until == NOW + MINUTE


def test_nobody_can_ask_for_more_than_the_longest_pause() -> None:
    failure = a_failure(FailureKind.WAIT, http_status=429, retry_after=86400)

    assert Tally().with_one(failure, NOW).wait_until == NOW + 10 * MINUTE


@pytest.mark.parametrize("status", [500, 502])
def test_a_wait_is_heard_only_from_statuses_that_mean_it(status: int) -> None:
    failure = a_failure(FailureKind.WAIT, http_status=status, retry_after=60)

    assert Tally().with_one(failure, NOW).wait_until is None
