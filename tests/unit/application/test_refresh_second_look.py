"""The second look: what is done under a claim in place of sending the refresh token.

The scripted server has no answer, so that whatever is sent to it fails the test.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from connections.application.refresh_outcome import Outcome, Result
from connections.domain.connection import Connection, Reason, Status
from connections.domain.failure import Failure, FailureKind
from connections.domain.identifiers import GrantId
from connections.domain.log_entry import Event
from connections.domain.refresh import Need
from tests.builders import CONNECTION, GRANT, HOUR, NOW, a_connection, a_grant, a_new_connection
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.parts import (
    ANOTHER_GRANT,
    CLAIMED,
    DEMANDED,
    DUE,
    Refresh,
    disconnect,
    issued_earlier,
    new_tokens,
    reading,
    reconnect,
    state,
    stored,
)

SECOND = a_grant(generation=2, tokens=issued_earlier(refresh_token="refresh-2"))
MENDED_DUE = NOW + HOUR - timedelta(minutes=12) - timedelta(minutes=3)
"""A tenth of two hours before the end, and half of a twentieth that chance spreads."""
MENDED = a_connection(
    generation=2,
    refresh_at=MENDED_DUE,
    last_refreshed_at=NOW - HOUR,
    updated_at=NOW,
    fence=1,
)


@pytest.mark.parametrize(
    ("grant_id", "generation"), [(GRANT, 1), (ANOTHER_GRANT, 2), (None, 0)], ids=str
)
def test_a_state_that_is_behind_its_tokens_is_mended(
    refresh: Refresh, world: World, grant_id: GrantId | None, generation: int
) -> None:
    behind = a_connection(
        status=Status.RECONNECT_REQUIRED,
        reason=Reason.GRANT_REVOKED,
        failures=2,
        grant_id=grant_id,
        generation=generation,
    )
    world.holding(behind, grant=SECOND)

    outcome = refresh(DUE)

    assert outcome == Outcome(result=Result.CURRENT, grant=SECOND)
    assert state(world) == MENDED
    assert stored(world) == SECOND
    assert world.calls == ["states.claim", "tokens.get", "tokens.ready", "states.refreshed"]
    assert world.entries == []


@pytest.mark.parametrize(
    ("need", "result"),
    [
        (DEMANDED, Result.BUSY),
        (reading(HOUR), Result.CURRENT),
        (reading(HOUR + timedelta(seconds=1)), Result.BUSY),
        (replace(DEMANDED, since=NOW - HOUR), Result.CURRENT),
    ],
)
def test_who_needs_more_than_was_found_stored_looks_again(
    refresh: Refresh, world: World, need: Need, result: Result
) -> None:
    world.holding(a_connection(), grant=SECOND)

    assert refresh(need) == Outcome(result=result, grant=SECOND)
    assert state(world) == MENDED


def test_a_state_that_cannot_be_mended_now_does_not_keep_the_tokens_from_anybody(
    refresh: Refresh, world: World
) -> None:
    world.holding(a_connection(), grant=SECOND)
    world.fail("states.refreshed")

    assert refresh(DUE) == Outcome(result=Result.CURRENT, grant=SECOND)
    assert state(world).claim == CLAIMED


@pytest.mark.parametrize("refresh_at", [NOW + timedelta(microseconds=1), None])
def test_what_is_not_due_is_released_as_it_was(
    refresh: Refresh, world: World, refresh_at: datetime | None
) -> None:
    world.holding(a_connection(refresh_at=refresh_at))

    outcome = refresh(DUE)

    assert outcome == Outcome(
        result=Result.CURRENT, grant=stored(world), status=Status.ACTIVE, retry_at=refresh_at
    )
    assert state(world) == a_connection(refresh_at=refresh_at, fence=1)
    assert world.calls[-1] == "states.released"


def test_tokens_issued_after_the_wish_satisfy_it(refresh: Refresh, world: World) -> None:
    world.grants[CONNECTION] = a_grant(tokens=issued_earlier(issued_at=NOW))

    assert refresh(DEMANDED).result is Result.CURRENT


def a_dead_one() -> Connection:
    return a_connection(
        status=Status.RECONNECT_REQUIRED, reason=Reason.GRANT_REVOKED, refresh_at=None, failures=1
    )


def one_backing_off(reason: Reason = Reason.PROVIDER_UNAVAILABLE) -> Connection:
    return a_connection(
        status=Status.DEGRADED, reason=reason, refresh_at=NOW + timedelta(minutes=1), failures=1
    )


@pytest.mark.parametrize(
    ("former", "need"),
    [
        pytest.param(a_dead_one(), DEMANDED, id="a dead grant"),
        pytest.param(one_backing_off(), reading(2 * HOUR), id="a reader within the backoff"),
        pytest.param(one_backing_off(Reason.RATE_LIMITED), DEMANDED, id="told to wait"),
    ],
)
def test_a_refresh_for_which_it_is_not_the_time_is_held(
    refresh: Refresh, world: World, former: Connection, need: Need
) -> None:
    world.holding(former)

    outcome = refresh(need)

    assert outcome == Outcome(
        result=Result.HELD,
        grant=stored(world),
        status=former.status,
        retry_at=former.refresh_at,
    )
    assert state(world) == replace(former, fence=1)
    assert world.entries == []


def test_somebody_who_demands_it_does_not_wait_for_the_backoff(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    world.holding(one_backing_off())
    server.answers.append(new_tokens())

    assert refresh(DEMANDED).result is Result.REFRESHED


def test_an_access_token_without_a_refresh_token_is_left_to_live(
    refresh: Refresh, world: World
) -> None:
    world.grants[CONNECTION] = a_grant(tokens=issued_earlier(refresh_token=None))

    outcome = refresh(DEMANDED)

    assert (outcome.result, outcome.grant) == (Result.HELD, stored(world))
    assert state(world) == a_connection(fence=1)


def test_an_access_token_that_ends_without_a_refresh_token_asks_to_reconnect(
    refresh: Refresh, world: World
) -> None:
    ended = a_grant(tokens=issued_earlier(refresh_token=None, expires_at=NOW))
    world.grants[CONNECTION] = ended

    outcome = refresh(DUE)

    assert outcome == Outcome(
        result=Result.FAILED,
        grant=ended,
        failure=Failure(
            kind=FailureKind.GRANT,
            explanation="the access token has ended and nothing renews it",
        ),
        status=Status.RECONNECT_REQUIRED,
    )
    restated = state(world)
    assert (restated.status, restated.reason) == (Status.RECONNECT_REQUIRED, Reason.EXPIRED)
    assert (restated.refresh_at, restated.claim, restated.spending) == (None, None, None)
    (entry,) = world.entries
    assert entry.detail == (
        "The refresh failed: the access token has ended and nothing renews it. "
        "Ask the provider for offline access, in the scopes or in the authorize URL,"
        " and press CONNECT again."
    )


def test_what_nobody_has_connected_is_not_refreshed(refresh: Refresh, world: World) -> None:
    world.holding(a_new_connection())
    world.grants.clear()

    assert refresh(DUE) == Outcome(result=Result.NOT_CONNECTED)
    assert state(world) == a_new_connection(fence=1)


def test_a_state_whose_tokens_are_gone_is_disconnected(refresh: Refresh, world: World) -> None:
    world.grants.clear()

    assert refresh(DUE) == Outcome(result=Result.NOT_CONNECTED)
    assert state(world) == a_new_connection(
        reason=Reason.DISCONNECTED, fence=2, updated_at=NOW, requested_scopes="read write"
    )
    assert world.events == [Event.DISCONNECTED]


def test_a_consent_that_comes_while_tokens_are_missed_is_not_disconnected(
    refresh: Refresh, world: World
) -> None:
    disconnect(world)
    world.holding(a_connection())
    world.meanwhile("states.disconnected", lambda: reconnect(world))

    assert refresh(DUE).result is Result.NOT_CONNECTED
    assert (state(world).status, state(world).grant_id) == (Status.ACTIVE, ANOTHER_GRANT)
