"""A provider in the place of the network: its grants, its bad hours, and what it was sent."""

import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest

from connections.adapters.authorization_server import HttpAuthorizationServer
from connections.adapters.guarded_request import GuardedResponse
from connections.adapters.network import Exchange, TimeUp
from connections.oauth.messages import ServerRequest
from tests.proof.outage.clock import SimulatedClock

LIFETIME = timedelta(hours=1)
"""Of an access token."""
USUAL_SECONDS, TIME_OUT_SECONDS = 0.3, 10.0


class Mood(StrEnum):
    """How the provider takes what it is sent."""

    WELL = "well"
    FAILING = "failing"
    """It answers 500 and does nothing."""
    REFUSING = "refusing"
    """It takes the client's secret no more: 401 invalid_client."""
    SILENT = "silent"
    """It does not answer in time; every second request it acts on all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One refresh token as it was presented."""

    at: datetime
    family: int
    number: int
    """Of the refresh token in its family, from 1."""
    answer: str
    acted: bool
    """Whether a new token set was issued for it."""


@dataclass(slots=True)
class Family:
    """What the provider keeps of one grant: only the newest refresh token is good for certain."""

    newest: int = 1
    delivered: int = 1
    """The newest that was not only issued, but answered."""
    rotated_at: dict[int, datetime] = field(default_factory=dict)
    """When a refresh token was first replaced, by its number."""
    ends: dict[int, datetime] = field(default_factory=dict)
    """When an access token ends, by its number."""
    dead: bool = False


@dataclass(slots=True)
class Provider:
    """Rotates at every refresh. A refresh token that comes again after the grace ends its family.

    Its tokens read `refresh-<family>-<number>` and `access-<family>-<number>`.
    """

    clock: SimulatedClock
    grace: timedelta = timedelta()
    mood: Mood = Mood.WELL
    ledger: list[Sent] = field(default_factory=list)
    families: defaultdict[int, Family] = field(default_factory=lambda: defaultdict(Family))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def lives(self, access_token: str, now: datetime) -> bool:
        """Tell whether an access token's time is not over.

        Whether its grant was ended is not asked: nobody knows before they ask for another.
        """
        _, family, number = access_token.split("-")
        return now < self.families[int(family)].ends[int(number)]

    def delivered_lives(self, family: int, now: datetime) -> bool:
        """Tell whether the newest access token that was answered lives."""
        found = self.families[family]
        return now < found.ends[found.delivered]

    def answer(self, request: ServerRequest, exchange: Exchange) -> GuardedResponse:
        """Answer a token request, as the network would bring it.

        Raises:
            TimeUp: it was sent, and no answer comes in time.
        """
        exchange.sent = True
        _, family, number = str(request.form["refresh_token"]).split("-")
        with self._lock:
            status, body = self._answered(int(family), int(number))
        if status == 0:
            self.clock.sleep(TIME_OUT_SECONDS)
            raise TimeUp
        self.clock.sleep(USUAL_SECONDS)
        headers = {"content-type": "application/json"}
        return GuardedResponse(status=status, headers=headers, body=json.dumps(body).encode())

    def _answered(self, name: int, number: int) -> tuple[int, dict[str, Any]]:
        now, mood = self.clock.now(), self.mood
        silent = mood is Mood.SILENT
        acts = mood is Mood.WELL or (silent and len(self.ledger) % 2 == 0)
        issued = self._issued(self.families[name], name, number, now) if acts else None
        status, body = 200, issued or {}
        if silent:
            # Whoever asked does not learn what was issued.
            status = 0
        elif mood is Mood.FAILING:
            status, body = 500, {"error": "server_error"}
        elif mood is Mood.REFUSING:
            status, body = 401, {"error": "invalid_client"}
        elif issued is None:
            status, body = 400, {"error": "invalid_grant"}
        else:
            self.families[name].delivered = self.families[name].newest
        answer = "no answer" if silent else str(body.get("error", "tokens"))
        sent = Sent(at=now, family=name, number=number, answer=answer, acted=issued is not None)
        self.ledger.append(sent)
        return status, body

    def _issued(
        self, family: Family, name: int, number: int, now: datetime
    ) -> dict[str, Any] | None:
        """Issue the next token set; None if the refresh token is good no more."""
        used = family.rotated_at.setdefault(number, now)
        reused = number < family.newest and now >= used + self.grace
        family.dead = family.dead or reused
        if family.dead:
            return None
        family.newest += 1
        family.ends[family.newest] = now + LIFETIME
        return {
            "access_token": f"access-{name}-{family.newest}",
            "refresh_token": f"refresh-{name}-{family.newest}",
            "token_type": "Bearer",
            "expires_in": int(LIFETIME.total_seconds()),
        }


@contextmanager
def in_place_of_the_network(provider: Provider) -> Iterator[None]:
    """Let the service's requests end at the provider."""

    def answered(_: object, request: ServerRequest, exchange: Exchange) -> GuardedResponse:
        return provider.answer(request, exchange)

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(HttpAuthorizationServer, "_answer", answered)
        yield
