"""Client credentials: what comes of a first fetch that fails."""

import pytest

from connections.application.ports import NoAnswer
from connections.application.refresh_outcome import Outcome, Result
from connections.domain.connection import Connection, Evidence, Reason, Status
from connections.domain.failure import FailureKind
from connections.domain.log_entry import Event, Severity
from tests.builders import CONNECTION, NOW, a_failure
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.fetching import ANSWER, FORM, enter, entered, unfetched
from tests.unit.application.parts import (
    DEMANDED,
    DUE,
    FIRST_BACKOFF,
    Refresh,
    reading,
    refused,
    state,
)


@pytest.fixture(autouse=True)
def connection(world: World) -> Connection:
    """In place of the world's connection: one for which nothing was fetched yet."""
    world.grants.clear()
    world.holding(unfetched(), entered())
    return unfetched()


def test_a_first_fetch_that_fails_leaves_the_connection_pending_with_the_reason(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    server.answers.append(refused("invalid_client", 401))

    outcome = refresh(DUE)

    retry_at = NOW + FIRST_BACKOFF
    assert (outcome.result, outcome.status, outcome.retry_at) == (
        Result.FAILED,
        Status.PENDING,
        retry_at,
    )
    now = state(world)
    assert (now.status, now.reason) == (Status.PENDING, Reason.OPERATOR_ACTION_REQUIRED)
    assert (now.failures, now.refresh_at, now.light) == (1, retry_at, None)
    assert now.last_error == Evidence(
        at=NOW,
        generation=0,
        http_status=401,
        provider_error="invalid_client",
        request_id="run-1",
    )
    assert CONNECTION not in world.grants


def test_the_log_says_why_and_what_to_do(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    server.answers.append(refused("invalid_client", 401))

    refresh(DUE)

    (entry,) = world.entries
    assert (entry.event, entry.severity) == (Event.REFRESH_FAILED, Severity.WARNING)
    assert entry.detail.startswith(
        "The access token could not be fetched: the authorization server refused the app. "
    )
    assert "check the client id and the client secret" in entry.detail
    assert not entry.for_operator, "who entered them is who must act"


def test_a_grant_that_the_server_calls_dead_is_the_operators(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    server.answers.append(refused("invalid_grant"))

    outcome = refresh(DUE)

    assert outcome.failure is not None
    assert outcome.failure.kind is FailureKind.CLIENT
    assert state(world).reason is Reason.OPERATOR_ACTION_REQUIRED
    assert "refused the client's credentials" in world.entries[0].detail


def test_an_answer_that_was_lost_has_cost_nothing(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    server.answers.append(NoAnswer(a_failure(FailureKind.UNKNOWN)))

    refresh(DUE)

    now = state(world)
    assert (now.reason, now.spending) == (Reason.PROVIDER_UNAVAILABLE, None)
    assert now.refresh_at == NOW + FIRST_BACKOFF


def test_after_a_failure_readers_wait_and_the_schedule_and_people_do_not(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    server.answers.append(refused("invalid_client", 401))
    refresh(DUE)
    retry_at = state(world).refresh_at

    held = refresh(reading())

    assert held == Outcome(result=Result.HELD, status=Status.PENDING, retry_at=retry_at)
    assert (state(world).refresh_at, state(world).claim) == (retry_at, None)
    server.answers.append(ANSWER)
    assert refresh(DEMANDED).result is Result.REFRESHED


def test_a_mended_secret_is_fetched_with_at_once(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    server.answers.append(refused("invalid_client", 401))
    refresh(DUE)

    enter(world, clientSecret="another-secret")

    assert (state(world).reason, state(world).refresh_at) == (Reason.NOT_CONNECTED, NOW)
    server.answers.append(ANSWER)
    assert refresh(reading()).result is Result.REFRESHED
    assert server.requests[-1].form == {**FORM, "client_secret": "another-secret"}
