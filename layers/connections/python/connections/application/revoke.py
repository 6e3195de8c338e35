"""Revoke the tokens of a grant that was ended here."""

import logging
from dataclasses import dataclass

from connections.application.invocation import Invocation
from connections.application.ports import (
    AuthorizationServer,
    Clock,
    Connections,
    Logbook,
    NoAnswer,
    NotSent,
)
from connections.domain.connection import Connection
from connections.domain.errors import Misconfigured, Unavailable
from connections.domain.failure import Failure
from connections.domain.grant import Grant
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.oauth.client import OAuthClient
from connections.oauth.messages import ServerRequest
from connections.oauth.revocation import revocation_failure, revocation_requests

logger = logging.getLogger(__name__)
LEFT_ALONE = (
    "The customer connected again before the former tokens were revoked. They are left alone,"
    " because some providers would end the new consent with them."
)

BY_HAND = "The customer can end the app's access in the provider's own settings."


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoker:
    """Tells authorization servers that tokens are not to work any more (RFC 7009)."""

    connections: Connections
    servers: AuthorizationServer
    logbook: Logbook
    clock: Clock

    def revoke(self, grant: Grant, invocation: Invocation) -> None:
        """Revoke refresh token and access token, and leave a receipt in the connection's log.

        Raises:
            Unavailable: the server did not confirm; revoking again does no harm.
        """
        connection = self.connections.get(grant.connection_id)
        if connection is not None and (connection.grant_id or "") > grant.grant_id:
            # Ids are in the order of time: there is a newer consent, and some servers would end it
            # together with the old one. A state that lags behind shows an older one.
            self._log(connection, Event.REVOCATION_FAILED, Severity.WARNING, LEFT_ALONE)
            return
        try:
            requests = revocation_requests(OAuthClient.of(grant.issuance), grant.tokens)
        except Misconfigured as error:
            # What a grant was issued under never changes: trying again would change nothing.
            words = f"The tokens could not be revoked: {error.failure.explanation}. {BY_HAND}"
            self._log(connection, Event.REVOCATION_FAILED, Severity.ERROR, words)
            return
        for request in requests:
            failure = self._failure(request, invocation)
            if failure is not None:
                self._log(
                    connection,
                    Event.REVOCATION_FAILED,
                    Severity.WARNING,
                    f"A token could not be revoked yet: {failure.explanation}. It is tried again.",
                    failure,
                )
                raise Unavailable("The authorization server did not confirm the revocation.")
        if requests:
            logger.info("grant-revoked", extra={"connectionId": grant.connection_id})
            self._log(
                connection,
                Event.REVOKED,
                Severity.INFO,
                "The provider confirmed that the tokens are revoked.",
            )

    def _failure(self, request: ServerRequest, invocation: Invocation) -> Failure | None:
        try:
            return revocation_failure(self.servers.post(request, invocation.deadline))
        except (NotSent, NoAnswer) as error:
            return error.failure

    def _log(
        self,
        connection: Connection | None,
        event: Event,
        severity: Severity,
        detail: str,
        failure: Failure | None = None,
    ) -> None:
        if connection is None:
            # Of what was deleted nothing is written any more; the receipt is in the function's log.
            return
        self.logbook.write(
            LogEntry(
                connection_id=connection.id,
                at=self.clock.now(),
                event=event,
                severity=severity,
                detail=detail,
                http_status=failure.http_status if failure else None,
            )
        )
