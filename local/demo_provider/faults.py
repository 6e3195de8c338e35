"""The faults a test or the tour can ask the demo provider to show."""

import threading
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, assert_never

from flask import Response, jsonify
from pydantic import ConfigDict, Field

from local.demo_provider.page import page


class Endpoint(StrEnum):
    """The endpoints whose requests are in the ledger."""

    AUTHORIZE = "authorize"
    TOKEN = "token"
    REVOKE = "revoke"
    INTROSPECT = "introspect"
    USERINFO = "userinfo"


class FaultKind(StrEnum):
    """What goes wrong. All but `deny`, `slow` and `answer-lost` answer without acting."""

    DENY = "deny"
    """Consent is refused without asking; of the authorization endpoint only."""
    SLOW = "slow"
    """The request waits `seconds`, then is answered as usual."""
    SERVER_ERROR = "server-error"
    """500 with a plain text body."""
    RATE_LIMITED = "rate-limited"
    """429, with `Retry-After` when `retry_after` is given."""
    INVALID_GRANT = "invalid-grant"
    """400 `invalid_grant`; of the token endpoint only. Nothing is revoked."""
    INVALID_CLIENT = "invalid-client"
    """401 `invalid_client`; not of the authorization endpoint."""
    MALFORMED = "malformed"
    """200 with JSON that breaks off."""
    HTML = "html"
    """200 with a sign-in page."""
    STILL_ACTIVE = "still-active"
    """200 that calls the token active, whatever it is; of the introspection endpoint only."""
    ANSWER_LOST = "answer-lost"
    """The request is acted on, tokens rotate, and the answer is an empty 502."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault for the next `times` requests of `endpoint`.

    `seconds` is for `slow`; `retry_after` for `rate-limited`, in seconds or as an HTTP date.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)

    endpoint: Endpoint
    fault: FaultKind
    times: Annotated[int, Field(gt=0, le=1000)] = 1
    seconds: Annotated[float, Field(ge=0, le=120)] = 0
    retry_after: Annotated[int, Field(ge=0)] | str | None = None

    def __post_init__(self) -> None:
        """Refuse a fault the endpoint cannot show.

        Raises:
            ValueError: when it cannot.
        """
        shown_by: dict[FaultKind, set[Endpoint]] = {
            FaultKind.DENY: {Endpoint.AUTHORIZE},
            FaultKind.INVALID_GRANT: {Endpoint.TOKEN},
            FaultKind.STILL_ACTIVE: {Endpoint.INTROSPECT},
            FaultKind.INVALID_CLIENT: set(Endpoint) - {Endpoint.AUTHORIZE},
        }
        if self.endpoint not in shown_by.get(self.fault, set(Endpoint)):
            raise ValueError(f"the endpoint {self.endpoint} cannot show the fault {self.fault}")


@dataclass(slots=True, kw_only=True)
class Faults:
    """The faults that wait for a request, first come first served for each endpoint."""

    lock: threading.RLock
    _waiting: dict[Endpoint, deque[Fault]] = field(default_factory=dict)

    def add(self, fault: Fault) -> None:
        """Queue a fault."""
        with self.lock:
            self._waiting.setdefault(fault.endpoint, deque()).extend([fault] * fault.times)

    def take(self, endpoint: Endpoint) -> Fault | None:
        """The fault the next request of this endpoint shows, which uses it up."""
        with self.lock:
            waiting = self._waiting.get(endpoint)
            return waiting.popleft() if waiting else None

    def clear(self) -> None:
        """Forget the faults not yet used."""
        with self.lock:
            self._waiting.clear()


def answer_without_acting(fault: Fault) -> Response | None:
    """The answer of a fault that keeps the request from being acted on, else None."""
    match fault.fault:
        case FaultKind.DENY | FaultKind.SLOW | FaultKind.ANSWER_LOST:
            return None
        case FaultKind.SERVER_ERROR:
            return Response("Internal Server Error", status=500, mimetype="text/plain")
        case FaultKind.RATE_LIMITED:
            response = Response("Too Many Requests", status=429, mimetype="text/plain")
            if fault.retry_after is not None:
                response.headers["Retry-After"] = str(fault.retry_after)
            return response
        case FaultKind.INVALID_GRANT:
            return _json_error("invalid_grant", 400)
        case FaultKind.INVALID_CLIENT:
            response = _json_error("invalid_client", 401)
            response.headers["WWW-Authenticate"] = 'Basic realm="Demo CRM"'
            return response
        case FaultKind.STILL_ACTIVE:
            return jsonify(active=True)
        case FaultKind.MALFORMED:
            return Response('{"access_token": "', status=200, mimetype="application/json")
        case FaultKind.HTML:
            return page("sign_in.html")
        case _ as unreachable:
            assert_never(unreachable)


def _json_error(error: str, status: int) -> Response:
    response = jsonify(error=error)
    response.status_code = status
    return response
