"""Refresh one connection: claim, look again, spend, store, and only then say so.

The decisions are in `domain.refresh`; here they meet the world. A message, a reader or a person may
ask for a refresh at any time and any number of times: the claim and the second look decide.
Client credentials are fetched here for the first time, too: nobody consents to them.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from connections.application.clearance import Clearance
from connections.application.client_credentials import CurrentIssuances
from connections.application.discover import Discoverer
from connections.application.gate import Gate
from connections.application.invocation import Invocation
from connections.application.keep_tokens import TokenKeeper
from connections.application.ports import (
    AuthorizationServer,
    Clock,
    Connections,
    Logbook,
    RescueQueue,
    RevocationQueue,
    States,
    Tokens,
)
from connections.application.refresh_attempt import Attempt
from connections.application.refresh_log import RefreshLog
from connections.application.refresh_outcome import Outcome, Result
from connections.application.registration_ports import Registrations
from connections.application.remedies import DISCONNECT_FINISHED
from connections.application.spend import Spender
from connections.domain.claim import LEAST_TIME, Claim, claim_end
from connections.domain.connection import Connection
from connections.domain.errors import Unavailable
from connections.domain.failed_refresh import LONGEST_BACKOFF
from connections.domain.failure import Failure, FailureKind
from connections.domain.grant import Grant, Issuance
from connections.domain.identifiers import ConnectionId, Randomness
from connections.domain.log_entry import Event, Severity
from connections.domain.refresh import (
    Cause,
    Need,
    Step,
    after_claiming,
    asked_to_wait,
    hold_time,
)
from connections.oauth.client import OAuthClient

_ENDED = Failure(
    kind=FailureKind.GRANT, explanation="the access token has ended and nothing renews it"
)


class NotClaimed(Unavailable):
    """Storage did not answer the claim: what was due still is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresher:
    """The one place that spends refresh tokens."""

    connections: Connections
    states: States
    tokens: Tokens
    servers: AuthorizationServer
    discoverer: Discoverer
    registrations: Registrations
    revocations: RevocationQueue
    rescues: RescueQueue
    logbook: Logbook
    clock: Clock
    randomness: Randomness = secrets.token_bytes
    chance: Callable[[], float] = secrets.SystemRandom().random

    def refresh(self, connection_id: ConnectionId, need: Need, invocation: Invocation) -> Outcome:
        """Refresh the connection if that is needed, possible and safe.

        Raises:
            NotClaimed: storage does not answer, and nothing was begun.
            Unavailable: it does not answer later; what was obtained is not lost by it, or is on
                record as unknown.
            Misconfigured: a definition that was stored breaks a rule.
            SealBroken: the stored grant or inputs are not this connection's.
        """
        gate = self.gate()
        try:
            return self.refresh_through(gate, connection_id, need, invocation)
        finally:
            gate.settle()

    def gate(self) -> Gate:
        """Return what lets refreshes pass, for one run of a function; it is settled at its end."""
        return Gate(registrations=self.registrations, clock=self.clock, chance=self.chance)

    def refresh_through(
        self, gate: Gate, connection_id: ConnectionId, need: Need, invocation: Invocation
    ) -> Outcome:
        """Do the same as one of many of this run, which have a gate together."""
        if invocation.deadline - self.clock.now() < LEAST_TIME:
            return Outcome(result=Result.BUSY)
        # A name of its own for each claim: one invocation makes many.
        holder = f"{invocation.id}/{self.randomness(8).hex()}"
        claim = Claim(holder=holder, until=claim_end(invocation.deadline))
        former = self._claimed(connection_id, claim)
        if former is None:
            return Outcome(result=Result.BUSY)
        grant, issuance, client = self._prepared(former, need, claim)
        if issuance is None or client is None:
            outcome = self._without_grant(former)
        elif client.slowness and invocation.deadline - self.clock.now() < (
            LEAST_TIME + client.slowness
        ):
            # Sent, it would be cut short, and whether the server acted would not be known.
            outcome = self._released(former, Result.BUSY)
        else:
            attempt = Attempt(
                former=former,
                issuance=issuance,
                client=client,
                deadline=invocation.deadline,
                request_id=invocation.id,
            )
            outcome = (
                self._act(gate, attempt, grant, need) if grant else self._fetch(gate, attempt, need)
            )
        self._issuances.look_again(former, claim)
        return outcome

    def _claimed(self, connection_id: ConnectionId, claim: Claim) -> Connection | None:
        try:
            return self.states.claim(connection_id, claim, self.clock.now())
        except Unavailable as error:
            raise NotClaimed(str(error)) from error

    def _prepared(
        self, former: Connection, need: Need, claim: Claim
    ) -> tuple[Grant | None, Issuance | None, OAuthClient | None]:
        """Return what is stored and what the next token set is for, ready to be stored.

        Whatever fails here, nothing was sent: the claim must not look as if something had been.
        """
        try:
            grant = self.tokens.get(former.id)
            issuance = self._issuances.of(former, grant, need)
            context = grant.context if grant else None
            client = OAuthClient.of(issuance, context) if issuance else None
            self.tokens.ready()
        except Exception as error:
            again = former.refresh_at
            if again is not None and not isinstance(error, Unavailable):
                # What does not pass by itself is not tried again every minute.
                again = self.clock.now() + LONGEST_BACKOFF
            self.states.released(former, again)
            self._issuances.look_again(former, claim)
            raise
        return grant, issuance, client

    @property
    def keeper(self) -> TokenKeeper:
        """What stores the token sets that are issued."""
        return TokenKeeper(
            connections=self.connections,
            states=self.states,
            tokens=self.tokens,
            revocations=self.revocations,
            rescues=self.rescues,
            log=self._log,
            clock=self.clock,
            chance=self.chance,
        )

    @property
    def _issuances(self) -> CurrentIssuances:
        return CurrentIssuances(self.connections, self.states, self.clock)

    @property
    def _log(self) -> RefreshLog:
        return RefreshLog(logbook=self.logbook, clock=self.clock)

    def _without_grant(self, former: Connection) -> Outcome:
        if former.grant_id is None:
            self.states.released(former, None)
        elif self.states.disconnected(former, self.clock.now()):
            # A disconnect was cut short after it had deleted the tokens: this finished it.
            self._log.wrote(former, Event.DISCONNECTED, Severity.INFO, DISCONNECT_FINISHED)
        return Outcome(result=Result.NOT_CONNECTED)

    def _act(self, gate: Gate, attempt: Attempt, grant: Grant, need: Need) -> Outcome:
        """Do what the second look says."""
        former, client, now = attempt.former, attempt.client, self.clock.now()
        outdated = attempt.issuance.inputs_digest != grant.issuance.inputs_digest
        step = after_claiming(former, grant, need, client.renewal, now=now, outdated=outdated)
        match step:
            case Step.MEND:
                refresh_at = self.keeper.bring_up(former, grant, client)
                # Brought up, it may still not last long enough: whoever needs more looks again.
                enough = need.satisfied_by(grant, refresh_at, now)
                return Outcome(result=Result.CURRENT if enough else Result.BUSY, grant=grant)
            case Step.RELEASE:
                satisfied = need.satisfied_by(grant, former.refresh_at, now)
                return self._released(former, Result.CURRENT if satisfied else Result.HELD, grant)
            case Step.HOLD:
                retry_at = hold_time(former, grant, client.renewal, now)
                self.states.released(former, retry_at)
                return Outcome(result=Result.HELD, grant=grant, retry_at=retry_at)
            case Step.END:
                return self._spender(gate).failed(attempt, grant, _ENDED)
            case Step.SPEND:
                attempt = attempt.counting(grant, need.cause)
                clearance = Clearance(gate=gate, rescues=self.rescues, clock=self.clock)
                if held := clearance.held_until(attempt, grant, need):
                    return self._held_back(former, grant, need, held)
                return self._spender(gate).spend(attempt, grant, outdated=outdated)
            case _:
                assert_never(step)

    def _fetch(self, gate: Gate, attempt: Attempt, need: Need) -> Outcome:
        """Fetch the first token set of client credentials."""
        former = attempt.former
        if asked_to_wait(former, need, self.clock.now()):
            return self._released(former, Result.HELD)
        return self._spender(gate).fetch(attempt)

    def _held_back(self, former: Connection, grant: Grant, need: Need, until: datetime) -> Outcome:
        """Give the claim back; what is due is due as before, and a report becomes due."""
        due = until if need.cause is Cause.REPORTED else former.refresh_at
        self.states.released(former, due)
        return Outcome(result=Result.HELD, grant=grant, status=former.status, retry_at=until)

    def _released(
        self,
        former: Connection,
        result: Result,
        grant: Grant | None = None,
    ) -> Outcome:
        self.states.released(former, former.refresh_at)
        return Outcome(result=result, grant=grant, status=former.status, retry_at=former.refresh_at)

    def _spender(self, gate: Gate) -> Spender:
        return Spender(
            connections=self.connections,
            states=self.states,
            servers=self.servers,
            discoverer=self.discoverer,
            keeper=self.keeper,
            log=self._log,
            clock=self.clock,
            randomness=self.randomness,
            chance=self.chance,
            gate=gate,
        )
