"""Disconnect: hand the tokens over to be revoked, delete them, and say so."""

from dataclasses import dataclass
from enum import StrEnum

from connections.application.access_ports import SealedTokens
from connections.application.ports import (
    Clock,
    Connections,
    Logbook,
    RevocationQueue,
    SealBroken,
    States,
    Tokens,
)
from connections.application.registration import issuance_of
from connections.domain.connection import Connection
from connections.domain.errors import NotFound, NotOAuth, Unavailable
from connections.domain.grant import Grant, Issuance
from connections.domain.identifiers import ConnectionId, GrantId
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
    sealed_tokens: SealedTokens
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
        try:
            grant = self.tokens.get(connection_id)
            if grant is None:
                return self._finish(connection)
            ended = self._end(grant)
        except SealBroken:
            return self._end_unopened(connection)
        self._record(connection, grant.grant_id, Severity.INFO, _WORDS[ended])
        return ended

    def _finish(self, connection: Connection) -> Revocation:
        """Finish a disconnect that was cut short after it had deleted the tokens, if there was one.

        What it handed over is being revoked, if the definition has an endpoint for that.
        """
        if connection.grant_id is None:
            return Revocation.NOT_SUPPORTED
        found = self.connections.with_inputs(connection.id)
        if found is None:
            raise NotFound("The connection was deleted meanwhile.")
        ended = _supported(issuance_of(found[1]))
        self._record(connection, None, Severity.INFO, _WORDS[ended])
        return ended

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
    ) -> None:
        now = self.clock.now()
        if self.states.disconnected(connection, now, ended):
            self.logbook.write(
                LogEntry(
                    connection_id=connection.id,
                    at=now,
                    event=Event.DISCONNECTED,
                    severity=severity,
                    detail=words,
                )
            )

    def _end(self, grant: Grant) -> Revocation:
        """Hand the grant over and delete it, at the generation it stands at.

        A refresh may store a successor in between: then that is handed over and deleted too. A
        grant that comes in between is another consent, and stays.
        """
        revocation = _supported(grant.issuance)
        for _ in range(ATTEMPTS):
            # Handed over before it is deleted: a crash in between leaves nothing unrevoked.
            if revocation is Revocation.QUEUED:
                self.revocations.send(grant)
            stored = None if self.tokens.delete(grant) else self.tokens.get(grant.connection_id)
            if stored is None or stored.grant_id != grant.grant_id:
                return revocation
            grant = stored
        raise Unavailable("The connection is being refreshed all the time; try again.")


def _supported(issuance: Issuance) -> Revocation:
    return Revocation.QUEUED if OAuthClient.of(issuance).revokes else Revocation.NOT_SUPPORTED


UNOPENED = (
    "The tokens were deleted here unread: they were not sealed for this connection, or have been"
    " changed in storage. End the app's access in the provider's own settings, and find out who"
    " can write to the table of tokens."
)
_WORDS = {
    Revocation.QUEUED: "The tokens were deleted here and are being revoked at the provider.",
    Revocation.NOT_SUPPORTED: "The tokens were deleted here. The provider has no revocation"
    " endpoint: the customer can end the app's access in the provider's own settings.",
}
