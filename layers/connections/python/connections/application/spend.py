"""Obtain the next token set: send what is spent for it, and deal with whatever comes of that."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connections.application.current_secret import CurrentSecrets
from connections.application.discover import Discoverer
from connections.application.gate import Gate
from connections.application.keep_tokens import TokenKeeper
from connections.application.ports import (
    AuthorizationServer,
    Clock,
    Connections,
    NoAnswer,
    NotSent,
    SealBroken,
    States,
)
from connections.application.refresh_attempt import Attempt
from connections.application.refresh_log import RefreshLog
from connections.application.refresh_outcome import Outcome, Result
from connections.application.remedies import (
    APP_RENEWED,
    FETCHED,
    REFRESHED_AGAIN,
    TAKEN_UP,
)
from connections.domain.claim import COMMIT_RESERVE
from connections.domain.connection import Status
from connections.domain.errors import ConnectionsError, Misconfigured
from connections.domain.failed_refresh import after_failure
from connections.domain.failure import Failure, FailureKind
from connections.domain.grant import Grant, TokenSet
from connections.domain.identifiers import Randomness, grant_id
from connections.domain.log_entry import Event, Severity
from connections.oauth.messages import ServerRequest
from connections.oauth.token_request import credentials_request, refresh_request
from connections.oauth.token_response import TokenRequestFailed, token_set

REUSE_MARGIN = timedelta(seconds=2)
"""What a second request may take to arrive, at the end of a server's grace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spender:
    """What the holder of a claim does with it."""

    connections: Connections
    states: States
    servers: AuthorizationServer
    discoverer: Discoverer
    keeper: TokenKeeper
    log: RefreshLog
    clock: Clock
    randomness: Randomness
    chance: Callable[[], float]
    gate: Gate

    def spend(self, attempt: Attempt, grant: Grant, *, outdated: bool) -> Outcome:
        """Send the refresh token, or what else renews the access token.

        Raises:
            Unavailable: what came could be neither stored nor rescued; or a failure not recorded.
        """
        # Another registration's answers are not mixed with this one's.
        before = None if outdated else grant.tokens
        try:
            attempt = attempt.described(self.discoverer)
            # The second look established that there is what refreshes it.
            request = refresh_request(attempt.client, grant.tokens, now=self.clock.now())
            tokens = self._answered(attempt, request, before)
        except (NotSent, NoAnswer, TokenRequestFailed, Misconfigured) as error:
            if instead := self._instead(attempt, grant, error.failure):
                return self.spend(instead, grant, outdated=outdated)
            return self.failed(attempt, grant, error.failure)
        successor = grant.succeeded_by(tokens, attempt.issuance)
        outcome = self.keeper.succeed(attempt.former, successor, attempt.client, attempt.deadline)
        if outcome.result is Result.REFRESHED:
            self._say(attempt, grant, outdated=outdated)
        return outcome

    def fetch(self, attempt: Attempt) -> Outcome:
        """Fetch the first token set of client credentials.

        Raises:
            Unavailable: it could not be stored, or a failure not recorded.
        """
        former, now = attempt.former, self.clock.now()
        try:
            attempt = attempt.described(self.discoverer)
            tokens = self._answered(attempt, credentials_request(attempt.client, now=now), None)
        except (NotSent, NoAnswer, TokenRequestFailed, Misconfigured) as error:
            return self.failed(attempt, None, error.failure)
        grant = Grant(
            connection_id=former.id,
            grant_id=grant_id(now, self.randomness),
            generation=1,
            tokens=tokens,
            issuance=attempt.issuance,
        )
        outcome = self.keeper.begin(former, grant, attempt.client, attempt.deadline)
        if outcome.result is Result.REFRESHED:
            self.log.wrote(former, Event.CONNECTED, Severity.INFO, FETCHED)
        return outcome

    def failed(self, attempt: Attempt, spent: Grant | None, failure: Failure) -> Outcome:
        """Record a failure, if what was spent is still what is stored."""
        former, client, now = attempt.former, attempt.client, self.clock.now()
        if client.credentials is not None:
            failure = failure.without_consent()
        # The loser of a race must not end the winner's grant: whoever holds a claim looks again
        # that the generation it spent is still the one that is stored.
        if failure.kind is FailureKind.GRANT and (winner := self.keeper.winner(former, client)):
            return winner
        chance, request_id = self.chance(), attempt.request_id
        record = after_failure(
            former, spent, failure, now=now, chance=chance, request_id=request_id
        )
        if not self.states.failed(former, record, now):
            # Disconnected or connected anew meanwhile: the failure is of what is gone.
            if (superseded := self.keeper.superseded(former)) is not None:
                return superseded
        elif (former.status, former.reason) != (record.status, record.reason):
            self.log.failed(former, failure, record)
        return Outcome(
            result=Result.FAILED,
            grant=spent,
            failure=failure,
            status=record.status,
            retry_at=record.refresh_at,
        )

    def _say(self, attempt: Attempt, grant: Grant, *, outdated: bool) -> None:
        """Leave an entry where something has changed by a refresh."""
        words = TAKEN_UP if outdated else REFRESHED_AGAIN
        if not outdated and attempt.issuance.values != grant.issuance.values:
            words = APP_RENEWED
        elif not outdated and attempt.former.status is Status.ACTIVE:
            return
        self.log.wrote(attempt.former, Event.REFRESHED, Severity.INFO, words)

    def _instead(self, attempt: Attempt, grant: Grant, failure: Failure) -> Attempt | None:
        """Return the attempt with the client secret that was entered since, if one was refused.

        Nothing is spent by what was refused: a server authenticates the client first.
        """
        if failure.kind is not FailureKind.CLIENT:
            return None
        # Where nothing can be found for whatever reason, the refusal is what there is to record.
        with suppress(ConnectionsError, SealBroken):
            return CurrentSecrets(self.connections).instead(attempt, grant)
        return None

    def _answered(self, attempt: Attempt, asked: ServerRequest, old: TokenSet | None) -> TokenSet:
        """Return the tokens that a request brings, and note what became of it.

        Raises:
            NotSent, NoAnswer, TokenRequestFailed: there are none.
        """
        try:
            tokens = self._insisted(attempt, asked, old)
        except (NotSent, NoAnswer, TokenRequestFailed) as error:
            # What was not tried says nothing of the server.
            if attempt.failure_counts and getattr(error, "unreachable", True):
                by_itself = attempt.client.credentials is not None
                failure = error.failure.without_consent() if by_itself else error.failure
                self.gate.note(attempt.counted, attempt.client.token_host, failure)
            raise
        self.gate.note(attempt.counted, attempt.client.token_host, None)
        return tokens

    def _insisted(self, attempt: Attempt, asked: ServerRequest, old: TokenSet | None) -> TokenSet:
        """Send a request, and once more where that is safe and its answer was lost."""
        sent_at = self.clock.now()
        try:
            return self._sent(attempt, asked, old)
        except (NoAnswer, TokenRequestFailed) as lost:
            if lost.failure.kind is not FailureKind.UNKNOWN or not self._again(attempt, sent_at):
                raise
            first = lost
        try:
            return self._sent(attempt, asked, old)
        except (NotSent, NoAnswer, TokenRequestFailed) as error:
            if error.failure.kind is FailureKind.GRANT:
                raise TokenRequestFailed(replace(error.failure, after_lost_answer=True)) from None
            # Whatever it says, what became of the first is not known.
            raise first from None

    def _sent(self, attempt: Attempt, asked: ServerRequest, old: TokenSet | None) -> TokenSet:
        answer = self.servers.send(asked, attempt.deadline)
        return token_set(attempt.client, answer, former=old)

    def _again(self, attempt: Attempt, sent_at: datetime) -> bool:
        """Tell whether the same refresh token may be sent again by its claim's holder at once."""
        renewal, now = attempt.client.renewal, self.clock.now()
        if attempt.client.credentials is not None:
            return False
        # Its way there takes a moment, too.
        arrives = now + REUSE_MARGIN
        forgiven = renewal.reuse_grace is not None and arrives < sent_at + renewal.reuse_grace
        in_time = now + attempt.client.longest_call <= attempt.deadline - COMMIT_RESERVE
        return in_time and (renewal.reuse_is_safe or forgiven)
