"""A client registration: one app at one authorization server, by which many connections stand.

What fails because of the app or its server fails for all of them alike. It is known here once: its
breaker holds refreshes back while most of them fail, its fault says that the operator must act, and
its rate keeps refreshes as far apart as the server wants them.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus

from connections.domain.connection import Connection, Reason, Status
from connections.domain.failure import Failure, FailureKind
from connections.domain.identifiers import RegistrationId

WINDOW = timedelta(minutes=2)
"""For how long refreshes are counted together; longer only while none of them worked."""
LEAST_FAILURES = 5
"""Fewer say nothing about a registration: they are the connections' own."""
ENOUGH = 4
"""So many times as many that work as failed are counted beside them: then most work, surely."""
PROBES = 3
"""How many refreshes find out together whether an open breaker may close."""
FIRST_PAUSE = timedelta(minutes=1)
"""Before the first probes; every round of them that fails doubles it."""
LONGEST_PAUSE = timedelta(minutes=10)
SWEEPS_APART = timedelta(minutes=1)
"""How often what is due is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of refreshes under one registration."""

    worked: int = 0
    """The server did its work: it gave tokens, or said that a grant is dead."""
    failed: int = 0
    """It answered anything else, or nothing."""
    refused: int = 0
    """It refused the client."""
    wait_until: datetime | None = None
    """Until when a 429 or 503 asked to be left alone (RFC 9110 section 10.2.3), at the latest."""

    @property
    def failures(self) -> int:
        """How many did not work."""
        return self.failed + self.refused

    @property
    def failing(self) -> bool:
        """Whether most failed, of which there are enough to say so."""
        return self.failures >= LEAST_FAILURES and self.failures > self.worked

    @property
    def refusing(self) -> bool:
        """Whether most were refused, of which there are enough to say so."""
        return self.refused >= LEAST_FAILURES and self.refused > self.worked + self.failed

    def with_one(self, failure: Failure | None, now: datetime) -> "Tally":
        """Return the tally with one more refresh; None is one that worked."""
        if failure is None or failure.kind is FailureKind.GRANT:
            return replace(self, worked=self.worked + 1)
        if failure.kind is FailureKind.CLIENT:
            return replace(self, refused=self.refused + 1)
        asked = _asked_for(failure)
        until = self.wait_until if asked is None else _later(self.wait_until, now + asked)
        return replace(self, failed=self.failed + 1, wait_until=until)

    def and_also(self, other: "Tally") -> "Tally":
        """Return how many there are in the two."""
        return Tally(
            worked=self.worked + other.worked,
            failed=self.failed + other.failed,
            refused=self.refused + other.refused,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """What holds refreshes back: it stands only while it is open."""

    opened_at: datetime
    probe_at: datetime
    """When the next probes may go."""
    rounds: int = 0
    """Rounds of probes that failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How many refreshes a server takes of a registration in a time."""

    requests: int
    per: timedelta

    @property
    def apart(self) -> timedelta:
        """The time from one to the next."""
        return self.per / self.requests


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What is on record of a client registration; in steady state nothing is."""

    id: RegistrationId
    host: str = ""
    """Where its tokens are refreshed; told by the first refresh that is noted."""
    revision: int = 0
    """Grows with every change; 0 is one that is not stored."""
    since: datetime | None = None
    """When the window began whose refreshes are counted; None where there is none."""
    window: Tally = field(default_factory=Tally)
    breaker: Breaker | None = None
    fault: bool = False
    """Whether its server refuses it: the operator must act. Its breaker is open for that time."""
    next_at: datetime | None = None
    """When the next refresh may go, where there is a rate."""

    def room(self, now: datetime) -> int | None:
        """Return how many refreshes may go now; None is any number.

        None may where the moments of the next minute are taken: it comes again by then.
        """
        if self.next_at is not None and self.next_at - now > SWEEPS_APART:
            return 0
        if self.breaker is None:
            return None
        return 0 if now < self.breaker.probe_at else PROBES

    def held_until(self, now: datetime) -> datetime | None:
        """Return until when refreshes are held back; None if they, or probes, may go."""
        if self.breaker is None or now >= self.breaker.probe_at:
            return None
        return self.breaker.probe_at


def probing(registration: Registration, now: datetime, chance: float) -> Registration:
    """Return the registration with the probes that are due given to whoever stores it.

    Should they never report, others follow after the same pause. Where none are due, nothing
    changes.
    """
    breaker = registration.breaker
    if breaker is None or now < breaker.probe_at:
        return registration
    probe_at = now + _pause(breaker.rounds, chance)
    return replace(registration, breaker=replace(breaker, probe_at=probe_at))


def after_batch(
    registration: Registration, tally: Tally, now: datetime, chance: float, *, probed: bool = False
) -> Registration:
    """Return what a batch of refreshes makes of a registration; the same if that is nothing.

    `probed` says that they were the probes of an open breaker: what else comes in while it is open
    was sent before, and says nothing new. `chance` (0 to 1) spreads the pauses.
    """
    breaker = registration.breaker
    if breaker is not None:
        return _after_probes(registration, breaker, tally, now, chance) if probed else registration
    since, former = registration.since, registration.window
    # Where nothing worked yet the window goes on: of few connections, which wait longer after
    # each failure, two minutes would never see enough.
    if since is None or (now - since >= WINDOW and former.worked):
        since, former = now, Tally()
    if not tally.failures and former.worked >= ENOUGH * former.failures:
        return registration
    window = former.and_also(tally)
    if not window.failing:
        return replace(registration, since=since, window=window)
    opened = Breaker(opened_at=now, probe_at=_later(tally.wait_until, now + _pause(0, chance)))
    return _started_anew(registration, breaker=opened, fault=window.refusing)


def _after_probes(
    registration: Registration, breaker: Breaker, tally: Tally, now: datetime, chance: float
) -> Registration:
    """One probe that works closes the breaker; where all fail, the next ones wait longer."""
    if tally.worked:
        return _started_anew(registration, breaker=None, fault=False)
    if not tally.failures:
        return registration
    rounds = breaker.rounds + 1
    probe_at = _later(tally.wait_until, now + _pause(rounds, chance))
    return replace(
        registration,
        breaker=replace(breaker, probe_at=probe_at, rounds=rounds),
        fault=registration.fault or tally.refused > tally.failed,
    )


def reserved(
    registration: Registration, wanted: int, rate: Rate, now: datetime, latest: datetime
) -> tuple[Registration, tuple[datetime, ...]]:
    """Reserve moments at which refreshes may go: so many, or as many as there are until `latest`.

    What could not wait so long is not reserved: nobody would use it, and all others would wait.
    """
    first = max(now, registration.next_at or now)
    moments = [first + number * rate.apart for number in range(wanted)]
    moments = [each for each in moments if each <= latest]
    if not moments:
        return registration, ()
    return replace(registration, next_at=moments[-1] + rate.apart), tuple(moments)


def seen_through(
    connection: Connection, registration: Registration | None, now: datetime
) -> Connection:
    """Return a connection as it shows itself, given what is known of its registration.

    One that works so far is degraded when its registration is refused, and when its refresh is
    overdue because it is held back.
    """
    if registration is None or connection.status is not Status.ACTIVE:
        return connection
    if registration.fault:
        reason = Reason.OPERATOR_ACTION_REQUIRED
    elif registration.breaker is not None and _overdue(connection, now):
        reason = Reason.PROVIDER_UNAVAILABLE
    else:
        return connection
    return replace(connection, status=Status.DEGRADED, reason=reason)


def _overdue(connection: Connection, now: datetime) -> bool:
    return connection.refresh_at is not None and connection.refresh_at <= now


def _started_anew(
    registration: Registration, *, breaker: Breaker | None, fault: bool
) -> Registration:
    """A breaker that opens or closes ends the window: what comes then is judged by itself."""
    return replace(registration, since=None, window=Tally(), breaker=breaker, fault=fault)


def _pause(rounds: int, chance: float) -> timedelta:
    """Return how long to wait after so many rounds that failed: 1, 2, 4, 8, 10 … minutes."""
    return min(FIRST_PAUSE * (1 << min(rounds, 4)), LONGEST_PAUSE) * (1 + chance / 4)


def _asked_for(failure: Failure) -> timedelta | None:
    waits = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
    if failure.retry_after is None or failure.http_status not in waits:
        return None
    return min(timedelta(seconds=failure.retry_after), LONGEST_PAUSE)


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)
