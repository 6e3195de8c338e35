"""A request to an authorization server and its response, before and after any socket."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRequest:
    """One form-encoded POST to an authorization server."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    form: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerResponse:
    """What came back, whole; `sent_at` is the moment before the request was written."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Names in lower case."""
    body: bytes = field(repr=False)
    sent_at: datetime


def answered_object(response: ServerResponse) -> dict[str, Any]:
    """Return the body as an object, JSON or form-encoded; empty if it is neither."""
    media_type = response.headers.get("content-type", "").split(";")[0].strip().lower()
    try:
        if media_type == "application/x-www-form-urlencoded":
            return dict(parse_qsl(response.body.decode()))
        answer = json.loads(response.body, parse_constant=_nothing)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _nothing(_: str) -> None:
    """Read NaN and Infinity, which are no JSON (RFC 8259 section 6), as nothing."""
