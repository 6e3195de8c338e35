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
from connections.domain.grant import Grant
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
        grant = self.tokens.get(connection_id)
        if grant is None and connection.grant_id is None:
            return Revocation.NOT_SUPPORTED
        ended = self._end(grant) if grant else None
        now = self.clock.now()
        of_grant = grant.grant_id if grant else None
        if self.states.disconnected(connection, now, of_grant) and ended is not None:
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

    def _end(self, grant: Grant) -> Revocation:
        """Hand the grant over and delete it, at the generation it stands at.

        A refresh may store a successor in between: then that is handed over and deleted too. A
        grant that comes in between is another consent, and stays.
        """
        supported = OAuthClient.of(grant.issuance).revoke_url is not None
        for _ in range(ATTEMPTS):
            # Handed over before it is deleted: a crash in between leaves nothing unrevoked.
            if supported:
                self.revocations.send(grant)
            stored = None if self.tokens.delete(grant) else self.tokens.get(grant.connection_id)
            if stored is None or stored.grant_id != grant.grant_id:
                return Revocation.QUEUED if supported else Revocation.NOT_SUPPORTED
            grant = stored
        raise Unavailable("The connection is being refreshed all the time; try again.")


_WORDS = {
    Revocation.QUEUED: "The tokens were deleted here and are being revoked at the provider.",
    Revocation.NOT_SUPPORTED: "The tokens were deleted here. The provider has no revocation"
    " endpoint: the customer can end the app's access in the provider's own settings.",
}
