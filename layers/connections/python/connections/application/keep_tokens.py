"""Keep what an authorization server issued: the tokens are stored, and the state follows.

What was issued cannot be had again, so it is stored as often as it takes; what was issued for
somebody who is gone is ended.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from connections.application.insisting import insist
from connections.application.ports import Clock, Connections, RevocationQueue, States, Tokens
from connections.application.refresh_outcome import Outcome, Result
from connections.domain.connection import Connection
from connections.domain.errors import Unavailable
from connections.domain.grant import Grant, refresh_time
from connections.domain.refresh import ahead
from connections.oauth.client import OAuthClient

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKeeper:
    """Stores token sets under the claim that `former` precedes."""

    connections: Connections
    states: States
    tokens: Tokens
    revocations: RevocationQueue
    clock: Clock
    chance: Callable[[], float]

    def succeed(
        self, former: Connection, successor: Grant, client: OAuthClient, deadline: datetime
    ) -> Outcome:
        """Store the next generation of a grant.

        Raises:
            Unavailable: it could not be stored within the deadline.
        """
        if not insist(lambda: self.tokens.succeed(successor), self.clock, deadline):
            return self._overtaken(successor, deadline)
        self.bring_up(former, successor, client)
        return Outcome(result=Result.REFRESHED, grant=successor)

    def begin(
        self, former: Connection, grant: Grant, client: OAuthClient, deadline: datetime
    ) -> Outcome:
        """Store a grant where there was none.

        Raises:
            Unavailable: it could not be stored within the deadline.
        """
        # Switched off and on again meanwhile, somebody else may have stored another.
        if not insist(lambda: self.tokens.begin(grant, in_place=False), self.clock, deadline):
            return self._overtaken(grant, deadline)
        refresh_at = refresh_time(grant.tokens, client.renewal, spread=self.chance())
        now = self.clock.now()
        told = insist(lambda: self.states.refreshed(former, grant, refresh_at, now), self.clock)
        # Who deletes the connection closes it first: it finds the grant, or it is seen here.
        if told and insist(lambda: self.connections.get(former.id), self.clock) is not None:
            return Outcome(result=Result.REFRESHED, grant=grant)
        # Disconnected or deleted meanwhile.
        let_go(grant, self.tokens, self.revocations, self.clock)
        return Outcome(result=Result.NOT_CONNECTED)

    def bring_up(self, former: Connection, grant: Grant, client: OAuthClient) -> datetime | None:
        """Bring the state up to what is stored, and return when that is due."""
        refresh_at = refresh_time(grant.tokens, client.renewal, spread=self.chance())
        try:
            self.states.refreshed(former, grant, refresh_at, self.clock.now())
        except Unavailable:
            # The tokens are stored and the claim ends by itself: whoever is next mends the state.
            logger.warning("state-not-brought-up", extra={"connectionId": former.id})
        return refresh_at

    def superseded(self, former: Connection) -> Outcome | None:
        """Return what is stored in place of what was spent; None if that still stands there."""
        stored = insist(lambda: self.tokens.get(former.id), self.clock)
        if stored is None:
            return Outcome(result=Result.NOT_CONNECTED)
        return Outcome(result=Result.CURRENT, grant=stored) if ahead(stored, former) else None

    def winner(self, former: Connection, client: OAuthClient) -> Outcome | None:
        """Return what superseded that which was spent, with the state brought up to it."""
        superseded = self.superseded(former)
        if superseded is not None and superseded.grant is not None:
            self.bring_up(former, superseded.grant, client)
        return superseded

    def _overtaken(self, successor: Grant, deadline: datetime) -> Outcome:
        """Deal with what the server issued for a grant that is not stored any more."""
        stored = insist(lambda: self.tokens.get(successor.connection_id), self.clock, deadline)
        if stored is None:
            # The consent was withdrawn: what was issued late is ended like the rest of it.
            end_at_server(successor, self.revocations, self.clock, deadline)
            return Outcome(result=Result.NOT_CONNECTED)
        # Connected anew. The old grant is left alone: some servers would end the new with it.
        logger.warning("superseded-grant", extra={"connectionId": successor.connection_id})
        return Outcome(result=Result.CURRENT, grant=stored)


def let_go(grant: Grant, tokens: Tokens, revocations: RevocationQueue, clock: Clock) -> None:
    """End a new grant whose connection is gone, or was switched off: nothing of it may stay."""
    end_at_server(grant, revocations, clock)
    insist(lambda: tokens.delete(grant), clock)


def end_at_server(
    grant: Grant, revocations: RevocationQueue, clock: Clock, deadline: datetime | None = None
) -> None:
    """Let what was issued be revoked, where its server can do that."""
    if OAuthClient.of(grant.issuance, grant.context).revokes:
        insist(lambda: revocations.send(grant), clock, deadline)
