"""What a token endpoint may answer in place of tokens, and what a refresh makes of it."""

import gzip
import json
from dataclasses import dataclass

from tests.hostile.canary import Canary
from tests.scripted import Script, answer, refusal, tokens

OVER_THE_LIMIT = 300 * 1024
MOST_TAKEN = 16 * 1024 * 1024
"""Bytes of an endless answer: what is read of it, and what waits in the sockets in between."""
GONE = "token_gone"
"""What one server says for `invalid_grant`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An answer of the token endpoint that is an error, of one of the classes of section 4."""

    script: Script
    error: str | None = None
    reason: str
    """Of a connection whose refresh was answered so."""


def _client(error: str, status: int = 400) -> Refusal:
    return Refusal(script=refusal(error, status), error=error, reason="operator-action-required")


def _grant(error: str, status: int = 400) -> Refusal:
    return Refusal(script=refusal(error, status), error=error, reason="grant-revoked")


def _wait(status: int, reason: str = "provider-unavailable") -> Refusal:
    return Refusal(script=answer(status, "later"), reason=reason)


REFUSALS = {
    "invalid_grant": _grant("invalid_grant"),
    "invalid_grant-with-200": _grant("invalid_grant", 200),
    "invalid_grant-with-401": _grant("invalid_grant", 401),
    "synonym": _grant(GONE),
    "invalid_client": _client("invalid_client", 401),
    "unauthorized_client": _client("unauthorized_client"),
    "invalid_request": _client("invalid_request"),
    "unsupported_grant_type": _client("unsupported_grant_type"),
    "invalid_scope": _client("invalid_scope"),
    "429": _wait(429, "rate-limited"),
    "408": _wait(408),
    "500": _wait(500),
    "503": _wait(503),
    "404": _wait(404),
    "unheard-of": Refusal(
        script=refusal("out_of_coffee"), error="out_of_coffee", reason="provider-unavailable"
    ),
    "502": _wait(502, "outcome-unknown"),
    "504": _wait(504, "outcome-unknown"),
    "token-and-error": Refusal(
        script=answer(200, tokens(error="invalid_grant")),
        error="invalid_grant",
        reason="outcome-unknown",
    ),
    "not-ok": Refusal(script=answer(200, {"ok": False}), reason="outcome-unknown"),
}
"""Each token error of section 4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """An answer that brings no token and is no error of OAuth's either."""

    script: Script
    reason: str = "outcome-unknown"


def _bomb() -> bytes:
    return gzip.compress(json.dumps(tokens(filler="0" * (32 * 1024 * 1024))).encode())


def _coded(body: bytes, coding: str = "gzip") -> Unreadable:
    return Unreadable(script=answer(200, body, {"Content-Encoding": coding}))


def _with(**members: object) -> Unreadable:
    return Unreadable(script=answer(200, tokens(**members)))


UNREADABLE = {
    "empty": Unreadable(script=answer(200)),
    "no-content": Unreadable(script=answer(204, headers={"Content-Length": ""})),
    "broken-off": Unreadable(script=answer(200, '{"access_token": "')),
    "list": Unreadable(script=answer(200, "[1, 2]")),
    "null": Unreadable(script=answer(200, "null")),
    "text": Unreadable(script=answer(200, '"access_token"')),
    "deep": Unreadable(script=answer(200, "[" * 100_000)),
    "not-utf-8": Unreadable(script=answer(200, b'{"access_token": "\xff\xfe"}')),
    "html": Unreadable(
        script=answer(200, "<!doctype html><p>Sign in</p>", {"Content-Type": "text/html"}),
        reason="provider-unavailable",
    ),
    "huge": _with(filler="0" * OVER_THE_LIMIT),
    "endless": Unreadable(script=answer(200, b" " * 65_536, {"Content-Length": ""}, endless=True)),
    "gzip-bomb": _coded(_bomb()),
    "gzip-cut-off": _coded(gzip.compress(json.dumps(tokens()).encode())[:-9]),
    "no-gzip": _coded(json.dumps(tokens()).encode()),
    "unknown-coding": _coded(b"\x1b\x03\x00\xf8", "br"),
    "cut-off": Unreadable(script=answer(200, '{"a": 1', {"Content-Length": "4000"})),
    "no-http": Unreadable(script=Script(head=b"220 mail.example ESMTP\r\n")),
    "nothing": Unreadable(script=Script(head=b"")),
    "endless-header": Unreadable(script=answer(200, headers={"X-Filler": "0" * OVER_THE_LIMIT})),
    "token-a-number": _with(access_token=7),
    "token-a-list": _with(access_token=["token"]),
    "token-empty": _with(access_token=""),
    "token-blank": _with(access_token=" \t"),
    "token-half-a-character": _with(access_token="\ud800"),
}
"""Malformed, empty, huge, HTML, compressed beyond all bounds."""

REDIRECTS = (301, 302, 303, 307, 308)


def redirect(status: int, canary: Canary, scheme: str = "http") -> Script:
    """Return an answer that leads elsewhere, with the request and all that is secret in it."""
    there = canary.url("127.0.0.1", scheme=scheme)
    return answer(status, headers={"Location": there})
