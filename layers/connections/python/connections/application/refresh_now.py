"""Refresh a connection because somebody asks for it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from connections.application.asked_inputs import ALL_INPUTS
from connections.application.completeness import refuse_incomplete
from connections.application.invocation import Invocation
from connections.application.joining import join
from connections.application.ports import Clock, Connections
from connections.application.read_credentials import (
    ANSWER_MARGIN,
    LONGEST_WAIT,
    SWITCHED_OFF,
    refresh_error,
)
from connections.application.refresh import Refresher
from connections.application.refresh_outcome import Outcome, Result
from connections.domain.caller import Caller, Organization
from connections.domain.connection import Connection, Inputs, Status
from connections.domain.errors import (
    ConnectionsError,
    Misconfigured,
    NoRefreshToken,
    NotConnected,
    NotFound,
    NotOAuth,
    ProviderRefused,
)
from connections.domain.failure import FailureKind
from connections.domain.identifiers import ConnectionId
from connections.domain.refresh import Cause, Need
from connections.oauth.stored_definitions import definition_of

_NOT_CONNECTED = "The customer has not connected: send them to CONNECT."


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshNow:
    """One refresh on demand; it joins one that is under way."""

    connections: Connections
    refresher: Refresher
    clock: Clock
    chance: Callable[[], float] = secrets.SystemRandom().random

    def refresh(
        self, connection_id: ConnectionId, caller: Caller, invocation: Invocation
    ) -> tuple[Connection, Inputs]:
        """Refresh, and return the connection as it is then.

        A customer is not told what only the operator can mend.

        Raises:
            NotFound, NotOAuth, NotConnected: there is nothing to refresh.
            ConfigurationIncomplete: client credentials are not complete.
            NoRefreshToken: the server never gave one.
            Misconfigured: the values do not make the URL that refreshes.
            ProviderRefused: the authorization server refuses the grant or the app.
            Unavailable: it cannot be told yet, or the server asks to wait.
        """
        found = self.connections.get(connection_id)
        if found is None:
            raise NotFound("There is no such connection.")
        if not found.oauth:
            raise NotOAuth("This connection is not an OAuth 2.0 one: there is nothing to refresh.")
        if found.client_credentials:
            self._refuse_incomplete(connection_id)
        since = self.clock.now()
        give_up = min(since + LONGEST_WAIT, invocation.deadline - ANSWER_MARGIN)
        need = Need(cause=Cause.DEMANDED, since=since, seen=(found.grant_id, found.generation))
        outcome = join(
            lambda: self.refresher.refresh(connection_id, need, invocation),
            lambda: self.connections.get(connection_id),
            self.clock,
            give_up,
            lambda: 0.05 + 0.15 * self.chance(),
        )
        if outcome.result is Result.BUSY:
            raise NotFound("The connection was deleted meanwhile.")
        if not outcome.fresh:
            raise self._error(found, outcome, caller)
        refreshed = self.connections.with_inputs(connection_id)
        if refreshed is None:
            raise NotFound("The connection was deleted meanwhile.")
        return refreshed

    def _refuse_incomplete(self, connection_id: ConnectionId) -> None:
        found = self.connections.with_inputs(connection_id)
        if found is None:
            raise NotFound("The connection was deleted meanwhile.")
        inputs = found[1]
        refuse_incomplete(definition_of(inputs.definition), inputs, ALL_INPUTS)

    def _error(self, found: Connection, outcome: Outcome, caller: Caller) -> ConnectionsError:
        if outcome.result is Result.NOT_CONNECTED:
            fetched = found.client_credentials
            return NotConnected(SWITCHED_OFF if fetched else _NOT_CONNECTED)
        grant, now = outcome.grant, self.clock.now()
        if not found.client_credentials and grant and grant.tokens.refresh_token is None:
            if grant.tokens.alive(now):
                return NoRefreshToken("The authorization server gave no refresh token.")
            return refresh_error(outcome, now)
        failure = outcome.failure
        # Of what never worked, which is pending, everybody is told: it may be their own.
        for_operator = outcome.status is Status.DEGRADED and not isinstance(caller, Organization)
        if for_operator and failure and failure.kind is FailureKind.CLIENT:
            return refresh_error(outcome, now)
        if failure and failure.remedy:
            return Misconfigured(failure)
        if failure and failure.kind in {FailureKind.GRANT, FailureKind.CLIENT}:
            return ProviderRefused(
                f"The refresh failed: {failure.explanation}. The connection's log says what to do."
            )
        return refresh_error(outcome, now)
