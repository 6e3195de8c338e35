"""One refresh as a state machine without input or output: what to do after each thing seen.

The promise: a refresh token whose successor is stored is never sent again, an issued token is
never lost, and a live grant is never declared dead. The driver is `application.refresh`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from connections.domain.connection import Connection, Reason, Status, UseOutcome
from connections.domain.grant import Grant, Renewal
from connections.domain.identifiers import ConnectionId, GrantId, RegistrationId

SHORTLY_BEFORE_END = timedelta(seconds=60)
RESCUE_PATIENCE = timedelta(seconds=150)
"""How long a claim that ended by itself is respected: its holder may have rescued a token set, and
a message that could not be dealt with comes again after 130 s."""
REPORTS_APART = timedelta(seconds=60)
"""Reports do not refresh more often: what is refused anew at once is not refused for its age."""


class Cause(StrEnum):
    """Why somebody wants a refresh."""

    DUE = "due"
    """The schedule found its time come."""
    READ = "read"
    """A reader needs a token that lasts longer."""
    DEMANDED = "demanded"
    """Somebody asked for it by name."""
    REPORTED = "reported"
    """An execution saw the access token refused."""


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
            case Cause.REPORTED:
                return now - grant.tokens.issued_at < REPORTS_APART
            case Cause.DEMANDED:
                return False
            case _:
                assert_never(self.cause)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Somebody's wish for a refresh, as it travels in a message.

    It is a hint: the claim and the second look decide.
    """

    connection_id: ConnectionId
    need: Need
    registration: RegistrationId | None = None
    """The client registration that the connection was refreshed under, if that is known."""


class Step(StrEnum):
    """What the holder of a claim does after it looked at the tokens item again."""

    MEND = "mend"
    """The tokens item is ahead of the state: somebody stored a successor. Bring the state up."""
    RELEASE = "release"
    """There is nothing to do, or not now."""
    HOLD = "hold"
    """The refresh token may have been used: try it again only when nothing can be lost by it."""
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
    unknown = outcome_unknown(former, grant) and not renewal.reuse_is_safe
    if unknown and (_too_soon(former, grant, need, renewal, now) or _rescue_may_come(former, now)):
        return Step.HOLD
    return Step.SPEND


def ahead(grant: Grant, state: Connection) -> bool:
    """Tell whether the tokens item holds more than the state believes."""
    return (grant.grant_id, grant.generation) != (state.grant_id, state.generation)


def asked_to_wait(former: Connection, need: Need, now: datetime) -> bool:
    """Tell whether a failure keeps this need from being tried before its time.

    An outcome that is unknown waits only because the access token might end with the next try: not
    once that is refused.
    """
    if need.cause is Cause.REPORTED and former.reason is Reason.OUTCOME_UNKNOWN:
        patient = former.failures > 1
    else:
        patient = need.cause in {Cause.READ, Cause.REPORTED} or former.reason is Reason.RATE_LIMITED
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


def _too_soon(
    former: Connection, grant: Grant, need: Need, renewal: Renewal, now: datetime
) -> bool:
    """Tell whether waiting still costs nothing: the access token works.

    A reuse makes a server with family revocation kill the access token too. With no end known
    nothing says that it has stopped working but somebody's demand, or report.
    """
    if need.cause is Cause.REPORTED or _reported(former, grant):
        return False
    if grant.tokens.expires_at is None and need.cause is Cause.DEMANDED:
        return False
    last_chance = _last_chance(grant, renewal)
    return last_chance is None or now < last_chance


def _reported(former: Connection, grant: Grant) -> bool:
    """Tell whether the last execution that used this access token saw it refused."""
    use = former.last_use
    if use is None or use.outcome is not UseOutcome.UNAUTHORIZED:
        return False
    return use.generation == grant.generation and use.at >= grant.tokens.issued_at


def _last_chance(grant: Grant, renewal: Renewal) -> datetime | None:
    """Return when waiting starts to cost: the access token ends, or the refresh token, unused."""
    tokens = grant.tokens
    ends = [] if tokens.expires_at is None else [tokens.expires_at - SHORTLY_BEFORE_END]
    if renewal.idle_ttl is not None:
        ends.append(tokens.issued_at + renewal.idle_ttl * 9 / 10)
    return min(ends, default=None)


def _rescue_may_come(former: Connection, now: datetime) -> bool:
    """Tell whether the holder of a claim that nobody ended may have rescued a successor."""
    return former.claim is not None and now < former.claim.until + RESCUE_PATIENCE


def hold_time(former: Connection, grant: Grant, renewal: Renewal, now: datetime) -> datetime | None:
    """Return when a refresh token whose outcome is unknown is tried again; None: on a report."""
    patience = [former.claim.until + RESCUE_PATIENCE] if former.claim else []
    last_chance = _last_chance(grant, renewal)
    if last_chance is not None and not _reported(former, grant):
        return max(now, last_chance, *patience)
    return patience[0] if _rescue_may_come(former, now) else None
