"""Payload format version 2.0: a request becomes an event, an answer becomes a response."""

import base64
import binascii
import json
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from local.deployment import ACCOUNT

# The real API hands over these bodies as text and all others, forms too, in base64.
TEXT = re.compile(r"text/.*|application/(json|xml|javascript)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it came over the wire: path and query percent-encoded."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    source_ip: str
    protocol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What goes back over the wire."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def event(request: Request, route_key: str, path_parameters: Mapping[str, str]) -> dict[str, Any]:
    """The event for a request; what is empty is left out, as the real API does."""
    headers = _joined((name.lower(), value) for name, value in request.headers)
    cookies = re.split(r"; *", headers.pop("cookie", ""))
    queries = _joined(parse_qsl(request.query, keep_blank_values=True))
    host = headers.get("host", "")
    headers |= {
        "x-forwarded-for": request.source_ip,
        "x-forwarded-port": host.partition(":")[2] or "80",
        "x-forwarded-proto": "http",
    }
    optional = {
        "cookies": [cookie for cookie in cookies if cookie],
        "queryStringParameters": queries,
        "pathParameters": dict(path_parameters),
    }
    return {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": unquote(request.path),
        "rawQueryString": request.query,
        "headers": headers,
        **{name: value for name, value in optional.items() if value},
        "requestContext": _context(request, route_key, headers),
        **_body(request.body, headers.get("content-type", "")),
    }


def _joined(pairs: Any) -> dict[str, str]:
    """Values of the same name, joined by commas."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {name: ("; " if name == "cookie" else ",").join(found) for name, found in values.items()}


def _context(request: Request, route_key: str, headers: Mapping[str, str]) -> dict[str, Any]:
    now = time.time()
    domain = headers.get("host", "").partition(":")[0]
    return {
        "accountId": ACCOUNT,
        "apiId": "local",
        "domainName": domain,
        "domainPrefix": domain.partition(".")[0],
        "http": {
            "method": request.method,
            "path": unquote(request.path),
            "protocol": request.protocol,
            "sourceIp": request.source_ip,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": str(uuid.uuid4()),
        "routeKey": route_key,
        "stage": "$default",
        "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "timeEpoch": int(now * 1000),
    }


def _body(body: bytes, content_type: str) -> dict[str, Any]:
    if not body:
        return {"isBase64Encoded": False}
    if TEXT.fullmatch(content_type.partition(";")[0].strip().lower()):
        return {"body": body.decode("utf-8", "replace"), "isBase64Encoded": False}
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def response(answer: Any) -> Response | None:
    """The response for what a function answered, or nothing if the real API could not send it."""
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return Response(
            status=200,
            headers=(("content-type", "application/json"),),
            body=json.dumps(answer).encode(),
        )
    headers = {str(name).lower(): value for name, value in (answer.get("headers") or {}).items()}
    headers.setdefault("content-type", "text/plain;charset=UTF-8")
    # The length is the body's; the connection is the server's.
    for name in ("content-length", "connection", "transfer-encoding"):
        headers.pop(name, None)
    cookies = answer.get("cookies") or []
    try:
        return Response(
            status=int(answer["statusCode"]),
            headers=(
                *((name, _header(value)) for name, value in headers.items()),
                *(("set-cookie", str(cookie)) for cookie in cookies),
            ),
            body=_decoded(answer.get("body"), is_base64=bool(answer.get("isBase64Encoded"))),
        )
    except (TypeError, ValueError, binascii.Error):
        return None


def _header(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if "\r" in text or "\n" in text:
        raise ValueError("a header is one line")
    return text


def _decoded(body: object, *, is_base64: bool) -> bytes:
    if body is None:
        return b""
    if not isinstance(body, str):
        raise TypeError("a body is text")
    return base64.b64decode(body, validate=True) if is_base64 else body.encode()
