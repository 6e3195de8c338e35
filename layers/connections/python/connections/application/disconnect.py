"""Disconnect: queue the tokens to be revoked, delete them, say so, and try to revoke them at once.

In this order: killed at any step, nothing is lost that works at the provider, and what was revoked
at once is settled, so that the message that comes a minute later has no work to do.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from connections.application.access_ports import SealedTokens
from connections.application.invocation import Invocation
from connections.application.issuing import issuance_of
from connections.application.ports import (
    Clock,
    Connections,
    Logbook,
    RevocationQueue,
    SealBroken,
    SettledRevocations,
    States,
    Tokens,
)
from connections.application.revoke import BY_HAND, FIRST_DELAY, Revoker
from connections.domain.connection import Connection, Reason
from connections.domain.errors import NotFound, NotOAuth, Unavailable
from connections.domain.grant import Grant, Issuance
from connections.domain.identifiers import ConnectionId, GrantId
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.domain.revocation import Revocation
from connections.oauth.client import OAuthClient

logger = logging.getLogger(__name__)
ATTEMPTS = 5
"""How many refreshes may come in between before the caller is asked to try again."""
AT_ONCE = timedelta(seconds=9)
"""How long it may take, of which the last five seconds are for storing: a call ends before them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disconnecter:
    """Ends connections."""

    connections: Connections
    states: States
    tokens: Tokens
    sealed_tokens: SealedTokens
    revocations: RevocationQueue
    revoker: Revoker
    settlements: SettledRevocations
    logbook: Logbook
    clock: Clock

    def disconnect(self, connection_id: ConnectionId, invocation: Invocation) -> Revocation:
        """End the connection's grant. Disconnecting what is not connected changes nothing.

        Raises:
            NotFound, NotOAuth: there is nothing to disconnect.
            Unavailable: storage does not answer, or the grant changes all the time.
        """
        connection = self.connections.get(connection_id)
        if connection is None:
            raise NotFound("There is no such connection.")
        if not connection.oauth:
            raise NotOAuth("This connection is not an OAuth 2.0 one: there is nothing to end.")
        try:
            grant = self.tokens.get(connection_id)
            if grant is None:
                return self._finish(connection)
            ended = self._end(grant)
        except SealBroken:
            return self._end_unopened(connection)
        revocation = _supported(grant.issuance)
        recorded = self._record(connection, grant.grant_id, Severity.INFO, _WORDS[revocation])
        if revocation is Revocation.NOT_SUPPORTED or not recorded:
            return revocation
        return self._at_once(ended, invocation)

    def _finish(self, connection: Connection) -> Revocation:
        """Finish a disconnect that was cut short after it had deleted the tokens, if there was one.

        What it handed over is being revoked, if the definition has an endpoint for that.
        """
        if connection.grant_id is None:
            if connection.client_credentials and connection.reason is not Reason.DISCONNECTED:
                self._switch_off(connection)
            return Revocation.NOT_SUPPORTED
        found = self.connections.with_inputs(connection.id)
        if found is None:
            raise NotFound("The connection was deleted meanwhile.")
        ended = _supported(issuance_of(found[1]))
        self._record(connection, None, Severity.INFO, _WORDS[ended])
        return ended

    def _switch_off(self, connection: Connection) -> None:
        """Let client credentials not be fetched, which nobody's consent stands for."""
        if not self._record(connection, None, Severity.INFO, SWITCHED_OFF):
            raise Unavailable("The access token is being fetched; try again.")

    def _end_unopened(self, connection: Connection) -> Revocation:
        """End a grant that does not open: it is of no use to anybody, and cannot be revoked."""
        sealed = self.sealed_tokens.get(connection.id)
        if sealed is not None and not self.sealed_tokens.delete(sealed):
            raise Unavailable("The connection is being refreshed; try again.")
        of_grant = sealed.grant_id if sealed else None
        self._record(connection, of_grant, Severity.ERROR, UNOPENED)
        return Revocation.NOT_SUPPORTED

    def _record(
        self, connection: Connection, ended: GrantId | None, severity: Severity, words: str
    ) -> bool:
        now = self.clock.now()
        recorded = self.states.disconnected(connection, now, ended)
        if recorded:
            self.logbook.write(
                LogEntry(
                    connection_id=connection.id,
                    at=now,
                    event=Event.DISCONNECTED,
                    severity=severity,
                    detail=words,
                )
            )
        return recorded

    def _end(self, grant: Grant) -> Sequence[Grant]:
        """Hand the grant over and delete it, at the generation it stands at.

        A refresh may store a successor in between: then that is handed over and deleted too. A
        grant that comes in between is another consent, and stays.

        Returns:
            All generations that were ended; none if there is another consent, with which some
            servers would end the new one.
        """
        supported = _supported(grant.issuance) is Revocation.QUEUED
        ended = [grant]
        for _ in range(ATTEMPTS):
            # Handed over before it is deleted: a crash in between leaves nothing unrevoked.
            if supported:
                self.revocations.send(ended[-1], after=FIRST_DELAY)
            deleted = self.tokens.delete(ended[-1])
            stored = None if deleted else self.tokens.get(grant.connection_id)
            if stored is None:
                return ended
            if stored.grant_id != grant.grant_id:
                return []
            ended.append(stored)
        raise Unavailable("The connection is being refreshed all the time; try again.")

    def _at_once(self, ended: Sequence[Grant], invocation: Invocation) -> Revocation:
        """Try once to revoke what was ended; whatever comes of it, it is disconnected here."""
        if not ended:
            return Revocation.QUEUED
        deadline = min(invocation.deadline, self.clock.now() + AT_ONCE)
        bounded = Invocation(id=invocation.id, deadline=deadline)
        try:
            confirmed = [self.revoker.revoke(grant, bounded) for grant in ended]
        except Unavailable:
            return Revocation.QUEUED
        try:
            self.settlements.settle(ended[-1])
        except Unavailable:
            # It is only revoked once more, which does no harm (RFC 7009 section 2.2).
            logger.warning(
                "revocation-not-settled", extra={"connectionId": ended[-1].connection_id}
            )
        return Revocation.REVOKED if all(confirmed) else Revocation.NOT_SUPPORTED


def _supported(issuance: Issuance) -> Revocation:
    return Revocation.QUEUED if OAuthClient.of(issuance).revokes else Revocation.NOT_SUPPORTED


UNOPENED = (
    "The tokens were deleted here unread: they were not sealed for this connection, or have been"
    " changed in storage. End the app's access in the provider's own settings, and find out who"
    " can write to the table of tokens."
)
SWITCHED_OFF = "There was no access token. None is fetched until the connection is refreshed."
_WORDS = {
    Revocation.QUEUED: "The tokens were deleted here and are being revoked at the provider.",
    Revocation.NOT_SUPPORTED: "The tokens were deleted here. The provider has no revocation"
    f" endpoint. {BY_HAND}",
}
