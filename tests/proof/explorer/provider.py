"""An authorization server as a value: what it knows of one grant, and how that changes.

Refresh tokens are numbered in the order in which they were issued: `r1` is the first.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from connections.application.ports import NoAnswer, NotSent
from connections.domain.failure import Failure, FailureKind
from connections.domain.grant import Grant
from connections.oauth.messages import ServerRequest, ServerResponse
from tests.proof.explorer.calls import Answer
from tests.proof.explorer.instants import LIFETIME

TOKEN_URL = "https://acme.example/token"
GRACE = timedelta(seconds=30)


class Kind(StrEnum):
    """What servers do with a refresh token that was used."""

    NO_ROTATION = "no rotation"
    ROTATION = "rotation"
    GRACE = "rotation with grace"
    FAMILY = "family revocation"


_FACTS: dict[Kind, dict[str, object]] = {
    Kind.NO_ROTATION: {"rotation": "none"},
    Kind.ROTATION: {"rotation": "rotates"},
    Kind.GRACE: {"rotation": "revokes-family", "reuseGraceSeconds": int(GRACE.total_seconds())},
    Kind.FAMILY: {"rotation": "revokes-family"},
}


def facts(kind: Kind) -> dict[str, object]:
    """Return what a definition says of such a server; revoking is one request."""
    return {**_FACTS[kind], "revokeTokens": "refresh_token"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """What the server knows."""

    kind: Kind
    current: int = 1
    """The number of the refresh token that it takes."""
    access: int = 1
    """The number of the newest access token."""
    alive: bool = True
    """Whether the grant stands; with it all of its tokens end."""
    used_at: datetime | None = None
    """When the one before the current was used first."""
    graced: int = 0
    """Which one that was, if it may be used again for a time."""

    def takes(self, token: int) -> bool:
        """Tell whether it is the current refresh token of a grant that stands."""
        return self.alive and token == self.current

    def asked(self, token: int, now: datetime) -> tuple["Provider", bool]:
        """Return what it is after a token request, and whether that issued tokens."""
        if not self.alive:
            return self, False
        if token == self.current:
            if self.kind is Kind.NO_ROTATION:
                return replace(self, access=self.access + 1), True
            used_at, graced = (now, token) if self.kind is Kind.GRACE else (None, 0)
            return self._issuing(used_at, graced), True
        if token == self.graced and self.used_at is not None and now - self.used_at < GRACE:
            return self._issuing(self.used_at, token), True
        # A reuse (RFC 9700 section 4.14.2).
        return replace(self, alive=self.kind is Kind.ROTATION), False

    def _issuing(self, used_at: datetime | None, graced: int) -> "Provider":
        return replace(
            self,
            current=self.current + 1,
            access=self.access + 1,
            used_at=used_at,
            graced=graced,
        )

    def revoking(self, token: int, *, refresh_token: bool) -> "Provider":
        """Return what it is after a revocation request; of an old refresh token nothing comes."""
        known = token == self.current if refresh_token else token <= self.access
        return replace(self, alive=self.alive and not known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One way in which a request may go."""

    after: Provider
    answer: Answer
    good: bool = True
    lost: bool = False
    """Whether tokens were issued and nobody received them."""


def presented(request: ServerRequest) -> tuple[bool, int, bool]:
    """Return whether this asks for tokens, and the number of the token that it presents.

    Lastly whether that is a refresh token: what is revoked may be an access token.
    """
    asks = request.url == TOKEN_URL
    token = str(request.form.get("refresh_token" if asks else "token", ""))
    number = int(token[1:]) if token[1:].isdecimal() else 0
    return asks, number, token.startswith("r")


def exchanges(provider: Provider, request: ServerRequest, now: datetime) -> Iterator[Exchange]:
    """Return how a request may go: as it should first."""
    asks, token, of_refresh = presented(request)
    if not asks:
        ended = provider.revoking(token, refresh_token=of_refresh)
        yield Exchange(after=ended, answer=_answered(200, {}, now, "confirmed"))
        return
    after, issued = provider.asked(token, now)
    yield Exchange(after=after, answer=_tokens(after, now) if issued else _dead(now))
    lost = issued and after.current != provider.current
    yield Exchange(after=after, answer=_NO_ANSWER, good=False, lost=lost)
    yield Exchange(after=provider, answer=_NOT_TAKEN, good=False)
    yield Exchange(after=provider, answer=_NOT_SENT, good=False)
    yield Exchange(after=provider, answer=_answered(503, {}, now, "503"), good=False)
    yield Exchange(after=provider, answer=_answered(429, {}, now, "429"), good=False)
    yield Exchange(after=replace(provider, alive=False), answer=_dead(now), good=False)


def _tokens(provider: Provider, now: datetime) -> Answer:
    rotates = provider.kind is not Kind.NO_ROTATION
    # What does not rotate says so in the two ways that there are: nothing, and an empty one.
    refresh_token = f"r{provider.current}" if rotates else ""
    body = {
        "access_token": f"a{provider.access}",
        "token_type": "Bearer",
        "refresh_token": refresh_token,
        "expires_in": int(LIFETIME.total_seconds()),
    }
    words = f"issued a{provider.access}" + (f" and {refresh_token}" if rotates else "")
    issued = provider.current if rotates else 0
    return _answered(200, body, now, words, issued=issued)


def _dead(now: datetime) -> Answer:
    return _answered(400, {"error": "invalid_grant"}, now, "invalid_grant")


def _answered(
    status: int, body: dict[str, object], now: datetime, words: str, *, issued: int = 0
) -> Answer:
    response = ServerResponse(
        status=status,
        headers={"content-type": "application/json"},
        body=json.dumps(body).encode(),
        sent_at=now,
    )
    return Answer(name="servers.send", value=response, words=words, changing=True, issued=issued)


def _failing(kind: FailureKind, words: str) -> Answer:
    error = NoAnswer if kind is FailureKind.UNKNOWN else NotSent
    failure = Failure(kind=kind, explanation=words)
    return Answer(name="servers.send", error=error(failure), words=words, changing=True)


_NO_ANSWER = _failing(FailureKind.UNKNOWN, "the server acted, and the answer was lost")
_NOT_TAKEN = _failing(FailureKind.UNKNOWN, "nothing reached the server, and no answer came")
_NOT_SENT = _failing(FailureKind.WAIT, "nothing was sent")


def number(grant: Grant | None) -> int:
    """Return the number of a stored refresh token; 0 if there is none, or what is none."""
    token = (grant.tokens.refresh_token if grant else None) or ""
    return int(token[1:]) if token[1:].isdecimal() else 0
