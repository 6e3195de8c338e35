"""What a failed refresh makes of a connection."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connections.domain.claim import Spending
from connections.domain.connection import Connection, Evidence, Reason, Status
from connections.domain.failed_refresh import FailureRecord, after_failure, retry_time
from connections.domain.failure import FailureKind
from connections.domain.identifiers import GrantId
from tests.builders import GRANT, NOW, a_connection, a_failure, a_grant, a_token_set

LOST = Spending(grant_id=GRANT, generation=1)
STALE = Spending(grant_id=GRANT, generation=0)
ANOTHERS = Spending(grant_id=GrantId("gra_00000000000000000000000002"), generation=1)
KINDS = st.sampled_from(FailureKind)
SPENDINGS = st.sampled_from([None, LOST, STALE, ANOTHERS])


def record(
    kind: FailureKind,
    *,
    former: Connection | None = None,
    refresh_token: str | None = "refresh-1",
    **failure: Any,
) -> FailureRecord:
    return after_failure(
        former or a_connection(),
        a_grant(tokens=a_token_set(refresh_token=refresh_token)),
        a_failure(kind, **failure),
        now=NOW,
        chance=0.0,
    )


@pytest.mark.parametrize(
    ("kind", "http_status", "reason"),
    [
        (FailureKind.CLIENT, 401, Reason.OPERATOR_ACTION_REQUIRED),
        (FailureKind.CLIENT, 429, Reason.OPERATOR_ACTION_REQUIRED),
        (FailureKind.UNKNOWN, None, Reason.OUTCOME_UNKNOWN),
        (FailureKind.UNKNOWN, 429, Reason.OUTCOME_UNKNOWN),
        (FailureKind.WAIT, None, Reason.PROVIDER_UNAVAILABLE),
        (FailureKind.WAIT, 428, Reason.PROVIDER_UNAVAILABLE),
        (FailureKind.WAIT, 429, Reason.RATE_LIMITED),
        (FailureKind.WAIT, 430, Reason.PROVIDER_UNAVAILABLE),
        (FailureKind.WAIT, 503, Reason.PROVIDER_UNAVAILABLE),
    ],
)
@pytest.mark.parametrize("spending", [None, LOST])
def test_what_is_no_failure_of_the_grant_degrades(
    kind: FailureKind, http_status: int | None, reason: Reason, spending: Spending | None
) -> None:
    kept = record(kind, former=a_connection(spending=spending), http_status=http_status)

    assert (kept.status, kept.reason) == (Status.DEGRADED, reason)
    assert kept.refresh_at == NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("spending", "refresh_token", "reason"),
    [
        (None, "refresh-1", Reason.GRANT_REVOKED),
        (STALE, "refresh-1", Reason.GRANT_REVOKED),
        (ANOTHERS, "refresh-1", Reason.GRANT_REVOKED),
        (LOST, "refresh-1", Reason.ANSWER_LOST),
        (None, None, Reason.EXPIRED),
        (LOST, None, Reason.EXPIRED),
    ],
)
def test_a_failure_of_the_grant_asks_for_a_new_consent_and_says_why(
    spending: Spending | None, refresh_token: str | None, reason: Reason
) -> None:
    former = a_connection(spending=spending)

    kept = record(FailureKind.GRANT, former=former, refresh_token=refresh_token)

    assert (kept.status, kept.reason) == (Status.RECONNECT_REQUIRED, reason)
    assert kept.refresh_at is None
    assert not kept.outcome_unknown


@pytest.mark.parametrize(
    ("kind", "spending", "unknown"),
    [
        (FailureKind.UNKNOWN, None, True),
        (FailureKind.UNKNOWN, STALE, True),
        (FailureKind.UNKNOWN, LOST, True),
        (FailureKind.WAIT, None, False),
        (FailureKind.WAIT, STALE, False),
        (FailureKind.WAIT, ANOTHERS, False),
        (FailureKind.WAIT, LOST, True),
        (FailureKind.CLIENT, None, False),
        (FailureKind.CLIENT, ANOTHERS, False),
        (FailureKind.CLIENT, LOST, True),
    ],
)
def test_an_unknown_outcome_stays_on_record_until_it_is_known(
    kind: FailureKind, spending: Spending | None, *, unknown: bool
) -> None:
    assert record(kind, former=a_connection(spending=spending)).outcome_unknown is unknown


def test_the_evidence_is_kept() -> None:
    spent = a_grant(generation=5)
    failure = a_failure(FailureKind.CLIENT, http_status=401, provider_error="invalid_client")

    kept = after_failure(a_connection(), spent, failure, now=NOW, chance=0.0)

    assert kept.evidence == Evidence(
        at=NOW, generation=5, http_status=401, provider_error="invalid_client"
    )


def test_failures_are_counted_and_put_the_next_try_off() -> None:
    kept = record(FailureKind.WAIT, former=a_connection(failures=3))

    assert kept.failures == 4
    assert kept.refresh_at == NOW + timedelta(minutes=8)


def test_the_retry_is_spread_and_keeps_what_the_server_asked_for() -> None:
    failure, spent = a_failure(retry_after=600), a_grant()

    kept = after_failure(a_connection(failures=4), spent, failure, now=NOW, chance=0.5)

    assert kept.refresh_at == NOW + timedelta(minutes=18)


@given(
    kind=KINDS,
    spending=SPENDINGS,
    status=st.sampled_from(Status),
    failures=st.integers(0, 1000),
    http_status=st.none() | st.integers(100, 599),
    retry_after=st.none() | st.integers(0, 10**9),
    refresh_token=st.sampled_from(["refresh-1", None]),
)
@settings(deadline=None)
def test_only_a_failure_of_the_grant_ends_it(
    kind: FailureKind,
    spending: Spending | None,
    status: Status,
    failures: int,
    http_status: int | None,
    retry_after: int | None,
    refresh_token: str | None,
) -> None:
    former = a_connection(spending=spending, status=status, failures=failures)

    kept = record(
        kind,
        former=former,
        refresh_token=refresh_token,
        http_status=http_status,
        retry_after=retry_after,
    )

    ended = kind is FailureKind.GRANT
    assert (kept.status is Status.RECONNECT_REQUIRED) is ended
    assert (kept.refresh_at is None) is ended
    assert kept.failures == failures + 1


@given(kind=KINDS, chance=st.floats(0, 1), failures=st.integers(0, 50))
@settings(deadline=None)
def test_the_next_try_is_the_retry_time_of_the_failures_so_far(
    kind: FailureKind, chance: float, failures: int
) -> None:
    failure, spent = a_failure(kind), a_grant()
    retry = retry_time(failures + 1, failure, spent, now=NOW, chance=chance)

    kept = after_failure(a_connection(failures=failures), spent, failure, now=NOW, chance=chance)

    assert kept.refresh_at == (None if kind is FailureKind.GRANT else retry)
