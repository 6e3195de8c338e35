"""A refresh that is overtaken while it waits for the server: nothing late crosses over."""

import logging
from collections.abc import Callable
from dataclasses import replace

import pytest

from connections.application.refresh_outcome import Outcome, Result
from connections.domain.connection import Connection, Status
from connections.domain.identifiers import ConnectionId
from connections.oauth.messages import ServerResponse
from tests.builders import CONNECTION, HOUR, NOW, a_connection, a_grant
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.parts import (
    DUE,
    Refresh,
    another_grant,
    claimed_by_another,
    disconnect,
    issued_earlier,
    new_tokens,
    reconnect,
    refused,
    state,
    stored,
    the_second_generation,
    without_revocation,
)
from tests.unit.oauth.answers import an_answer


class Meanwhile:
    """An answer before which something happens to the world, and the state that it left."""

    def __init__(self, world: World, action: Callable[[World], None], answer: ServerResponse):
        self.world = world
        self.action = action
        self.answer = answer
        self.left: dict[ConnectionId, Connection] = {}

    def __call__(self) -> ServerResponse:
        self.action(self.world)
        self.left = dict(self.world.connections_by_id)
        return self.answer


def won_and_said(world: World) -> None:
    """Store the successor and bring the state up, as another that took the claim over."""
    claimed_by_another(world)
    former = replace(state(world), fence=state(world).fence - 1)
    world.grants[CONNECTION] = the_second_generation()
    world.states.refreshed(former, the_second_generation(), NOW + HOUR, NOW)


def won_and_died(world: World) -> None:
    """Store the successor and leave the state as it is."""
    world.grants[CONNECTION] = the_second_generation()


def both(world: World) -> None:
    disconnect(world)
    reconnect(world)


def test_tokens_issued_for_a_grant_that_was_disconnected_are_revoked(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    meanwhile = Meanwhile(world, disconnect, new_tokens())
    server.answers.append(meanwhile)

    outcome = refresh(DUE)

    assert outcome == Outcome(result=Result.NOT_CONNECTED)
    assert world.to_revoke == [the_second_generation()]
    assert world.grants == {}
    assert world.connections_by_id == meanwhile.left
    assert world.entries == []


def test_tokens_that_no_endpoint_revokes_are_let_go(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    world.grants[CONNECTION] = replace(stored(world), issuance=without_revocation())
    server.answers.append(Meanwhile(world, disconnect, new_tokens()))

    assert refresh(DUE) == Outcome(result=Result.NOT_CONNECTED)
    assert (world.to_revoke, world.grants) == ([], {})


@pytest.mark.parametrize("action", [reconnect, both])
def test_tokens_issued_for_a_former_grant_leave_the_new_one_alone(
    refresh: Refresh,
    server: ScriptedServer,
    world: World,
    caplog: pytest.LogCaptureFixture,
    action: Callable[[World], None],
) -> None:
    meanwhile = Meanwhile(world, action, new_tokens())
    server.answers.append(meanwhile)

    outcome = refresh(DUE)

    assert outcome == Outcome(result=Result.CURRENT, grant=another_grant())
    assert stored(world) == another_grant()
    assert world.connections_by_id == meanwhile.left
    assert world.to_revoke == []
    (record,) = caplog.records
    assert (record.levelno, record.message) == (logging.ERROR, "grant-orphaned")
    assert vars(record)["cause"] == "superseded"
    assert vars(record)["connectionId"] == CONNECTION


def test_whoever_holds_a_successor_stores_it_and_leaves_the_state_to_the_claims_new_holder(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    meanwhile = Meanwhile(world, claimed_by_another, new_tokens())
    server.answers.append(meanwhile)

    outcome = refresh(DUE)

    assert outcome == Outcome(result=Result.REFRESHED, grant=the_second_generation())
    assert stored(world) == the_second_generation()
    assert world.connections_by_id == meanwhile.left


def test_a_losers_invalid_grant_does_not_end_the_winners_grant(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    meanwhile = Meanwhile(world, won_and_said, refused("invalid_grant"))
    server.answers.append(meanwhile)

    outcome = refresh(DUE)

    assert outcome == Outcome(result=Result.CURRENT, grant=the_second_generation())
    assert world.connections_by_id == meanwhile.left
    assert (state(world).status, state(world).generation) == (Status.ACTIVE, 2)
    assert world.entries == []


def test_a_loser_brings_the_state_up_for_a_winner_that_died(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    server.answers.append(Meanwhile(world, won_and_died, refused("invalid_grant")))

    outcome = refresh(DUE)

    assert outcome == Outcome(result=Result.CURRENT, grant=the_second_generation())
    after = state(world)
    assert (after.status, after.generation, after.claim) == (Status.ACTIVE, 2, None)
    assert after.expires_at == NOW + 2 * HOUR
    assert "states.failed" not in world.calls
    assert world.entries == []


@pytest.mark.parametrize("action", [reconnect, both])
def test_a_former_grants_invalid_grant_does_not_end_the_new_one(
    refresh: Refresh, server: ScriptedServer, world: World, action: Callable[[World], None]
) -> None:
    meanwhile = Meanwhile(world, action, refused("invalid_grant"))
    server.answers.append(meanwhile)

    outcome = refresh(DUE)

    assert outcome == Outcome(result=Result.CURRENT, grant=another_grant())
    assert world.connections_by_id == meanwhile.left
    assert world.entries == []


def test_an_invalid_grant_after_a_disconnect_is_no_news(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    meanwhile = Meanwhile(world, disconnect, refused("invalid_grant"))
    server.answers.append(meanwhile)

    assert refresh(DUE) == Outcome(result=Result.NOT_CONNECTED)
    assert world.connections_by_id == meanwhile.left
    assert world.entries == []


@pytest.mark.parametrize("action", [disconnect, reconnect, claimed_by_another])
@pytest.mark.parametrize("answer", [an_answer(None, 503), refused("invalid_client", 401)])
def test_a_failure_counts_only_under_the_holders_own_claim(
    refresh: Refresh,
    server: ScriptedServer,
    world: World,
    action: Callable[[World], None],
    answer: ServerResponse,
) -> None:
    meanwhile = Meanwhile(world, action, answer)
    server.answers.append(meanwhile)

    refresh(DUE)

    assert world.connections_by_id == meanwhile.left
    assert world.entries == []


@pytest.mark.parametrize("answer", [an_answer(None, 503), refused("invalid_client", 401)])
def test_a_failure_of_what_was_disconnected_or_replaced_meanwhile_is_answered_by_what_there_is(
    refresh: Refresh, server: ScriptedServer, world: World, answer: ServerResponse
) -> None:
    server.answers.append(Meanwhile(world, reconnect, answer))
    assert refresh(DUE) == Outcome(result=Result.CURRENT, grant=another_grant())

    world.holding(a_connection(), grant=a_grant(tokens=issued_earlier()))
    server.answers.append(Meanwhile(world, disconnect, answer))
    assert refresh(DUE) == Outcome(result=Result.NOT_CONNECTED)


def test_an_invalid_grant_counts_only_under_the_holders_own_claim(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    meanwhile = Meanwhile(world, claimed_by_another, refused("invalid_grant"))
    server.answers.append(meanwhile)

    refresh(DUE)

    assert world.connections_by_id == meanwhile.left
    assert stored(world) == a_grant(tokens=issued_earlier())
    assert state(world).status is a_connection().status
    assert world.entries == []
