"""Disconnecting a grant that does not open: deleted unread, and said loudly."""

import pytest

from connections.application.disconnect import Disconnecter
from connections.application.ports import SealBroken
from connections.domain.errors import Unavailable
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.domain.revocation import Revocation
from tests.builders import CONNECTION, NOW, a_connection, a_grant
from tests.doubles.world import World
from tests.unit.application.parts import FIRST, RUN, disconnect, ended, reconnect, state


@pytest.fixture(autouse=True)
def _the_seal_is_broken(world: World) -> None:
    world.fail("tokens.get", error=SealBroken("sealed for another connection"))


def test_it_is_deleted_unread_and_nothing_is_sent_to_be_revoked(
    disconnecter: Disconnecter, world: World
) -> None:
    assert disconnecter.disconnect(CONNECTION, RUN) is Revocation.NOT_SUPPORTED

    assert (world.grants, state(world), world.to_revoke) == ({}, ended(), [])
    assert world.calls[2:] == [
        "sealed_tokens.get",
        "sealed_tokens.delete",
        "states.disconnected",
        "logbook.write",
    ]


def test_the_log_says_that_somebody_may_write_to_storage(
    disconnecter: Disconnecter, world: World
) -> None:
    disconnecter.disconnect(CONNECTION, RUN)

    assert world.entries == [
        LogEntry(
            connection_id=CONNECTION,
            at=NOW,
            event=Event.DISCONNECTED,
            severity=Severity.ERROR,
            detail="The tokens were deleted here unread: they were not sealed for this connection,"
            " or have been changed in storage. End the app's access in the provider's own settings,"
            " and find out who can write to the table of tokens.",
        )
    ]


def test_one_that_the_state_does_not_know_is_ended_too(
    disconnecter: Disconnecter, world: World
) -> None:
    world.holding(a_connection(grant_id=None, generation=0))
    world.meanwhile("states.disconnected", lambda: world.holding(a_connection()))

    disconnecter.disconnect(CONNECTION, RUN)

    assert state(world) == ended()


def test_one_that_changes_meanwhile_is_left_for_the_next_try(
    disconnecter: Disconnecter, world: World
) -> None:
    successor = a_grant(generation=2)
    world.meanwhile("sealed_tokens.delete", lambda: world.holding(state(world), grant=successor))

    with pytest.raises(Unavailable, match="being refreshed"):
        disconnecter.disconnect(CONNECTION, RUN)

    assert (world.grants, state(world)) == ({CONNECTION: successor}, a_connection())
    assert world.entries == []


def test_one_that_another_disconnect_ended_meanwhile_is_said_once(
    disconnecter: Disconnecter, world: World
) -> None:
    world.meanwhile("sealed_tokens.get", lambda: disconnect(world))

    assert disconnecter.disconnect(CONNECTION, RUN) is Revocation.NOT_SUPPORTED

    assert (world.grants, state(world), world.entries) == ({}, ended(), [])


def test_a_consent_that_comes_after_it_was_deleted_stays(
    disconnecter: Disconnecter, world: World
) -> None:
    world.meanwhile("states.disconnected", lambda: reconnect(world))

    disconnecter.disconnect(CONNECTION, RUN)

    assert world.grants.keys() == {CONNECTION}
    assert world.grants[CONNECTION] != FIRST
    assert (state(world).grant_id, world.entries) == (world.grants[CONNECTION].grant_id, [])
