"""Calls to authorization servers: one POST, nothing followed, everything bounded."""

import logging
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from ssl import SSLContext
from urllib.parse import urlencode, urlsplit

import httpcore
import httpx

from connections import __version__
from connections.adapters.network import AddressForbidden, Exchange, GuardedTransport, TimeUp
from connections.application.ports import NoAnswer, NotSent
from connections.domain.failure import Failure, FailureKind
from connections.oauth.addresses import AllowedHosts
from connections.oauth.messages import ServerRequest, ServerResponse
from connections.oauth.token import LARGEST_RESPONSE

TIME_LIMIT = timedelta(seconds=10)
COMMIT_RESERVE = timedelta(seconds=5)
"""What is left of an invocation for storing an answer; with less, nothing is sent."""
LEAST_TIME = timedelta(seconds=1)

logger = logging.getLogger(__name__)
# They log whole URLs, whose query may be a tenant's secret.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@cache
def _default_ssl_context() -> SSLContext:
    return httpx.create_ssl_context(trust_env=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAuthorizationServer:
    """Implements `AuthorizationServer`."""

    hosts: AllowedHosts
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    ssl_context: Callable[[], SSLContext] = _default_ssl_context
    time_limit: timedelta = TIME_LIMIT

    def post(self, request: ServerRequest, deadline: datetime) -> ServerResponse:
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
        seconds = min(self.time_limit, deadline - COMMIT_RESERVE - sent_at)
        if seconds < min(LEAST_TIME, self.time_limit):
            raise NotSent(_failure(FailureKind.WAIT, "there was too little time left to call it"))
        exchange = Exchange(seconds.total_seconds())
        began = time.monotonic()
        try:
            status, headers, body = self._exchange(request, exchange)
        except (AddressForbidden, TimeUp, OSError, *_HTTP_ERRORS) as error:
            _log(request, None, began, error=type(error).__name__)
            raise _no_answer(error, exchange) from None
        _log(request, status, began)
        return ServerResponse(status=status, headers=headers, body=body, sent_at=sent_at)

    def _exchange(
        self, request: ServerRequest, exchange: Exchange
    ) -> tuple[int, dict[str, str], bytes]:
        transport = GuardedTransport(self.hosts, exchange, self.ssl_context())
        content = urlencode(request.form).encode()
        headers = {
            "user-agent": f"Connections/{__version__}",
            "content-type": "application/x-www-form-urlencoded",
            "accept-encoding": "identity",
            **request.headers,
        }
        with (
            httpx.Client(transport=transport, trust_env=False) as client,
            client.stream("POST", request.url, content=content, headers=headers) as response,
        ):
            raw = b""
            for chunk in response.iter_raw():
                raw += chunk
                if len(raw) > LARGEST_RESPONSE:
                    break
            body = _decoded(raw, response.headers.get("content-encoding", "identity"))
            return response.status_code, dict(response.headers), body


_HTTP_ERRORS = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpx.InvalidURL,
    httpx.TransportError,
)


def _no_answer(error: Exception, exchange: Exchange) -> NotSent | NoAnswer:
    if isinstance(error, AddressForbidden):
        return NotSent(_failure(FailureKind.WAIT, "the server's name leads to a private address"))
    if not exchange.sent:
        return NotSent(_failure(FailureKind.WAIT, "the server could not be reached"))
    if isinstance(error, TimeUp | httpcore.TimeoutException):
        return NoAnswer(_failure(FailureKind.UNKNOWN, "the server did not answer in time"))
    return NoAnswer(_failure(FailureKind.UNKNOWN, "the connection ended without an answer"))


def _failure(kind: FailureKind, explanation: str) -> Failure:
    return Failure(kind=kind, explanation=explanation)


def _decoded(raw: bytes, encoding: str) -> bytes:
    """Return the body decoded, as servers compress though asked not to; empty if it is too large.

    What cannot be read is as good as empty: its status still tells a refusal from a success.
    """
    if encoding.strip().lower() in {"gzip", "x-gzip", "deflate"}:
        decompressor = zlib.decompressobj(zlib.MAX_WBITS | 32)
        try:
            raw = decompressor.decompress(raw, LARGEST_RESPONSE + 1)
        except zlib.error:
            return b""
        # What was cut off on its way could end in the middle of a token.
        if not decompressor.eof:
            return b""
    return raw if len(raw) <= LARGEST_RESPONSE else b""


def _log(
    request: ServerRequest, status: int | None, began: float, error: str | None = None
) -> None:
    parts = urlsplit(request.url)
    logger.info(
        "authorization-server-called",
        extra={
            "host": parts.hostname,
            "path": parts.path,
            "grantType": request.form.get("grant_type"),
            "httpStatus": status,
            "milliseconds": round((time.monotonic() - began) * 1000),
            "error": error,
        },
    )
