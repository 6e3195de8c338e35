"""What the tests of the use cases say again and again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from connections.application.invocation import Invocation
from connections.application.refresh_outcome import Outcome
from connections.domain.claim import Claim, Spending
from connections.domain.connection import Connection, Reason
from connections.domain.grant import Grant, Issuance, TokenSet
from connections.domain.identifiers import GrantId
from connections.domain.refresh import Cause, Need
from connections.oauth.messages import ServerResponse
from tests.builders import (
    CONNECTION,
    GRANT,
    HOUR,
    NOW,
    a_grant,
    a_new_connection,
    a_token_set,
    an_issuance,
)
from tests.doubles.world import World
from tests.unit.oauth.answers import an_answer

Refresh = Callable[[Need], Outcome]

DEADLINE = NOW + timedelta(seconds=60)
LATER = NOW + timedelta(seconds=1)
RUN = Invocation(id="run-1", deadline=DEADLINE)
INSTANT = timedelta(microseconds=1)
DUE = Need(cause=Cause.DUE, since=NOW)
DEMANDED = Need(cause=Cause.DEMANDED, since=NOW)
ANOTHER_GRANT = GrantId("gra_00000000000000000000000002")
SPENDING = Spending(grant_id=GRANT, generation=1)
CLAIMED = Claim(holder="run-1/0707070707070707", until=DEADLINE + timedelta(seconds=30))
OF_ANOTHER = Claim(holder="run-0/0606060606060606", until=DEADLINE)
FIRST_BACKOFF = timedelta(seconds=67.5)
"""A minute, and half of the quarter that chance adds."""
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


def issued_earlier(**changes: Any) -> TokenSet:
    """Return a token set that was issued an hour ago and has as long to go."""
    return a_token_set(**{"issued_at": NOW - HOUR, **changes})


def reading(min_ttl: timedelta = timedelta()) -> Need:
    """Return the need of somebody who reads credentials just now."""
    return Need(cause=Cause.READ, since=NOW, min_ttl=min_ttl)


def new_tokens(sent_at: datetime = NOW, **changes: Any) -> ServerResponse:
    """Return a token response that brings the second generation."""
    return an_answer({**NEW_TOKENS, **changes}, sent_at=sent_at)


def refused(error: str, status: int = 400, **headers: Any) -> ServerResponse:
    """Return an error response of a token endpoint."""
    return an_answer({"error": error}, status, **headers)


def without_revocation() -> Issuance:
    """Return what a grant was issued under whose server revokes nothing."""
    return an_issuance({"revokeUrl": ""})


def the_second_generation() -> Grant:
    """Return the grant as the answer `new_tokens()` leaves it."""
    told = {name: value for name, value in NEW_TOKENS.items() if name != "refresh_token"}
    return a_grant(
        generation=2,
        tokens=a_token_set(
            response=told, refresh_token="refresh-2", issued_at=NOW, expires_at=NOW + 2 * HOUR
        ),
    )


def another_grant() -> Grant:
    """Return what the customer's next consent brings."""
    return a_grant(grant_id=ANOTHER_GRANT, tokens=a_token_set(refresh_token="refresh-of-another"))


def disconnect(world: World) -> None:
    """Do what a disconnect does to storage."""
    world.tokens.delete(stored(world))
    world.states.disconnected(state(world), NOW)


def reconnect(world: World) -> None:
    """Do what a new consent does to storage."""
    world.tokens.begin(another_grant())
    world.states.connected(another_grant(), NOW + HOUR, NOW)


def ended(fence: int = 1) -> Connection:
    """Return the state of a connection that was disconnected just now."""
    return a_new_connection(reason=Reason.DISCONNECTED, fence=fence, updated_at=NOW)


def claimed_by_another(world: World) -> None:
    """Let somebody else hold the claim."""
    former = state(world)
    world.holding(replace(former, claim=OF_ANOTHER, spending=SPENDING, fence=former.fence + 1))


def state(world: World) -> Connection:
    return world.connections_by_id[CONNECTION]


def stored(world: World) -> Grant:
    return world.grants[CONNECTION]


FIRST = a_grant(tokens=issued_earlier())
"""The grant of the world that the tests begin with."""
