"""Answers that a test lays down byte by byte: whatever a token endpoint could say, or not say."""

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BufferedIOBase
from typing import Any

MOST_SENT = 64 * 1024 * 1024
"""Bytes after which an endless answer ends, so that a service that reads them all is found out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One answer, from its status line to its last byte."""

    head: bytes = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    pause: float = 0.0
    """Seconds before each byte of the body."""
    endless: bool = False
    """Whether the body comes again and again."""
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    """What nobody may be told of it."""

    def play(self, out: BufferedIOBase) -> int:
        """Answer, as long as somebody listens; return how many bytes of the body went out."""
        sent = 0
        try:
            out.write(self.head)
            while sent < (MOST_SENT if self.endless else len(self.body)):
                part = self.body[sent : sent + 1] if self.pause else self.body
                time.sleep(self.pause)
                out.write(part)
                sent += len(part)
        except ConnectionError:
            return sent
        return sent


def answer(
    status: int = 200,
    body: bytes | str | Mapping[str, Any] = b"",
    headers: Mapping[str, str] | None = None,
    **playing: Any,
) -> Script:
    """Return an answer with these headers beside its type and its length.

    A body that is a mapping is sent as JSON, and is searched for tokens.
    """
    told = body if isinstance(body, Mapping) else {}
    if isinstance(body, Mapping):
        body = json.dumps(body)
    content = body.encode(errors="surrogatepass") if isinstance(body, str) else body
    named = {
        "Content-Type": "application/json",
        "Content-Length": str(len(content)),
        **(headers or {}),
    }
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in named.items() if value]
    head = "\r\n".join([*lines, "Connection: close", "", ""]).encode()
    playing.setdefault("secrets", frozenset(_secrets(told)))
    return Script(head=head, body=content, **playing)


def tokens(**changes: Any) -> dict[str, Any]:
    """Return a good token response; a member that is changed to None is left out."""
    good = {
        "access_token": secrets.token_urlsafe(32),
        "refresh_token": secrets.token_urlsafe(32),
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": "contacts.read offline_access",
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def refusal(error: str, status: int = 400, **more: Any) -> Script:
    """Return an error of the token endpoint (RFC 6749 section 5.2)."""
    return answer(status, {"error": error, **more})


def _secrets(told: Mapping[str, Any]) -> list[str]:
    found = [told.get("access_token"), told.get("refresh_token")]
    return [each for each in found if isinstance(each, str) and len(each) >= 16]
