"""Storage that stumbles in the middle: nothing that was issued is lost by it, and it is said."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connections.application.complete_authorization import AuthorizationCompleter
from connections.application.disconnect import Disconnecter
from connections.application.ports import SealBroken
from connections.application.read_credentials import CredentialsReader
from connections.application.refresh_outcome import Outcome, Result
from connections.domain.errors import Unavailable
from connections.domain.log_entry import Event
from connections.domain.revocation import Revocation
from tests.builders import AUTHORIZATION, CONNECTION, HOUR, NOW, a_grant
from tests.doubles.clock import ManualClock
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.credentials import STORED
from tests.unit.application.flows import come_back
from tests.unit.application.parts import (
    DUE,
    INSTANT,
    RUN,
    Refresh,
    disconnect,
    issued_earlier,
    new_tokens,
    refused,
    stored,
    the_second_generation,
)


@pytest.mark.parametrize("method", ["states.claim", "tokens.get", "tokens.ready"])
def test_a_live_token_is_handed_out_when_storage_fails_the_refresh(
    reader: CredentialsReader, server: ScriptedServer, world: World, method: str
) -> None:
    world.fail(method)

    assert reader.read(CONNECTION, HOUR + INSTANT, RUN) == STORED

    assert server.requests == []


def test_a_live_token_is_handed_out_when_its_successor_cannot_be_stored(
    reader: CredentialsReader, server: ScriptedServer, world: World
) -> None:
    server.answers.append(new_tokens())
    world.fail("tokens.succeed", 5)
    world.fail("rescues.send", 5)

    assert reader.read(CONNECTION, HOUR + INSTANT, RUN) == STORED


def test_a_dead_token_is_not_handed_out_when_storage_fails_the_refresh(
    reader: CredentialsReader, world: World
) -> None:
    world.grants[CONNECTION] = a_grant(tokens=issued_earlier(expires_at=NOW))
    world.fail("states.claim")

    with pytest.raises(Unavailable):
        reader.read(CONNECTION, timedelta(), RUN)


@pytest.mark.parametrize("failing", range(1, 5))
@pytest.mark.parametrize("method", ["tokens.get", "revocations.send"])
def test_a_late_successor_is_handed_over_as_often_as_it_takes(
    refresh: Refresh,
    server: ScriptedServer,
    world: World,
    clock: ManualClock,
    method: str,
    failing: int,
) -> None:
    def disconnected_then_stumbling() -> None:
        disconnect(world)
        world.fail(method, failing)

    server.answers.append(new_tokens())
    world.meanwhile("tokens.succeed", disconnected_then_stumbling)

    assert refresh(DUE) == Outcome(result=Result.NOT_CONNECTED)

    assert world.to_revoke == [the_second_generation()]
    assert clock.slept == pytest.approx([0.2, 0.4, 0.8, 1.6][:failing])


@pytest.mark.parametrize("method", ["tokens.ready", "flows.close"])
def test_a_code_that_was_not_exchanged_leaves_the_link_and_an_entry(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World, method: str
) -> None:
    begun.fail(method)

    with pytest.raises(Unavailable):
        come_back(completer)

    assert server.requests == []
    assert AUTHORIZATION in begun.authorizations
    [entry] = begun.entries
    assert entry.event is Event.AUTHORIZATION_FAILED
    assert "the link is good" in entry.detail


def test_a_consent_that_cannot_be_kept_leaves_an_entry(
    completer: AuthorizationCompleter,
    server: ScriptedServer,
    begun: World,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.answers.append(new_tokens())
    begun.fail("tokens.begin", 5)

    with pytest.raises(Unavailable):
        come_back(completer)

    [entry] = begun.entries
    assert entry.event is Event.AUTHORIZATION_FAILED
    assert "could not be kept" in entry.detail
    assert [record.message for record in caplog.records] == ["grant-orphaned"]


def test_a_failed_exchange_is_logged_also_when_its_link_cannot_be_offered_again(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    server.answers.append(refused("invalid_client", 401))
    begun.fail("flows.offer")

    with pytest.raises(Unavailable):
        come_back(completer)

    assert begun.events == [Event.AUTHORIZATION_FAILED]


def test_a_disconnect_whose_state_was_not_written_is_finished_by_the_next(
    disconnecter: Disconnecter, world: World
) -> None:
    world.fail("states.disconnected")
    with pytest.raises(Unavailable):
        disconnecter.disconnect(CONNECTION, RUN)

    assert disconnecter.disconnect(CONNECTION, RUN) is Revocation.QUEUED

    assert (world.grants, len(world.to_revoke)) == ({}, 1)
    assert world.events == [Event.DISCONNECTED]


def test_a_grant_that_is_changed_in_storage_while_it_is_ended_is_deleted_unread(
    disconnecter: Disconnecter, world: World
) -> None:
    def changed() -> None:
        world.grants[CONNECTION] = replace(stored(world), generation=2)
        world.fail("tokens.get", error=SealBroken("changed"))

    world.meanwhile("tokens.delete", changed)

    assert disconnecter.disconnect(CONNECTION, RUN) is Revocation.NOT_SUPPORTED

    assert world.grants == {}
    assert "unread" in world.entries[-1].detail
