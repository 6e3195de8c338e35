"""A report that the access token was refused, where earlier refreshes have failed."""

from datetime import datetime, timedelta

import pytest

from connections.domain.claim import Claim, Spending
from connections.domain.connection import Reason
from connections.domain.grant import Renewal
from connections.domain.refresh import (
    RESCUE_PATIENCE,
    Cause,
    Need,
    Step,
    after_claiming,
    asked_to_wait,
)
from tests.builders import GRANT, HOUR, NOW, a_connection, a_grant, a_token_set

INSTANT = timedelta(microseconds=1)
REPORTED = Need(cause=Cause.REPORTED, since=NOW, seen=(GRANT, 3))
GRANT_OF_AN_HOUR = a_grant(generation=3, tokens=a_token_set(issued_at=NOW - HOUR))


@pytest.mark.parametrize(
    ("reason", "failures", "waits"),
    [
        (Reason.PROVIDER_UNAVAILABLE, 1, True),
        (Reason.OPERATOR_ACTION_REQUIRED, 1, True),
        (Reason.RATE_LIMITED, 1, True),
        (Reason.OUTCOME_UNKNOWN, 1, False),
        (Reason.OUTCOME_UNKNOWN, 2, True),
        (Reason.OUTCOME_UNKNOWN, 0, False),
        (None, 0, False),
    ],
)
def test_a_report_waits_for_the_next_try_unless_an_answer_was_lost_for_the_first_time(
    reason: Reason | None, failures: int, *, waits: bool
) -> None:
    former = a_connection(reason=reason, failures=failures, refresh_at=NOW + INSTANT)

    assert asked_to_wait(former, REPORTED, NOW) is waits
    assert not asked_to_wait(former, REPORTED, NOW + INSTANT)


@pytest.mark.parametrize("cause", [Cause.DUE, Cause.DEMANDED])
def test_an_answer_that_was_lost_keeps_nobody_else_waiting(cause: Cause) -> None:
    former = a_connection(reason=Reason.OUTCOME_UNKNOWN, failures=2, refresh_at=NOW + HOUR)

    assert not asked_to_wait(former, Need(cause=cause, since=NOW), NOW)


def test_a_reader_waits_also_where_an_answer_was_lost_for_the_first_time() -> None:
    former = a_connection(reason=Reason.OUTCOME_UNKNOWN, failures=1, refresh_at=NOW + HOUR)

    assert asked_to_wait(former, Need(cause=Cause.READ, since=NOW), NOW)


@pytest.mark.parametrize("ends", [NOW + HOUR, None])
def test_once_it_is_refused_the_access_token_is_no_reason_to_hold_the_refresh_token(
    ends: datetime | None,
) -> None:
    former = a_connection(generation=3, spending=Spending(grant_id=GRANT, generation=3))
    grant = a_grant(generation=3, tokens=a_token_set(issued_at=NOW - HOUR, expires_at=ends))

    assert after_claiming(former, grant, REPORTED, Renewal(), now=NOW) is Step.SPEND


@pytest.mark.parametrize(
    ("until", "step"),
    [(NOW - RESCUE_PATIENCE + INSTANT, Step.HOLD), (NOW - RESCUE_PATIENCE, Step.SPEND)],
)
def test_a_report_too_lets_a_rescue_arrive_first(until: datetime, step: Step) -> None:
    former = a_connection(
        generation=3,
        spending=Spending(grant_id=GRANT, generation=3),
        claim=Claim(holder="another", until=until),
    )

    assert after_claiming(former, GRANT_OF_AN_HOUR, REPORTED, Renewal(), now=NOW) is step


def test_a_report_of_a_generation_that_was_replaced_spends_nothing() -> None:
    former = a_connection(generation=4)
    grant = a_grant(generation=4, tokens=a_token_set(issued_at=NOW - HOUR))

    assert after_claiming(former, grant, REPORTED, Renewal(), now=NOW) is Step.RELEASE
