"""One request over the guarded network: nothing followed, and no more read than is bearable."""

import logging
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from ssl import SSLContext

import httpcore
import httpx

from connections import USER_AGENT
from connections.adapters.network import AddressForbidden, GuardedTransport, TimeUp

# They log whole URLs, whose query may be a tenant's secret.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

REQUEST_ERRORS = (
    AddressForbidden,
    TimeUp,
    OSError,
    # A token that is no ASCII can stand in no header, and xn--a stands for no name.
    UnicodeError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpx.InvalidURL,
    httpx.TransportError,
)
"""What `guarded_request` raises when there is no whole answer."""


@cache
def default_ssl_context() -> SSLContext:
    """Return the context that trusts the package's own bundle."""
    return httpx.create_ssl_context(trust_env=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardedResponse:
    """A whole answer. A body that is larger than was wanted, or unreadable, is empty."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Names in lower case."""
    body: bytes = field(repr=False)


def guarded_request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    content: bytes | None = None,
    transport: GuardedTransport,
    largest: int,
) -> GuardedResponse:
    """Send one request and return the answer; a redirect is an answer like any other.

    Raises:
        AddressForbidden, TimeUp, OSError, httpcore's and httpx's errors: see `REQUEST_ERRORS`.
    """
    with (
        httpx.Client(transport=transport, trust_env=False) as client,
        client.stream(
            method,
            url,
            content=content,
            headers={
                "user-agent": USER_AGENT,
                "accept-encoding": "identity",
                **headers,
            },
        ) as response,
    ):
        raw = b""
        for chunk in response.iter_raw():
            raw += chunk
            if len(raw) > largest:
                break
        body = _decoded(raw, response.headers.get("content-encoding", "identity"), largest)
        return GuardedResponse(
            status=response.status_code, headers=dict(response.headers), body=body
        )


def _decoded(raw: bytes, encoding: str, largest: int) -> bytes:
    """Return the body decoded, as servers compress though asked not to; empty if it is too large.

    What cannot be read is as good as empty: its status still tells a refusal from a success.
    """
    if encoding.strip().lower() in {"gzip", "x-gzip", "deflate"}:
        decompressor = zlib.decompressobj(zlib.MAX_WBITS | 32)
        try:
            raw = decompressor.decompress(raw, largest + 1)
        except zlib.error:
            return b""
        # What was cut off on its way could end in the middle of a token.
        if not decompressor.eof:
            return b""
    return raw if len(raw) <= largest else b""
