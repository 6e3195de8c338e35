"""Calls to authorization servers: one request, nothing followed, everything bounded."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ssl import SSLContext
from urllib.parse import urlsplit

import httpcore

from connections.adapters.guarded_request import (
    REQUEST_ERRORS,
    GuardedResponse,
    default_ssl_context,
    guarded_request,
)
from connections.adapters.network import AddressForbidden, Exchange, GuardedTransport, TimeUp
from connections.application.ports import NoAnswer, NotSent
from connections.domain.claim import COMMIT_RESERVE
from connections.domain.failure import Failure, FailureKind
from connections.oauth.addresses import AllowedHosts
from connections.oauth.messages import ServerRequest, ServerResponse
from connections.oauth.token_response import LARGEST_RESPONSE

LEAST_TIME = timedelta(seconds=1)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAuthorizationServer:
    """Implements `AuthorizationServer`."""

    hosts: AllowedHosts
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    ssl_context: Callable[[], SSLContext] = default_ssl_context
    time_limit: timedelta | None = None
    """In place of the one that the request has."""

    def send(self, request: ServerRequest, deadline: datetime) -> ServerResponse:
        """Send the request once and return the whole answer.

        Raises:
            NotSent: the address is forbidden, no connection came about, or the invocation ends
                too soon to store an answer.
            NoAnswer: it was sent, and no whole answer came within the time limit.
        """
        fault = self.hosts.fault(request.url)
        if fault:
            raise NotSent(_failure(FailureKind.WAIT, f"the server's URL {fault}"))
        sent_at = self.now()
        limit = self.time_limit or timedelta(seconds=request.seconds)
        seconds = min(limit, deadline - COMMIT_RESERVE - sent_at)
        if seconds < min(LEAST_TIME, limit):
            raise NotSent(_failure(FailureKind.WAIT, "there was too little time left to call it"))
        exchange = Exchange(seconds.total_seconds())
        began = time.monotonic()
        try:
            answer = self._answer(request, exchange)
        except REQUEST_ERRORS as error:
            _log(request, None, began, error=type(error).__name__)
            raise _no_answer(error, exchange) from None
        _log(request, answer.status, began)
        return ServerResponse(
            status=answer.status, headers=answer.headers, body=answer.body, sent_at=sent_at
        )

    def _answer(self, request: ServerRequest, exchange: Exchange) -> GuardedResponse:
        headers, content = request.content
        return guarded_request(
            request.method,
            request.url,
            headers={**headers, **request.headers},
            content=content,
            transport=GuardedTransport(self.hosts, exchange, self.ssl_context()),
            largest=LARGEST_RESPONSE,
        )


def _no_answer(error: Exception, exchange: Exchange) -> NotSent | NoAnswer:
    if isinstance(error, AddressForbidden):
        return NotSent(_failure(FailureKind.WAIT, "the server's name leads to a private address"))
    if not exchange.sent:
        failure = _failure(FailureKind.WAIT, "the server could not be reached")
        return NotSent(failure, unreachable=True)
    if isinstance(error, TimeUp | httpcore.TimeoutException):
        return NoAnswer(_failure(FailureKind.UNKNOWN, "the server did not answer in time"))
    return NoAnswer(_failure(FailureKind.UNKNOWN, "the connection ended without an answer"))


def _failure(kind: FailureKind, explanation: str) -> Failure:
    return Failure(kind=kind, explanation=explanation)


def _log(
    request: ServerRequest, status: int | None, began: float, error: str | None = None
) -> None:
    parts = urlsplit(request.url)
    logger.info(
        "authorization-server-called",
        extra={
            "method": request.method,
            "host": parts.hostname,
            "path": parts.path,
            "grantType": request.form.get("grant_type"),
            "httpStatus": status,
            "milliseconds": round((time.monotonic() - began) * 1000),
            "error": error,
        },
    )
