"""Client credentials: what happens while the first token set is fetched and stored."""

import secrets
from dataclasses import replace

import pytest

from connections.application.invocation import Invocation
from connections.application.refresh import NotClaimed, Refresher
from connections.application.refresh_outcome import Outcome, Result
from connections.domain.connection import Connection, Reason, Status
from connections.domain.errors import Unavailable
from connections.oauth.messages import ServerResponse
from tests.builders import CONNECTION, HOUR, NOW
from tests.doubles.clock import ManualClock
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.fetching import ANSWER, enter, entered, unfetched
from tests.unit.application.parts import (
    DEMANDED,
    DUE,
    LATER,
    Refresh,
    claimed_by_another,
    state,
    stored,
)
from tests.unit.oauth.answers import an_answer


@pytest.fixture(autouse=True)
def connection(world: World) -> Connection:
    """In place of the world's connection: one for which nothing was fetched yet."""
    world.grants.clear()
    world.holding(unfetched(), entered())
    return unfetched()


def test_inputs_that_change_while_it_is_fetched_are_due_at_once(
    refresh: Refresh, server: ScriptedServer, world: World, clock: ManualClock
) -> None:
    def meanwhile() -> ServerResponse:
        enter(world, clientId="another-client")
        return ANSWER

    server.answers.append(meanwhile)

    refresh(DUE)

    now = state(world)
    assert (now.status, now.inputs_changed) == (Status.ACTIVE, True)
    assert (now.refresh_at, now.claim, now.spending) == (clock.now(), None, None)


@pytest.mark.parametrize("method", ["connections.get", "states.claim", "states.released"])
def test_inputs_that_could_not_be_looked_at_again_are_no_refresh_that_was_not_begun(
    refresh: Refresh, server: ScriptedServer, world: World, method: str
) -> None:
    """Else the message would be let go, and nothing would be due."""

    def meanwhile() -> ServerResponse:
        enter(world, clientId="another-client")
        world.meanwhile("states.refreshed", lambda: world.fail(method, 6))
        return ANSWER

    server.answers.append(meanwhile)

    with pytest.raises(Unavailable) as failed:
        refresh(DUE)

    assert not isinstance(failed.value, NotClaimed)


def test_inputs_that_change_before_anything_can_be_sent_are_due_at_once(
    refresh: Refresh, world: World, clock: ManualClock
) -> None:
    world.holding(replace(unfetched(), refresh_at=NOW + HOUR), entered())

    def meanwhile() -> None:
        enter(world, clientId="another-client")
        raise Unavailable("No key for now.")

    world.meanwhile("tokens.ready", meanwhile)

    with pytest.raises(Unavailable):
        refresh(DEMANDED)

    assert (state(world).refresh_at, state(world).claim) == (clock.now(), None)


def test_whoever_claims_it_then_looks_at_the_inputs_themselves(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    def meanwhile() -> ServerResponse:
        enter(world, clientId="another-client")
        # After the token set was stored, before the inputs are looked at again.
        world.meanwhile("states.claim", lambda: claimed_by_another(world))
        return ANSWER

    server.answers.append(meanwhile)

    assert refresh(DUE).result is Result.REFRESHED
    assert state(world).claim is not None


def test_a_disconnect_while_it_is_fetched_leaves_nothing(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    def meanwhile() -> ServerResponse:
        world.states.disconnected(state(world), NOW)
        return ANSWER

    server.answers.append(meanwhile)

    assert refresh(DUE) == Outcome(result=Result.NOT_CONNECTED)

    assert (CONNECTION in world.grants, state(world).reason) == (False, Reason.DISCONNECTED)
    assert [grant.tokens.access_token for grant in world.to_revoke] == ["access-2"]
    assert world.entries == []


def test_what_cannot_be_revoked_after_a_disconnect_is_not_handed_out_and_told_of(
    refresh: Refresh, server: ScriptedServer, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    def meanwhile() -> ServerResponse:
        world.states.disconnected(state(world), NOW)
        return ANSWER

    server.answers.append(meanwhile)
    world.fail("revocations.send", 5)

    with pytest.raises(Unavailable):
        refresh(DUE)

    assert CONNECTION not in world.grants
    assert state(world).reason is Reason.DISCONNECTED
    (line,) = [each for each in caplog.records if each.message == "grant-orphaned"]
    assert (line.levelname, vars(line)["cause"]) == ("ERROR", "not-revoked")


def test_what_was_fetched_since_it_was_switched_off_and_on_again_stays(
    refresher: Refresher, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    by_chance = replace(refresher, randomness=secrets.token_bytes)
    newer = an_answer({"access_token": "access-3", "expires_in": 7200})

    def meanwhile() -> ServerResponse:
        world.states.disconnected(state(world), NOW)
        server.answers.append(newer)
        by_chance.refresh(CONNECTION, DEMANDED, replace(invocation, id="run-2"))
        return ANSWER

    server.answers.append(meanwhile)

    found = by_chance.refresh(CONNECTION, DUE, invocation)

    assert (found.result, found.grant) == (Result.CURRENT, stored(world))
    assert stored(world).tokens.access_token == "access-3"
    assert (state(world).status, state(world).grant_id) == (Status.ACTIVE, stored(world).grant_id)


def test_a_deletion_while_it_is_fetched_leaves_nothing(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    def meanwhile() -> ServerResponse:
        world.closed.add(CONNECTION)
        return ANSWER

    server.answers.append(meanwhile)

    assert refresh(DUE) == Outcome(result=Result.NOT_CONNECTED)

    assert CONNECTION not in world.grants
    assert len(world.to_revoke) == 1


def test_a_server_that_revokes_nothing_is_not_asked_to(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    inputs = entered(revokeUrl="")
    world.holding(unfetched(inputs), inputs)

    def meanwhile() -> ServerResponse:
        world.closed.add(CONNECTION)
        return ANSWER

    server.answers.append(meanwhile)

    refresh(DUE)

    assert (CONNECTION in world.grants, world.to_revoke) == (False, [])


@pytest.mark.parametrize("method", ["tokens.begin", "states.refreshed"])
def test_storing_is_insisted_on(
    refresh: Refresh, server: ScriptedServer, world: World, method: str
) -> None:
    server.answers.append(ANSWER)
    world.fail(method, times=3)

    assert refresh(DUE).result is Result.REFRESHED
    assert state(world).status is Status.ACTIVE


def test_a_state_that_could_not_be_told_is_mended_by_whoever_comes_next(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    server.answers.append(ANSWER)
    world.fail("states.refreshed", times=5)
    with pytest.raises(Unavailable):
        refresh(DUE)
    world.holding(replace(state(world), claim=None))

    refresh(DUE)

    assert (state(world).status, len(server.requests)) == (Status.ACTIVE, 1)
    assert not state(world).inputs_changed


def test_inputs_that_cannot_be_read_leave_no_claim(
    refresh: Refresh, server: ScriptedServer, world: World, connection: Connection
) -> None:
    world.fail("connections.with_inputs")

    with pytest.raises(Unavailable):
        refresh(DUE)

    assert state(world) == replace(connection, fence=1)


def test_a_token_without_an_end_is_not_fetched_again(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    server.answers.append(an_answer({"access_token": "access-2"}, sent_at=LATER))

    refresh(DUE)

    assert (state(world).expires_at, state(world).refresh_at) == (None, None)
