"""One refresh as a state machine without input or output: what to do after each thing seen.

The promise: a refresh token whose successor is stored is never sent again, an issued token is
never lost, and a live grant is never declared dead. The driver is `application.refresh`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import assert_never

from connections.domain.connection import Connection, Evidence, Reason, Status
from connections.domain.failure import Failure, FailureKind
from connections.domain.grant import Grant, Renewal
from connections.domain.identifiers import GrantId

SHORTLY_BEFORE_END = timedelta(seconds=60)
LONGEST_BACKOFF = timedelta(hours=1)


class Cause(StrEnum):
    """Why somebody wants a refresh."""

    DUE = "due"
    """The schedule found its time come."""
    READ = "read"
    """A reader needs a token that lasts longer."""
    DEMANDED = "demanded"
    """Somebody asked for it by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What would satisfy whoever wants a refresh."""

    cause: Cause
    since: datetime
    """When they asked: a token issued after it always satisfies them."""
    min_ttl: timedelta = timedelta()
    seen: tuple[GrantId | None, int] | None = None
    """Grant and generation that are not good enough any more, where somebody says so: a refresh
    that was under way when they asked satisfies them."""

    def satisfied_by(self, grant: Grant, refresh_at: datetime | None, now: datetime) -> bool:
        """Tell whether the stored token set is fresh enough already."""
        moved = self.seen is not None and (grant.grant_id, grant.generation) != self.seen
        if moved or grant.tokens.issued_at >= self.since:
            return True
        match self.cause:
            case Cause.DUE:
                return refresh_at is None or now < refresh_at
            case Cause.READ:
                return grant.tokens.lasts(self.min_ttl, now)
            case Cause.DEMANDED:
                return False
            case _:
                assert_never(self.cause)


class Step(StrEnum):
    """What the holder of a claim does after it looked at the tokens item again."""

    MEND = "mend"
    """The tokens item is ahead of the state: somebody stored a successor. Bring the state up."""
    RELEASE = "release"
    """There is nothing to do, or not now."""
    HOLD = "hold"
    """The refresh token may have been used: try it again only shortly before the end."""
    SPEND = "spend"
    """Send the refresh token, or what else renews the access token."""
    END = "end"
    """The access token has ended and nothing renews it: only a new consent helps."""


def after_claiming(
    former: Connection,
    grant: Grant,
    need: Need,
    renewal: Renewal,
    *,
    now: datetime,
    outdated: bool = False,
) -> Step:
    """Decide what the new claim is for: the second look.

    `former` is the state as it was just before the claim; `grant` the tokens item, read
    consistently under it; `outdated` whether it was issued under inputs that the next one is not.
    """
    if ahead(grant, former):
        return Step.MEND
    if former.status is Status.RECONNECT_REQUIRED:
        return Step.RELEASE
    if not grant.tokens.renewable(renewal.by, now):
        return Step.RELEASE if grant.tokens.alive(now) else Step.END
    if not outdated and need.satisfied_by(grant, former.refresh_at, now):
        return Step.RELEASE
    if asked_to_wait(former, need, now):
        return Step.RELEASE
    if outcome_unknown(former, grant) and not renewal.reuse_is_safe and _too_soon(grant, need, now):
        return Step.HOLD
    return Step.SPEND


def ahead(grant: Grant, state: Connection) -> bool:
    """Tell whether the tokens item holds more than the state believes."""
    return (grant.grant_id, grant.generation) != (state.grant_id, state.generation)


def asked_to_wait(former: Connection, need: Need, now: datetime) -> bool:
    """Tell whether a failure keeps this need from being tried before its time."""
    patient = need.cause is Cause.READ or former.reason is Reason.RATE_LIMITED
    return patient and backing_off(former, now)


def backing_off(state: Connection, now: datetime) -> bool:
    """Tell whether failures put the next try into the future."""
    return state.failures > 0 and state.refresh_at is not None and now < state.refresh_at


def outcome_unknown(former: Connection, grant: Grant) -> bool:
    """Tell whether this generation's refresh token was, or may have been, sent before."""
    spending = former.spending
    return spending is not None and (spending.grant_id, spending.generation) == (
        grant.grant_id,
        grant.generation,
    )


def _too_soon(grant: Grant, need: Need, now: datetime) -> bool:
    """Tell whether waiting still costs nothing: the access token works.

    A reuse makes a server with family revocation kill the access token too. With no end known
    nothing says that it has stopped working but somebody's demand.
    """
    ends = grant.tokens.expires_at
    if ends is None:
        return need.cause is not Cause.DEMANDED
    return now < ends - SHORTLY_BEFORE_END


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
    former: Connection, spent: Grant | None, failure: Failure, *, now: datetime, chance: float
) -> FailureRecord:
    """Decide what a failure means for the connection; `chance` (0 to 1) spreads the retries.

    Only a failure of the grant itself ends it. One that follows an answer that was lost says so,
    because then the refresh token was refused for having been used: by us. Where nothing was spent
    there is no grant: what never worked stays pending.
    """
    lost_before = spent is not None and outcome_unknown(former, spent)
    failures = former.failures + 1
    retry: datetime | None = retry_time(failures, failure, spent, now=now, chance=chance)
    status, reason = Status.DEGRADED, Reason.PROVIDER_UNAVAILABLE
    if spent is None:
        status = Status.PENDING
    match failure.kind:
        case FailureKind.GRANT:
            status, retry = Status.RECONNECT_REQUIRED, None
            reason = Reason.ANSWER_LOST if lost_before else Reason.GRANT_REVOKED
            if spent is not None and spent.tokens.refresh_token is None:
                reason = Reason.EXPIRED
        case FailureKind.CLIENT:
            reason = Reason.OPERATOR_ACTION_REQUIRED
        case FailureKind.UNKNOWN:
            reason = Reason.OUTCOME_UNKNOWN
        case FailureKind.WAIT if failure.http_status == HTTPStatus.TOO_MANY_REQUESTS:
            reason = Reason.RATE_LIMITED
        case FailureKind.WAIT:
            reason = Reason.PROVIDER_UNAVAILABLE
        case _:
            assert_never(failure.kind)
    return FailureRecord(
        status=status,
        reason=reason,
        failures=failures,
        refresh_at=retry,
        evidence=Evidence(
            at=now,
            generation=spent.generation if spent else 0,
            http_status=failure.http_status,
            provider_error=failure.provider_error,
        ),
        outcome_unknown=failure.kind is FailureKind.UNKNOWN
        or (lost_before and failure.kind is not FailureKind.GRANT),
    )


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


def hold_time(grant: Grant, now: datetime) -> datetime | None:
    """Return when a refresh token whose outcome is unknown is tried again; None: on a report."""
    ends = grant.tokens.expires_at
    return None if ends is None else max(now, ends - SHORTLY_BEFORE_END)
