"""What a failed refresh means for its connection, and when it is tried again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import assert_never

from connections.domain.connection import Connection, Evidence, Reason, Status
from connections.domain.failure import Failure, FailureKind
from connections.domain.grant import Grant
from connections.domain.refresh import SHORTLY_BEFORE_END, outcome_unknown

LONGEST_BACKOFF = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureRecord:
    """What a failed refresh changes in the state."""

    status: Status
    reason: Reason
    failures: int
    refresh_at: datetime | None
    evidence: Evidence
    outcome_unknown: bool
    """Whether `spending` must stay on record."""


def after_failure(
    former: Connection,
    spent: Grant | None,
    failure: Failure,
    *,
    now: datetime,
    chance: float,
    request_id: str | None = None,
) -> FailureRecord:
    """Decide what a failure means for the connection; `chance` (0 to 1) spreads the retries.

    Only a failure of the grant itself ends it. One that follows an answer that was lost says so,
    because then the refresh token was refused for having been used: by us. Where nothing was spent
    there is no grant: what never worked stays pending.
    """
    lost = spent is not None and (failure.after_lost_answer or outcome_unknown(former, spent))
    dead = failure.kind is FailureKind.GRANT
    failures = former.failures + 1
    retry = retry_time(failures, failure, spent, now=now, chance=chance)
    return FailureRecord(
        status=_status(spent, dead=dead),
        reason=_reason(failure, spent, lost=lost),
        failures=failures,
        refresh_at=None if dead else retry,
        evidence=Evidence(
            at=now,
            generation=spent.generation if spent else 0,
            http_status=failure.http_status,
            provider_error=failure.provider_error,
            request_id=request_id,
        ),
        outcome_unknown=failure.kind is FailureKind.UNKNOWN or (lost and not dead),
    )


def _status(spent: Grant | None, *, dead: bool) -> Status:
    if dead:
        return Status.RECONNECT_REQUIRED
    return Status.PENDING if spent is None else Status.DEGRADED


def _reason(failure: Failure, spent: Grant | None, *, lost: bool) -> Reason:
    match failure.kind:
        case FailureKind.GRANT if spent is not None and spent.tokens.refresh_token is None:
            return Reason.EXPIRED
        case FailureKind.GRANT:
            return Reason.ANSWER_LOST if lost else Reason.GRANT_REVOKED
        case FailureKind.CLIENT:
            return Reason.OPERATOR_ACTION_REQUIRED
        case FailureKind.UNKNOWN:
            return Reason.OUTCOME_UNKNOWN
        case FailureKind.WAIT if failure.http_status == HTTPStatus.TOO_MANY_REQUESTS:
            return Reason.RATE_LIMITED
        case FailureKind.WAIT:
            return Reason.PROVIDER_UNAVAILABLE
        case _:
            assert_never(failure.kind)


def retry_time(
    failures: int, failure: Failure, spent: Grant | None, *, now: datetime, chance: float
) -> datetime:
    """Return when to try again: 1, 2, 4 … 60 minutes, `Retry-After` kept, spread by chance.

    It never waits past the end of the access token without a try shortly before it.
    """
    backoff = min(timedelta(minutes=1 << min(failures - 1, 6)), LONGEST_BACKOFF)
    asked_for = timedelta(seconds=failure.retry_after or 0)
    retry = now + max(backoff * (1 + chance / 4), min(asked_for, LONGEST_BACKOFF))
    if spent is None or spent.tokens.expires_at is None:
        return retry
    last_chance = spent.tokens.expires_at - SHORTLY_BEFORE_END
    return min(retry, last_chance) if now + asked_for < last_chance else retry
