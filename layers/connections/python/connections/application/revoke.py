"""Revoke the tokens of a grant that was ended here."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from connections.application.invocation import Invocation
from connections.application.ports import (
    AuthorizationServer,
    Clock,
    Connections,
    Logbook,
    NoAnswer,
    NotSent,
    SettledRevocations,
)
from connections.domain.connection import Connection
from connections.domain.errors import Misconfigured, Unavailable
from connections.domain.failure import Failure, FailureKind
from connections.domain.grant import Grant
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.oauth.client import OAuthClient
from connections.oauth.revocation import (
    introspection_requests,
    revocation_failure,
    revocation_requests,
    tokens_to_end,
    works,
)

logger = logging.getLogger(__name__)
FIRST_DELAY = timedelta(minutes=1)
"""After which a grant comes out of the queue that was tried at once: longer than that can take."""
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 180, 360, 360, 360))
"""Between one try of the queue and the next: about a day in all. Amazon SQS hides a message for 12
hours at most."""
TRIES = len(DELAYS) + 1
"""After so many a message is a dead letter; the queue's `maxReceiveCount` is the same."""
LEFT_ALONE = (
    "The customer connected again before the former tokens were revoked. They are left alone,"
    " because some providers would end the new consent with them."
)
BY_HAND = "The customer can end the app's access in the provider's own settings."
_VERIFIED = "Verified: its introspection says that none of it works any more."
_NOT_VERIFIED = "Not verified: there is no introspection, or it did not say."
_NAMES = {"refresh_token": "the refresh token", "access_token": "the access token"}
_STILL_WORKS = Failure(
    kind=FailureKind.WAIT,
    explanation="the provider confirmed the revocation, and says that the token still works",
    http_status=200,
)


class NotConfirmed(Exception):
    """It is to be tried again, for this failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.explanation)
        self.failure = failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoker:
    """Tells authorization servers that tokens are not to work any more (RFC 7009)."""

    connections: Connections
    settlements: SettledRevocations
    servers: AuthorizationServer
    logbook: Logbook
    clock: Clock

    def revoke_queued(self, grant: Grant, invocation: Invocation, *, last: bool) -> None:
        """Revoke a grant that was queued, unless that was done at once when it was ended.

        `last` says that it is not tried again: then the log says what is left to do.

        Raises:
            Unavailable: the server did not confirm; revoking again does no harm.
        """
        if not self.settlements.settled(grant):
            self.revoke(grant, invocation, last=last)

    def revoke(self, grant: Grant, invocation: Invocation, *, last: bool = False) -> bool:
        """Revoke refresh token and access token, and leave a receipt in the connection's log.

        Returns:
            Whether the server confirmed; if not, it cannot or must not be asked, and that is that.

        Raises:
            Unavailable: the server did not confirm; revoking again does no harm.
        """
        connection = self.connections.get(grant.connection_id)
        if connection is not None and (connection.grant_id or "") > grant.grant_id:
            # Ids are in the order of time: there is a newer consent, and some servers would end it
            # together with the old one. A state that lags behind shows an older one.
            self._log(connection, Event.REVOCATION_FAILED, Severity.WARNING, LEFT_ALONE)
            return False
        try:
            client = OAuthClient.of(grant.issuance, grant.context)
            receipt = self._confirmed(client, grant, invocation)
        except Misconfigured as error:
            # What a grant was issued under never changes: trying again would change nothing.
            words = f"The tokens could not be revoked: {error.failure.explanation}. {BY_HAND}"
            self._log(connection, Event.REVOCATION_FAILED, Severity.ERROR, words)
            return False
        except NotConfirmed as error:
            self._not_confirmed(grant, connection, error.failure, last=last)
            raise Unavailable("The authorization server did not confirm the revocation.") from None
        if receipt is None:
            return False
        logger.info("grant-revoked", extra={"connectionId": grant.connection_id})
        self._log(connection, Event.REVOKED, Severity.INFO, receipt)
        return True

    def _confirmed(self, client: OAuthClient, grant: Grant, invocation: Invocation) -> str | None:
        """Revoke the tokens and ask whether they are; None if there is nowhere to do so.

        Returns:
            The receipt: which tokens, with which status each, and whether that was verified.

        Raises:
            Misconfigured: nothing can be sent.
            NotConfirmed: it is to be tried again.
        """
        now = self.clock.now()
        requests = revocation_requests(client, grant.tokens, now=now)
        answered = []
        ended = tokens_to_end(client.facts, grant.tokens)
        for request, (kind, _) in zip(requests, ended, strict=False):
            try:
                response = self.servers.send(request, invocation.deadline)
            except (NotSent, NoAnswer) as error:
                raise NotConfirmed(error.failure) from None
            failure = revocation_failure(client.facts, response)
            if failure is not None:
                raise NotConfirmed(failure)
            answered.append(f"{_NAMES[kind]} (HTTP {response.status})")
        if not answered:
            return None
        receipt = f"The provider confirmed the revocation of {' and '.join(answered)}."
        verified = self._verified(client, grant, invocation)
        return f"{receipt} {_VERIFIED if verified else _NOT_VERIFIED}"

    def _verified(self, client: OAuthClient, grant: Grant, invocation: Invocation) -> bool:
        """Tell whether introspection says of every token that it does not work.

        Raises:
            NotConfirmed: it says of one that it works.
        """
        try:
            requests = introspection_requests(client, grant.tokens, now=self.clock.now())
            said = [works(self.servers.send(each, invocation.deadline)) for each in requests]
        except (Misconfigured, NotSent, NoAnswer):
            return False
        if True in said:
            raise NotConfirmed(_STILL_WORKS)
        return bool(said) and None not in said

    def _not_confirmed(
        self, grant: Grant, connection: Connection | None, failure: Failure, *, last: bool
    ) -> None:
        if last:
            logger.error("revocation-given-up", extra={"connectionId": grant.connection_id})
            detail = f"The tokens could not be revoked within a day: {failure.explanation}."
            detail, severity = f"{detail} {BY_HAND}", Severity.ERROR
        else:
            detail = f"A token could not be revoked yet: {failure.explanation}. It is tried again."
            severity = Severity.WARNING
        self._log(connection, Event.REVOCATION_FAILED, severity, detail, failure.http_status)

    def _log(
        self,
        connection: Connection | None,
        event: Event,
        severity: Severity,
        detail: str,
        http_status: int | None = None,
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
                http_status=http_status,
            )
        )
