"""A refresh that failed before: when it is tried again, and what of it is said."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from connections.application.ports import NotSent
from connections.application.refresh_outcome import Result
from connections.domain.connection import Evidence, Reason, Status
from connections.domain.log_entry import Event
from tests.builders import CONNECTION, HOUR, NOW, a_connection, a_failure
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.parts import (
    DEMANDED,
    DUE,
    FIRST_BACKOFF,
    Refresh,
    issued_earlier,
    new_tokens,
    state,
    stored,
)
from tests.unit.oauth.answers import an_answer

UNREACHABLE = a_failure(explanation="the server could not be reached")
BEFORE = Evidence(at=NOW - HOUR, generation=1, http_status=503, provider_error=None)


def again(**changes: Any) -> dict[str, Any]:
    return {"status": Status.DEGRADED, "failures": 1, "last_error": BEFORE, **changes}


def test_the_same_failure_again_waits_longer_and_is_not_said_twice(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    world.holding(a_connection(**again(reason=Reason.PROVIDER_UNAVAILABLE)))
    server.answers.append(NotSent(UNREACHABLE))

    refresh(DEMANDED)

    assert world.entries == []
    after = state(world)
    assert (after.failures, after.refresh_at) == (2, NOW + 2 * FIRST_BACKOFF)
    assert after.last_error == replace(BEFORE, at=NOW, http_status=None, request_id="run-1")


def test_another_failure_than_before_is_said(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    world.holding(a_connection(**again(reason=Reason.RATE_LIMITED)))
    server.answers.append(NotSent(UNREACHABLE))

    refresh(DUE)

    assert world.events == [Event.REFRESH_FAILED]


@pytest.mark.parametrize(
    ("ends", "retry_at"),
    [
        (NOW + timedelta(seconds=100), NOW + timedelta(seconds=40)),
        (NOW + timedelta(seconds=60), NOW + FIRST_BACKOFF),
    ],
)
def test_it_is_tried_once_more_shortly_before_the_access_token_ends(
    refresh: Refresh, server: ScriptedServer, world: World, ends: datetime, retry_at: datetime
) -> None:
    world.grants[CONNECTION] = replace(stored(world), tokens=issued_earlier(expires_at=ends))
    server.answers.append(an_answer(None, 503))

    refresh(DUE)

    assert state(world).refresh_at == retry_at


def test_what_failed_for_now_is_refreshed_at_the_next_try(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    server.answers.extend([an_answer(None, 503), new_tokens()])

    assert refresh(DUE).result is Result.FAILED
    assert refresh(DEMANDED).result is Result.REFRESHED
    assert world.events == [Event.REFRESH_FAILED, Event.REFRESHED]
    assert [request.form["refresh_token"] for request in server.requests] == ["refresh-1"] * 2
