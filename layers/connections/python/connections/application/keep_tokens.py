"""Keep what an authorization server issued: the tokens are stored, and the state follows.

What was issued cannot be had again, so it is stored as often as it takes, and rescued where that
fails; what was issued for somebody who is gone is ended.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from connections.application.insisting import insist
from connections.application.ports import (
    Clock,
    Connections,
    RescueQueue,
    RevocationQueue,
    States,
    Tokens,
)
from connections.application.refresh_log import RefreshLog
from connections.application.refresh_outcome import Outcome, Result
from connections.domain.claim import COMMIT_RESERVE
from connections.domain.connection import Connection
from connections.domain.errors import Unavailable
from connections.domain.grant import FORECAST, Grant, refresh_time
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
    rescues: RescueQueue
    log: RefreshLog
    clock: Clock
    chance: Callable[[], float]

    def succeed(
        self, former: Connection, successor: Grant, client: OAuthClient, deadline: datetime
    ) -> Outcome:
        """Store the next generation of a grant, or let it be stored later.

        Rescued, it leaves the claim standing: until it is stored nobody may spend what it follows.

        Raises:
            Unavailable: it could neither be stored nor rescued before the deadline.
        """
        try:
            outcome = self.store(successor, deadline - COMMIT_RESERVE)
        except Unavailable:
            self._rescue(successor, deadline)
            return Outcome(result=Result.RESCUED, grant=successor)
        if outcome.result is Result.REFRESHED:
            self.bring_up(former, successor, client)
        return outcome

    def store(self, successor: Grant, deadline: datetime) -> Outcome:
        """Store the next generation where what it follows is stored; else deal with it.

        Raises:
            Unavailable: storage did not answer, five times or until the deadline.
        """
        if insist(lambda: self.tokens.succeed(successor), self.clock, deadline):
            return Outcome(result=Result.REFRESHED, grant=successor)
        return self._overtaken(successor, deadline)

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
        refresh_at = self._refresh_at(grant, client)
        told = insist(lambda: self._told(former, grant, client, refresh_at), self.clock)
        # Who deletes the connection closes it first: it finds the grant, or it is seen here.
        if told and insist(lambda: self.connections.get(former.id), self.clock) is not None:
            return Outcome(result=Result.REFRESHED, grant=grant)
        # Disconnected or deleted meanwhile: for as long as it lies there it would be handed out.
        insist(lambda: self.tokens.delete(grant), self.clock)
        self._end(grant)
        return Outcome(result=Result.NOT_CONNECTED)

    def bring_up(self, former: Connection, grant: Grant, client: OAuthClient) -> datetime | None:
        """Bring the state up to what is stored, and return when that is due."""
        self._forecast(former, grant, client)
        refresh_at = self._refresh_at(grant, client)
        try:
            self._told(former, grant, client, refresh_at)
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

    def _refresh_at(self, grant: Grant, client: OAuthClient) -> datetime | None:
        return refresh_time(grant, client.renewal, spread=self.chance())

    def _told(
        self, former: Connection, grant: Grant, client: OAuthClient, refresh_at: datetime | None
    ) -> bool:
        # One under inputs that have changed since goes its own way: others are not held back by it.
        same = grant.issuance.inputs_digest == former.inputs_digest
        registration = client.registration if same else None
        return self.states.refreshed(former, grant, refresh_at, self.clock.now(), registration)

    def _forecast(self, former: Connection, grant: Grant, client: OAuthClient) -> None:
        """Say once that the consent is about to end, whatever is done.

        Before the state is brought up: cut short in between, it is said again and not left out.
        """
        ends_at, before = grant.ends_at(client.renewal), former.last_refreshed_at
        if ends_at is None or grant.tokens.issued_at < ends_at - FORECAST:
            return
        if before is None or before < ends_at - FORECAST:
            self.log.expiring(former, ends_at)

    def _end(self, fetched: Grant) -> None:
        """End at the server what was fetched for nobody, and is not stored any more."""
        try:
            end_at_server(fetched, self.revocations, self.clock)
        except Unavailable:
            orphaned("not-revoked", connectionId=fetched.connection_id)
            raise

    def _rescue(self, successor: Grant, deadline: datetime) -> None:
        told = {"connectionId": successor.connection_id, "generation": successor.generation}
        try:
            insist(lambda: self.rescues.send(successor), self.clock, deadline)
        except Unavailable:
            orphaned("not-stored", **told)
            raise
        logger.warning("token-set-rescued", extra=told)

    def _overtaken(self, successor: Grant, deadline: datetime) -> Outcome:
        """Deal with what the server issued for a grant that is not stored any more."""
        stored = insist(lambda: self.tokens.get(successor.connection_id), self.clock, deadline)
        if stored is None:
            # The consent was withdrawn: what was issued late is ended like the rest of it.
            end_at_server(successor, self.revocations, self.clock, deadline)
            return Outcome(result=Result.NOT_CONNECTED)
        if stored.grant_id != successor.grant_id and successor.tokens.refresh_token is not None:
            # Connected anew: the old grant is left alone, some servers would end the new with it.
            orphaned("superseded", connectionId=successor.connection_id)
        return Outcome(result=Result.CURRENT, grant=stored)


def orphaned(cause: str, **told: object) -> None:
    """Tell the operator of what may work at its server and not be stored here; nobody ends it."""
    # The error beneath it is not told: its words are foreign.
    logger.error("grant-orphaned", extra={**told, "cause": cause})


def end_at_server(
    grant: Grant, revocations: RevocationQueue, clock: Clock, deadline: datetime | None = None
) -> None:
    """Let what was issued be revoked, where its server can do that."""
    if OAuthClient.of(grant.issuance, grant.context).revokes:
        insist(lambda: revocations.send(grant), clock, deadline)
