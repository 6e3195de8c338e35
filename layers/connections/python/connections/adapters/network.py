"""Connections to authorization servers: to checked addresses only, within one total time.

httpx's time-outs are per operation, so a server that sends a byte a second never ends; here every
operation gets what is left of the whole. A connection is made for each request: one that was kept
open could be reset while the request is written, and its outcome would be unknown.
"""

import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from typing import Any

import httpcore
import httpx
from httpcore import NetworkBackend, NetworkStream, SyncBackend

from connections.oauth.addresses import AllowedHosts, public


class AddressForbidden(Exception):
    """The name leads to an address that must not be called."""


class TimeUp(Exception):
    """The total time is over."""


class Exchange:
    """One request: when it must be over, and whether any of it was sent."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self.sent = False

    def remaining(self) -> float:
        """Return the seconds that are left.

        Raises:
            TimeUp: there are none.
        """
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeUp
        return left


class _Stream(NetworkStream):
    """A stream whose operations share the exchange's time."""

    def __init__(self, stream: NetworkStream, exchange: Exchange) -> None:
        self._stream = stream
        self._exchange = exchange

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, self._exchange.remaining())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        left = self._exchange.remaining()
        self._exchange.sent = True
        self._stream.write(buffer, left)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> NetworkStream:
        left = self._exchange.remaining()
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._exchange)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(NetworkBackend):
    """Resolves a name, checks every address, and connects to the one that it checked."""

    def __init__(self, hosts: AllowedHosts, exchange: Exchange) -> None:
        self._hosts = hosts
        self._exchange = exchange

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        addresses = [str(entry[4][0]) for entry in found]
        if not self._hosts.development_host(host, port) and not all(map(public, addresses)):
            raise AddressForbidden(host)
        # TLS and the Host header still use the name: httpcore takes them from the URL.
        return _Stream(
            self._connect(addresses, port, local_address, socket_options), self._exchange
        )

    def _connect(
        self,
        addresses: list[str],
        port: int,
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> NetworkStream:
        """Connect to the first address that answers: localhost may be ::1 or 127.0.0.1."""
        failure: Exception = httpcore.ConnectError("the name has no address")
        for address in dict.fromkeys(addresses):
            try:
                return SyncBackend().connect_tcp(
                    address, port, self._exchange.remaining(), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _Body(httpx.SyncByteStream):
    """The body of a response, as httpx wants to have it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        self._stream.close()


class GuardedTransport(httpx.BaseTransport):
    """Sends one exchange of an `httpx.Client`."""

    def __init__(
        self, hosts: AllowedHosts, exchange: Exchange, ssl_context: ssl.SSLContext
    ) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context,
            max_keepalive_connections=0,
            network_backend=_Backend(hosts, exchange),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request.

        Raises:
            AddressForbidden, TimeUp, OSError, httpcore's errors.
        """
        response = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
            )
        )
        # httpx makes a request of where it is sent, and fails if that is no URL, though nobody
        # wants to follow it.
        headers = [each for each in response.headers if each[0].lower() != b"location"]
        return httpx.Response(
            status_code=response.status, headers=headers, stream=_Body(response.stream)
        )

    def close(self) -> None:
        """Close what is open."""
        self._pool.close()
