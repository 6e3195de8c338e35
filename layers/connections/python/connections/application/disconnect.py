"""Disconnect: hand the tokens over to be revoked, delete them, and say so."""

from dataclasses import dataclass
from enum import StrEnum

from connections.application.ports import (
    Clock,
    Connections,
    Logbook,
    RevocationQueue,
    States,
    Tokens,
)
from connections.domain.errors import NotFound, NotOAuth, Unavailable
from connections.domain.identifiers import ConnectionId
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.oauth.client import OAuthClient

ATTEMPTS = 5
"""How many refreshes may come in between before the caller is asked to try again."""


class Revocation(StrEnum):
    """What happens to the tokens at the authorization server."""

    QUEUED = "queued"
    NOT_SUPPORTED = "not-supported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disconnecter:
    """Ends connections."""

    connections: Connections
    states: States
    tokens: Tokens
    revocations: RevocationQueue
    logbook: Logbook
    clock: Clock

    def disconnect(self, connection_id: ConnectionId) -> Revocation:
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
        ended = self._end(connection_id)
        if ended is None and connection.grant_id is None:
            return Revocation.NOT_SUPPORTED
        now = self.clock.now()
        if self.states.disconnected(connection, now) and ended is not None:
            self.logbook.write(
                LogEntry(
                    connection_id=connection_id,
                    at=now,
                    event=Event.DISCONNECTED,
                    severity=Severity.INFO,
                    detail=_WORDS[ended],
                )
            )
        return ended or Revocation.NOT_SUPPORTED

    def _end(self, connection_id: ConnectionId) -> Revocation | None:
        """Hand the grant over and delete it, at the generation it stands at; None: there is none.

        A refresh may store a successor in between: then that is handed over and deleted too. A
        grant that comes in between is another consent, and stays.
        """
        ended: Revocation | None = None
        grant = self.tokens.get(connection_id)
        for _ in range(ATTEMPTS):
            if grant is None:
                return ended
            ended = Revocation.NOT_SUPPORTED
            # Handed over before it is deleted: a crash in between leaves nothing unrevoked.
            if OAuthClient.of(grant.issuance).revoke_url:
                self.revocations.send(grant)
                ended = Revocation.QUEUED
            if self.tokens.delete(grant):
                return ended
            stored = self.tokens.get(connection_id)
            grant = stored if stored and stored.grant_id == grant.grant_id else None
        raise Unavailable("The connection is being refreshed all the time; try again.")


_WORDS = {
    Revocation.QUEUED: "The tokens were deleted here and are being revoked at the provider.",
    Revocation.NOT_SUPPORTED: "The tokens were deleted here. The provider has no revocation"
    " endpoint: the customer can end the app's access in the provider's own settings.",
}
