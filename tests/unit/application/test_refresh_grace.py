"""An answer that is lost where a second use does no harm: the holder asks again, once."""

from datetime import timedelta

import pytest

from connections.application.invocation import Invocation
from connections.application.ports import NoAnswer, NotSent
from connections.application.refresh import Refresher
from connections.application.refresh_outcome import Result
from connections.domain.claim import COMMIT_RESERVE
from connections.domain.connection import Reason, Status
from connections.domain.failure import FailureKind
from connections.oauth.messages import ServerResponse
from tests.builders import CONNECTION, NOW, a_connection, a_failure, a_grant, an_issuance
from tests.doubles.clock import ManualClock
from tests.doubles.servers import Answer, ScriptedServer
from tests.doubles.world import World
from tests.unit.application.fetching import fetched_earlier
from tests.unit.application.parts import (
    DUE,
    INSTANT,
    SPENDING,
    Refresh,
    issued_earlier,
    new_tokens,
    refused,
    state,
    stored,
    the_second_generation,
)
from tests.unit.oauth.answers import an_answer

LOST = NoAnswer(a_failure(FailureKind.UNKNOWN))
BY_A_GATEWAY = an_answer({}, 502)
CALL = timedelta(seconds=10)


def holding(world: World, **facts: object) -> None:
    issuance = an_issuance(provider=facts)
    world.holding(a_connection(), grant=a_grant(tokens=issued_earlier(), issuance=issuance))


def sent(server: ScriptedServer) -> list[object]:
    return [request.form["refresh_token"] for request in server.requests]


@pytest.mark.parametrize("facts", [{"reuseGraceSeconds": 30}, {"rotation": "none"}])
@pytest.mark.parametrize("lost", [LOST, BY_A_GATEWAY])
def test_the_same_refresh_token_is_sent_again(
    refresh: Refresh, server: ScriptedServer, world: World, lost: Answer, facts: dict[str, object]
) -> None:
    holding(world, **facts)
    server.answers.extend([lost, new_tokens()])

    assert refresh(DUE).result is Result.REFRESHED

    assert sent(server) == ["refresh-1", "refresh-1"]
    assert stored(world).tokens == the_second_generation().tokens
    assert (state(world).status, state(world).spending) == (Status.ACTIVE, None)


@pytest.mark.parametrize(
    "facts", [{}, {"rotation": "rotates"}, {"rotation": "revokes-family"}, {"reuseGraceSeconds": 0}]
)
def test_where_a_second_use_may_do_harm_it_is_sent_once(
    refresh: Refresh, server: ScriptedServer, world: World, facts: dict[str, object]
) -> None:
    holding(world, **facts)
    server.answers.append(LOST)

    assert refresh(DUE).result is Result.FAILED
    assert (state(world).reason, state(world).spending) == (Reason.OUTCOME_UNKNOWN, SPENDING)


@pytest.mark.parametrize(("taken", "times"), [(timedelta(seconds=30), 1), (CALL * 2, 2)])
def test_the_grace_runs_from_the_first_sending(
    refresh: Refresh,
    server: ScriptedServer,
    world: World,
    clock: ManualClock,
    taken: timedelta,
    times: int,
) -> None:
    def lost_late() -> ServerResponse:
        clock.advance(taken)
        raise LOST

    holding(world, reuseGraceSeconds=30)
    server.answers.extend([lost_late, new_tokens()])

    refresh(DUE)

    assert len(server.requests) == times


@pytest.mark.parametrize(("missing", "times"), [(INSTANT, 1), (timedelta(), 2)])
def test_it_is_sent_again_only_with_time_for_the_whole_of_it(
    refresher: Refresher,
    server: ScriptedServer,
    world: World,
    clock: ManualClock,
    missing: timedelta,
    times: int,
) -> None:
    def lost_late() -> ServerResponse:
        clock.advance(CALL)
        raise LOST

    holding(world, rotation="none")
    server.answers.extend([lost_late, new_tokens()])
    deadline = NOW + 2 * CALL + COMMIT_RESERVE - missing

    refresher.refresh(CONNECTION, DUE, Invocation(id="run-1", deadline=deadline))

    assert len(server.requests) == times


def test_a_refusal_then_says_that_an_answer_was_lost(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    holding(world, reuseGraceSeconds=30)
    server.answers.extend([LOST, refused("invalid_grant")])

    refresh(DUE)

    assert state(world).status is Status.RECONNECT_REQUIRED
    assert state(world).reason is Reason.ANSWER_LOST


@pytest.mark.parametrize(
    "second",
    [
        NoAnswer(a_failure(FailureKind.UNKNOWN)),
        NotSent(a_failure(FailureKind.WAIT)),
        an_answer({}, 500),
        refused("invalid_client"),
    ],
)
def test_whatever_else_comes_of_it_the_outcome_stays_unknown(
    refresh: Refresh, server: ScriptedServer, world: World, second: Answer
) -> None:
    holding(world, reuseGraceSeconds=30)
    server.answers.extend([LOST, second])

    assert refresh(DUE).result is Result.FAILED

    assert len(server.requests) == 2
    assert (state(world).status, state(world).reason) == (Status.DEGRADED, Reason.OUTCOME_UNKNOWN)
    assert state(world).spending == SPENDING


@pytest.mark.parametrize("first", [NotSent(a_failure(FailureKind.WAIT)), an_answer({}, 500)])
def test_what_was_answered_is_not_asked_again(
    refresh: Refresh, server: ScriptedServer, world: World, first: Answer
) -> None:
    holding(world, reuseGraceSeconds=30, rotation="none")
    server.answers.append(first)

    assert refresh(DUE).result is Result.FAILED
    assert len(server.requests) == 1


def test_client_credentials_wait_for_their_backoff(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    """Nothing can be lost, so nothing is in a hurry."""
    fetched_earlier(world)
    server.answers.append(LOST)

    assert refresh(DUE).result is Result.FAILED
    assert len(server.requests) == 1
