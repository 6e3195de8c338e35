"""A request to an authorization server and its response, before and after any socket."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode

from connections_sdk.provider_facts import ProviderFacts

DEFAULT_SECONDS = int(ProviderFacts().token_request_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRequest:
    """One request to an authorization server."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    form: Mapping[str, str | Sequence[str]] = field(default_factory=dict, repr=False)
    """What is posted; several values of one name as a list (RFC 8707 section 2)."""
    method: Literal["POST", "GET", "DELETE"] = "POST"
    json: bool = False
    """Whether it is posted as a JSON object, which some servers want."""
    seconds: int = DEFAULT_SECONDS
    """The longest that the whole exchange may take."""

    @property
    def content(self) -> tuple[dict[str, str], bytes | None]:
        """The headers that say what the body is, and the body."""
        if self.method == "GET":
            return {}, None
        if not self.form:
            return {}, b""
        if self.json:
            return {"content-type": "application/json"}, json.dumps(dict(self.form)).encode()
        body = urlencode(self.form, doseq=True).encode()
        return {"content-type": "application/x-www-form-urlencoded"}, body


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerResponse:
    """What came back, whole; `sent_at` is the moment before the request was written."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Names in lower case."""
    body: bytes = field(repr=False)
    sent_at: datetime

    @property
    def successful(self) -> bool:
        """Whether the status is a 2xx."""
        return HTTPStatus(200) <= self.status < HTTPStatus.MULTIPLE_CHOICES


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


def sendable(token: object) -> bool:
    """Tell whether this can be a token that is sent again: half a surrogate pair cannot."""
    return (
        isinstance(token, str)
        and bool(token.strip())
        and token == token.encode(errors="ignore").decode()
    )


def _nothing(_: str) -> None:
    """Read NaN and Infinity, which are no JSON (RFC 8259 section 6), as nothing."""
