"""Refresh one connection: claim, look again, spend, store, and only then say so.

The decisions are in `domain.refresh`; here they meet the world. A message, a reader or a person may
ask for a refresh at any time and any number of times: the claim and the second look decide.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from connections.application.insisting import insist
from connections.application.invocation import Invocation
from connections.application.ports import (
    AuthorizationServer,
    Clock,
    Logbook,
    NoAnswer,
    NotSent,
    RevocationQueue,
    States,
    Tokens,
)
from connections.application.refresh_outcome import Outcome, Result
from connections.application.remedies import DISCONNECT_FINISHED, REFRESH_REMEDIES
from connections.domain.claim import Claim, claim_end
from connections.domain.connection import Connection, Status
from connections.domain.errors import Misconfigured, Unavailable
from connections.domain.failure import Failure, FailureKind
from connections.domain.grant import Grant, refresh_time
from connections.domain.identifiers import ConnectionId, Randomness
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.domain.refresh import (
    FailureRecord,
    Need,
    Step,
    after_claiming,
    after_failure,
    ahead,
    hold_time,
)
from connections.oauth.client import OAuthClient
from connections.oauth.token import TokenRequestFailed, refresh_request, token_set

logger = logging.getLogger(__name__)
LEAST_TIME = timedelta(seconds=16)
"""What a refresh needs at the most: the whole time of a call, and time to store its answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresher:
    """The one place that spends refresh tokens."""

    states: States
    tokens: Tokens
    servers: AuthorizationServer
    revocations: RevocationQueue
    logbook: Logbook
    clock: Clock
    randomness: Randomness = secrets.token_bytes
    chance: Callable[[], float] = secrets.SystemRandom().random

    def refresh(self, connection_id: ConnectionId, need: Need, invocation: Invocation) -> Outcome:
        """Refresh the connection if that is needed, possible and safe.

        Raises:
            Unavailable: storage does not answer; what was obtained is not lost by it, or is on
                record as unknown.
            SealBroken: the stored grant is not this connection's.
        """
        if invocation.deadline - self.clock.now() < LEAST_TIME:
            return Outcome(result=Result.BUSY)
        # A name of its own for each claim: one invocation makes many.
        holder = f"{invocation.id}/{self.randomness(8).hex()}"
        claim = Claim(holder=holder, until=claim_end(invocation.deadline))
        former = self.states.claim(connection_id, claim, self.clock.now())
        if former is None:
            return Outcome(result=Result.BUSY)
        try:
            grant = self.tokens.get(connection_id)
            client = OAuthClient.of(grant.issuance) if grant else None
            self.tokens.ready()
        except Exception:
            # Nothing was sent: whatever it was, the claim must not look as if something had been.
            self.states.released(former, former.refresh_at)
            raise
        if grant is None or client is None:
            return self._without_grant(former)
        return self._act(former, grant, client, need, invocation)

    def _without_grant(self, former: Connection) -> Outcome:
        if former.grant_id is None:
            self.states.released(former, former.refresh_at)
        elif self.states.disconnected(former, self.clock.now()):
            # A disconnect was cut short after it had deleted the tokens: this finished it.
            self._log(former, Event.DISCONNECTED, Severity.INFO, DISCONNECT_FINISHED)
        return Outcome(result=Result.NOT_CONNECTED)

    def _act(
        self,
        former: Connection,
        grant: Grant,
        client: OAuthClient,
        need: Need,
        invocation: Invocation,
    ) -> Outcome:
        """Do what the second look says."""
        now = self.clock.now()
        step = after_claiming(former, grant, need, reuse_is_safe=client.reuse_is_safe, now=now)
        match step:
            case Step.MEND:
                refresh_at = self._bring_up(former, grant, client)
                # Brought up, it may still not last long enough: whoever needs more looks again.
                enough = need.satisfied_by(grant, refresh_at, now)
                return Outcome(result=Result.CURRENT if enough else Result.BUSY, grant=grant)
            case Step.RELEASE:
                return self._released(former, grant, need)
            case Step.HOLD:
                retry_at = hold_time(grant, now)
                self.states.released(former, retry_at)
                return Outcome(result=Result.HELD, grant=grant, retry_at=retry_at)
            case Step.END:
                ended = "the access token has ended and the server gave no refresh token"
                failure = Failure(kind=FailureKind.GRANT, explanation=ended)
                return self._failed(former, grant, client, failure)
            case Step.SPEND:
                return self._spend(former, grant, client, invocation)
            case _:
                assert_never(step)

    def _released(self, former: Connection, grant: Grant, need: Need) -> Outcome:
        self.states.released(former, former.refresh_at)
        satisfied = need.satisfied_by(grant, former.refresh_at, self.clock.now())
        return Outcome(
            result=Result.CURRENT if satisfied else Result.HELD,
            grant=grant,
            status=former.status,
            retry_at=former.refresh_at,
        )

    def _spend(
        self, former: Connection, grant: Grant, client: OAuthClient, invocation: Invocation
    ) -> Outcome:
        try:
            # The second look established that there is a refresh token.
            request = refresh_request(client, grant.tokens.refresh_token or "")
            answer = self.servers.post(request, invocation.deadline)
            tokens = token_set(client, answer, former=grant.tokens)
        except (NotSent, NoAnswer, TokenRequestFailed, Misconfigured) as error:
            return self._failed(former, grant, client, error.failure)
        successor = grant.succeeded_by(tokens)
        # It cannot be had again: what was issued is stored as often as it takes.
        if not insist(lambda: self.tokens.succeed(successor), self.clock, invocation.deadline):
            return self._overtaken(successor, invocation)
        self._bring_up(former, successor, client)
        if former.status is not Status.ACTIVE:
            self._log(former, Event.REFRESHED, Severity.INFO, "The tokens are refreshed again.")
        return Outcome(result=Result.REFRESHED, grant=successor)

    def _overtaken(self, successor: Grant, invocation: Invocation) -> Outcome:
        """Deal with what the server issued for a grant that is not stored any more."""
        deadline = invocation.deadline
        stored = insist(lambda: self.tokens.get(successor.connection_id), self.clock, deadline)
        if stored is None:
            # The consent was withdrawn: what was issued late is ended like the rest of it.
            if OAuthClient.of(successor.issuance).revokes:
                insist(lambda: self.revocations.send(successor), self.clock, deadline)
            return Outcome(result=Result.NOT_CONNECTED)
        # Connected anew. The old grant is left alone: some servers would end the new with it.
        logger.warning("superseded-grant", extra={"connectionId": successor.connection_id})
        return Outcome(result=Result.CURRENT, grant=stored)

    def _bring_up(self, former: Connection, grant: Grant, client: OAuthClient) -> datetime | None:
        refresh_at = refresh_time(
            grant.tokens, refresh_buffer=client.refresh_buffer, spread=self.chance()
        )
        try:
            self.states.refreshed(former, grant, refresh_at, self.clock.now())
        except Unavailable:
            # The tokens are stored and the claim ends by itself: whoever is next mends the state.
            logger.warning("state-not-brought-up", extra={"connectionId": former.id})
        return refresh_at

    def _failed(
        self, former: Connection, spent: Grant, client: OAuthClient, failure: Failure
    ) -> Outcome:
        now = self.clock.now()
        # The loser of a race must not end the winner's grant: whoever holds a claim looks again
        # that the generation it spent is still the one that is stored.
        dead = failure.kind is FailureKind.GRANT
        if dead and (superseded := self._superseded(former)) is not None:
            if superseded.grant is not None:
                self._bring_up(former, superseded.grant, client)
            return superseded
        record = after_failure(former, spent, failure, now=now, chance=self.chance())
        if not self.states.failed(former, record, now):
            # Disconnected or connected anew meanwhile: the failure is of what is gone.
            if (superseded := self._superseded(former)) is not None:
                return superseded
        elif (former.status, former.reason) != (record.status, record.reason):
            self._log_failure(former, failure, record)
        return Outcome(
            result=Result.FAILED,
            grant=spent,
            failure=failure,
            status=record.status,
            retry_at=record.refresh_at,
        )

    def _superseded(self, former: Connection) -> Outcome | None:
        """Return what is stored in place of what was spent; None if that still stands there."""
        stored = insist(lambda: self.tokens.get(former.id), self.clock)
        if stored is None:
            return Outcome(result=Result.NOT_CONNECTED)
        return Outcome(result=Result.CURRENT, grant=stored) if ahead(stored, former) else None

    def _log_failure(self, former: Connection, failure: Failure, record: FailureRecord) -> None:
        dead = record.status is Status.RECONNECT_REQUIRED
        self._log(
            former,
            Event.RECONNECT_REQUIRED if dead else Event.REFRESH_FAILED,
            Severity.ERROR if dead else Severity.WARNING,
            f"The refresh failed: {failure.explanation}. "
            + (failure.remedy or REFRESH_REMEDIES[record.reason]),
            failure,
        )

    def _log(
        self,
        former: Connection,
        event: Event,
        severity: Severity,
        detail: str,
        failure: Failure | None = None,
    ) -> None:
        self.logbook.write(
            LogEntry(
                connection_id=former.id,
                at=self.clock.now(),
                event=event,
                severity=severity,
                detail=detail,
                http_status=failure.http_status if failure else None,
                provider_error=failure.provider_error if failure else None,
            )
        )
