"""A disconnect that something comes in between of: what was issued meanwhile is ended too."""

from dataclasses import replace

import pytest

from connections.application.disconnect import Disconnecter
from connections.domain.connection import Status
from connections.domain.errors import NotFound, Unavailable
from connections.domain.log_entry import Event
from connections.domain.revocation import Revocation
from tests.builders import CONNECTION, GRANT, a_connection, a_new_connection, some_inputs
from tests.doubles.world import World
from tests.unit.application.parts import (
    FIRST,
    RUN,
    another_grant,
    disconnect,
    ended,
    reconnect,
    state,
    stored,
    without_revocation,
)

ENDED = [Event.DISCONNECTED, Event.REVOKED]


def refreshed_meanwhile(world: World) -> None:
    """Store the next generation, as a refresh that is under way does."""
    world.grants[CONNECTION] = replace(stored(world), generation=stored(world).generation + 1)


def test_disconnecting_twice_is_said_once(disconnecter: Disconnecter, world: World) -> None:
    disconnecter.disconnect(CONNECTION, RUN)
    disconnecter.disconnect(CONNECTION, RUN)

    assert (world.to_revoke, state(world)) == ([FIRST], ended())
    assert world.events == ENDED


def test_of_two_disconnects_at_once_one_says_so(disconnecter: Disconnecter, world: World) -> None:
    world.meanwhile("tokens.delete", lambda: disconnect(world))

    assert disconnecter.disconnect(CONNECTION, RUN) is Revocation.QUEUED

    assert (world.grants, state(world)) == ({}, ended())
    assert world.entries == []


def test_a_grant_that_the_state_does_not_know_yet_is_ended_too(
    disconnecter: Disconnecter, world: World
) -> None:
    world.holding(a_new_connection())

    assert disconnecter.disconnect(CONNECTION, RUN) is Revocation.REVOKED

    assert (world.to_revoke, world.grants, state(world)) == ([FIRST], {}, ended())
    assert world.events == ENDED


def test_a_grant_that_the_state_learns_of_meanwhile_is_ended_too(
    disconnecter: Disconnecter, world: World
) -> None:
    world.holding(a_new_connection())
    world.meanwhile("states.disconnected", lambda: world.holding(a_connection()))

    disconnecter.disconnect(CONNECTION, RUN)

    assert state(world) == ended()


def test_a_state_whose_tokens_are_gone_already_is_brought_up(
    disconnecter: Disconnecter, world: World
) -> None:
    world.grants.clear()

    # Deleted after it was handed over, by a disconnect that was cut short then.
    assert disconnecter.disconnect(CONNECTION, RUN) is Revocation.QUEUED

    assert (state(world), world.to_revoke) == (ended(), [])
    assert world.events == [Event.DISCONNECTED]


def test_a_disconnect_that_was_cut_short_says_when_there_was_nothing_to_hand_over(
    disconnecter: Disconnecter, world: World
) -> None:
    issuance = without_revocation()
    world.holding(a_connection(), some_inputs(values=issuance.values))
    world.grants.clear()

    assert disconnecter.disconnect(CONNECTION, RUN) is Revocation.NOT_SUPPORTED

    assert world.events == [Event.DISCONNECTED]


def test_a_connection_that_is_deleted_while_its_disconnect_is_finished_is_not_found(
    disconnecter: Disconnecter, world: World
) -> None:
    world.grants.clear()
    world.meanwhile("connections.with_inputs", world.connections_by_id.clear)

    with pytest.raises(NotFound):
        disconnecter.disconnect(CONNECTION, RUN)


@pytest.mark.parametrize("times", [1, 4])
def test_generations_that_come_in_between_are_handed_over_and_deleted_too(
    disconnecter: Disconnecter, world: World, times: int
) -> None:
    for _ in range(times):
        world.meanwhile("tokens.delete", lambda: refreshed_meanwhile(world))

    assert disconnecter.disconnect(CONNECTION, RUN) is Revocation.REVOKED

    assert [grant.generation for grant in world.to_revoke] == list(range(1, times + 2))
    assert (world.grants, state(world)) == ({}, ended())
    assert world.events == [Event.DISCONNECTED] + [Event.REVOKED] * (times + 1)


def test_a_grant_that_never_stands_still_is_not_said_to_be_disconnected(
    disconnecter: Disconnecter, world: World
) -> None:
    for _ in range(5):
        world.meanwhile("tokens.delete", lambda: refreshed_meanwhile(world))

    with pytest.raises(Unavailable, match="refreshed all the time"):
        disconnecter.disconnect(CONNECTION, RUN)

    assert world.calls.count("tokens.delete") == 5
    assert stored(world).generation == 6
    assert (state(world), world.entries) == (a_connection(), [])


def test_a_grant_that_is_gone_when_it_is_looked_at_again_is_ended(
    disconnecter: Disconnecter, world: World
) -> None:
    world.meanwhile("tokens.delete", lambda: refreshed_meanwhile(world))
    world.meanwhile("tokens.get", world.grants.clear, after=1)

    assert disconnecter.disconnect(CONNECTION, RUN) is Revocation.REVOKED

    assert (world.to_revoke, state(world)) == ([FIRST], ended())


def test_a_consent_that_comes_in_between_stays(disconnecter: Disconnecter, world: World) -> None:
    world.meanwhile("tokens.delete", lambda: reconnect(world))

    assert disconnecter.disconnect(CONNECTION, RUN) is Revocation.QUEUED

    assert (world.to_revoke, stored(world)) == ([FIRST], another_grant())
    assert (state(world).status, state(world).grant_id) == (Status.ACTIVE, another_grant().grant_id)
    assert world.entries == []


def test_nothing_is_deleted_that_could_not_be_handed_over(
    disconnecter: Disconnecter, world: World
) -> None:
    world.fail("revocations.send")

    with pytest.raises(Unavailable, match=r"revocations\.send"):
        disconnecter.disconnect(CONNECTION, RUN)

    assert (stored(world), state(world), world.entries) == (FIRST, a_connection(), [])


@pytest.mark.parametrize("method", ["tokens.delete", "states.disconnected"])
def test_a_disconnect_that_failed_half_way_is_finished_by_the_next(
    disconnecter: Disconnecter, world: World, method: str
) -> None:
    world.fail(method)

    with pytest.raises(Unavailable):
        disconnecter.disconnect(CONNECTION, RUN)
    assert state(world).grant_id == GRANT
    disconnecter.disconnect(CONNECTION, RUN)

    assert world.to_revoke in ([FIRST], [FIRST, FIRST])
    assert (world.grants, state(world)) == ({}, ended())
