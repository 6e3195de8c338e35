"""What the tests of the use cases say again and again."""

from datetime import datetime, timedelta
from typing import Any

from connections.domain.connection import Connection
from connections.domain.grant import Grant
from connections.domain.refresh import Cause, Need
from connections.oauth.messages import ServerResponse
from tests.builders import CONNECTION, NOW, a_token_set
from tests.doubles.world import World
from tests.unit.oauth.answers import an_answer

DEADLINE = NOW + timedelta(seconds=60)
DUE = Need(cause=Cause.DUE, since=NOW)
DEMANDED = Need(cause=Cause.DEMANDED, since=NOW)
NEW_TOKENS = {
    "access_token": "access-2",
    "token_type": "Bearer",
    "scope": "read",
    "refresh_token": "refresh-2",
    "expires_in": 7200,
}


def same_bytes(count: int) -> bytes:
    """Return chance without any: as many of the same byte."""
    return b"\x07" * count


def issued_earlier(**changes: Any) -> Any:
    """Return a token set that was issued an hour ago and has as long to go."""
    return a_token_set(issued_at=NOW - timedelta(hours=1), **changes)


def new_tokens(sent_at: datetime = NOW, **changes: Any) -> ServerResponse:
    """Return a token response that brings the second generation."""
    return an_answer({**NEW_TOKENS, **changes}, sent_at=sent_at)


def refused(error: str, status: int = 400, **headers: Any) -> ServerResponse:
    """Return an error response of a token endpoint."""
    return an_answer({"error": error}, status, **headers)


def state(world: World) -> Connection:
    return world.connections_by_id[CONNECTION]


def stored(world: World) -> Grant:
    return world.grants[CONNECTION]
