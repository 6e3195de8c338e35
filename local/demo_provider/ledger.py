"""The ledger: every request of the OAuth endpoints, without a secret in it."""

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Request, Response

from local.demo_provider.clients import basic_credentials
from local.demo_provider.faults import Endpoint, FaultKind
from local.demo_provider.state import fingerprint

_KEPT = 10_000
_ISSUED = ("code", "access_token", "refresh_token")


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One request and its answer. `token` and `issued` are fingerprints.

    `n` counts from 1 and never goes back; `at` is ISO 8601 in UTC. `token` is of the code or
    token the request presented; `issued` is by name: `code`, `access_token`, `refresh_token`.
    `status` and `error` are what the client saw: after the fault, and for an authorization
    response what its redirect carried. `client_id` is as presented, not verified.
    """

    n: int
    at: str
    endpoint: Endpoint
    method: str
    client_id: str | None
    grant_type: str | None
    token: str | None
    issued: Mapping[str, str] | None
    status: int
    error: str | None
    fault: FaultKind | None

    def as_json(self) -> dict[str, Any]:
        """The entry without what does not apply."""
        always = {"client_id"}
        return {
            key: kept for key, kept in asdict(self).items() if kept is not None or key in always
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a request led to, and what the client was told: they differ when the answer is lost.

    `error` is that of a page, which says it in words only.
    """

    acted: Response
    told: Response
    fault: FaultKind | None
    error: str | None


@dataclass(slots=True, kw_only=True)
class Ledger:
    """The entries of the latest requests, oldest first."""

    lock: threading.RLock
    clock: Callable[[], float]
    _entries: deque[LedgerEntry] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _last: int = 0

    def since(self, n: int) -> list[LedgerEntry]:
        """The entries numbered above `n`."""
        with self.lock:
            return [entry for entry in self._entries if entry.n > n]

    def clear(self) -> None:
        """Forget the entries; the numbering goes on."""
        with self.lock:
            self._entries.clear()

    def record(self, endpoint: Endpoint, request: Request, answer: Answer) -> None:
        """Note a request and its answer."""
        issued = {
            name: fingerprint(token)
            for name, token in _parameters(answer.acted).items()
            if name in _ISSUED and isinstance(token, str)
        }
        with self.lock:
            self._last += 1
            now = datetime.fromtimestamp(self.clock(), UTC)
            entry = LedgerEntry(
                n=self._last,
                at=now.isoformat(timespec="milliseconds"),
                endpoint=endpoint,
                method=request.method,
                client_id=_presented_client_id(request),
                grant_type=request.form.get("grant_type"),
                token=_presented_fingerprint(request),
                issued=issued or None,
                status=answer.told.status_code,
                error=answer.error or _parameters(answer.told).get("error"),
                fault=answer.fault,
            )
            self._entries.append(entry)


def _parameters(response: Response) -> dict[str, Any]:
    """The parameters of an answer, from its redirect or its JSON body."""
    if response.location:
        query = parse_qs(urlsplit(response.location).query)
        return {name: values[-1] for name, values in query.items()}
    body = response.get_json(silent=True) if response.is_json else None
    return body if isinstance(body, dict) else {}


def _presented_client_id(request: Request) -> str | None:
    credentials = basic_credentials(request.headers.get("Authorization"))
    return credentials[0] if credentials else request.values.get("client_id")


def _presented_fingerprint(request: Request) -> str | None:
    for name in ("code", "refresh_token", "token"):
        if token := request.form.get(name):
            return fingerprint(token)
    bearer = request.authorization
    if bearer is not None and bearer.type == "bearer" and bearer.token:
        return fingerprint(bearer.token)
    return None
