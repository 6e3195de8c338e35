"""Refresh one connection: claim, look again, spend, store, and only then say so.

The decisions are in `domain.refresh`; here they meet the world. A message, a reader or a person may
ask for a refresh at any time and any number of times: the claim and the second look decide.
Client credentials are fetched here for the first time, too: nobody consents to them.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never

from connections.application.client_credentials import CurrentIssuances
from connections.application.discover import Discoverer
from connections.application.invocation import Invocation
from connections.application.keep_tokens import TokenKeeper
from connections.application.ports import (
    AuthorizationServer,
    Clock,
    Connections,
    Logbook,
    NoAnswer,
    NotSent,
    RevocationQueue,
    States,
    Tokens,
)
from connections.application.refresh_attempt import Attempt
from connections.application.refresh_log import RefreshLog
from connections.application.refresh_outcome import Outcome, Result
from connections.application.remedies import (
    DISCONNECT_FINISHED,
    FETCHED,
    REFRESHED_AGAIN,
    TAKEN_UP,
)
from connections.domain.claim import Claim, claim_end
from connections.domain.connection import Connection, Status
from connections.domain.errors import Misconfigured
from connections.domain.failure import Failure, FailureKind
from connections.domain.grant import Grant, TokenSet
from connections.domain.identifiers import ConnectionId, Randomness, grant_id
from connections.domain.log_entry import Event, Severity
from connections.domain.refresh import (
    Need,
    Step,
    after_claiming,
    after_failure,
    asked_to_wait,
    hold_time,
)
from connections.oauth.client import OAuthClient
from connections.oauth.messages import ServerRequest
from connections.oauth.token_request import credentials_request, refresh_request
from connections.oauth.token_response import TokenRequestFailed, token_set

LEAST_TIME = timedelta(seconds=16)
"""What a refresh needs at the most: the whole time of a call, and time to store its answer."""


_ENDED = Failure(
    kind=FailureKind.GRANT, explanation="the access token has ended and nothing renews it"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresher:
    """The one place that spends refresh tokens."""

    connections: Connections
    states: States
    tokens: Tokens
    servers: AuthorizationServer
    discoverer: Discoverer
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
            Misconfigured: a definition that was stored breaks a rule.
            SealBroken: the stored grant or inputs are not this connection's.
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
            issuance = self._issuances.of(former, grant, need)
            context = grant.context if grant else None
            client = OAuthClient.of(issuance, context) if issuance else None
            self.tokens.ready()
        except Exception:
            # Nothing was sent: whatever it was, the claim must not look as if something had been.
            self.states.released(former, former.refresh_at)
            raise
        if issuance is None or client is None:
            outcome = self._without_grant(former)
        elif client.slowness and invocation.deadline - self.clock.now() < (
            LEAST_TIME + client.slowness
        ):
            # Sent, it would be cut short, and whether the server acted would not be known.
            self.states.released(former, former.refresh_at)
            outcome = Outcome(result=Result.BUSY)
        else:
            attempt = Attempt(
                former=former, issuance=issuance, client=client, deadline=invocation.deadline
            )
            outcome = self._act(attempt, grant, need) if grant else self._fetch(attempt, need)
        self._issuances.look_again(former, claim)
        return outcome

    @property
    def _issuances(self) -> CurrentIssuances:
        return CurrentIssuances(self.connections, self.states, self.clock)

    @property
    def _keeper(self) -> TokenKeeper:
        return TokenKeeper(
            connections=self.connections,
            states=self.states,
            tokens=self.tokens,
            revocations=self.revocations,
            clock=self.clock,
            chance=self.chance,
        )

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

    def _act(self, attempt: Attempt, grant: Grant, need: Need) -> Outcome:
        """Do what the second look says."""
        former, client, now = attempt.former, attempt.client, self.clock.now()
        outdated = attempt.issuance.inputs_digest != grant.issuance.inputs_digest
        step = after_claiming(former, grant, need, client.renewal, now=now, outdated=outdated)
        match step:
            case Step.MEND:
                refresh_at = self._keeper.bring_up(former, grant, client)
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
                return self._failed(attempt, grant, _ENDED)
            case Step.SPEND:
                return self._spend(attempt, grant, outdated=outdated)
            case _:
                assert_never(step)

    def _released(self, former: Connection, grant: Grant, need: Need) -> Outcome:
        self.states.released(former, former.refresh_at)
        satisfied = need.satisfied_by(grant, former.refresh_at, self.clock.now())
        result = Result.CURRENT if satisfied else Result.HELD
        return Outcome(result=result, grant=grant, status=former.status, retry_at=former.refresh_at)

    def _spend(self, attempt: Attempt, grant: Grant, *, outdated: bool) -> Outcome:
        former = attempt.former
        # Another registration's answers are not mixed with this one's.
        before = None if outdated else grant.tokens
        try:
            attempt = attempt.described(self.discoverer)
            # The second look established that there is what refreshes it.
            request = refresh_request(attempt.client, grant.tokens, now=self.clock.now())
            tokens = self._answered(attempt, request, before)
        except (NotSent, NoAnswer, TokenRequestFailed, Misconfigured) as error:
            return self._failed(attempt, grant, error.failure)
        successor = grant.succeeded_by(tokens, attempt.issuance)
        outcome = self._keeper.succeed(former, successor, attempt.client, attempt.deadline)
        if outcome.result is Result.REFRESHED and (outdated or former.status is not Status.ACTIVE):
            words = TAKEN_UP if outdated else REFRESHED_AGAIN
            self._log.wrote(former, Event.REFRESHED, Severity.INFO, words)
        return outcome

    def _fetch(self, attempt: Attempt, need: Need) -> Outcome:
        """Fetch the first token set of client credentials."""
        former, now = attempt.former, self.clock.now()
        if asked_to_wait(former, need, now):
            self.states.released(former, former.refresh_at)
            return Outcome(result=Result.HELD, status=former.status, retry_at=former.refresh_at)
        try:
            attempt = attempt.described(self.discoverer)
            tokens = self._answered(attempt, credentials_request(attempt.client, now=now), None)
        except (NotSent, NoAnswer, TokenRequestFailed, Misconfigured) as error:
            return self._failed(attempt, None, error.failure)
        grant = Grant(
            connection_id=former.id,
            grant_id=grant_id(now, self.randomness),
            generation=1,
            tokens=tokens,
            issuance=attempt.issuance,
        )
        outcome = self._keeper.begin(former, grant, attempt.client, attempt.deadline)
        if outcome.result is Result.REFRESHED:
            self._log.wrote(former, Event.CONNECTED, Severity.INFO, FETCHED)
        return outcome

    def _answered(self, attempt: Attempt, asked: ServerRequest, old: TokenSet | None) -> TokenSet:
        answer = self.servers.send(asked, attempt.deadline)
        return token_set(attempt.client, answer, former=old)

    def _failed(self, attempt: Attempt, spent: Grant | None, failure: Failure) -> Outcome:
        former, client, now = attempt.former, attempt.client, self.clock.now()
        if client.credentials is not None:
            failure = failure.without_consent()
        # The loser of a race must not end the winner's grant: whoever holds a claim looks again
        # that the generation it spent is still the one that is stored.
        if failure.kind is FailureKind.GRANT and (winner := self._keeper.winner(former, client)):
            return winner
        record = after_failure(former, spent, failure, now=now, chance=self.chance())
        if not self.states.failed(former, record, now):
            # Disconnected or connected anew meanwhile: the failure is of what is gone.
            if (superseded := self._keeper.superseded(former)) is not None:
                return superseded
        elif (former.status, former.reason) != (record.status, record.reason):
            self._log.failed(former, failure, record)
        return Outcome(
            result=Result.FAILED,
            grant=spent,
            failure=failure,
            status=record.status,
            retry_at=record.refresh_at,
        )
