"""Token sets that cannot be stored when they are issued: a queue keeps them until they can be."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from connections.application.read_credentials import CredentialsReader
from connections.application.refresh import Refresher
from connections.application.refresh_outcome import Outcome, Result
from connections.application.rescue import Rescuer
from connections.domain.claim import COMMIT_RESERVE
from connections.domain.connection import Status
from connections.domain.errors import Unavailable
from connections.domain.refresh import RESCUE_PATIENCE
from connections.oauth.messages import ServerResponse
from tests.builders import CONNECTION, HOUR, NOW, a_connection, a_grant
from tests.doubles.clock import ManualClock
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.parts import (
    CLAIMED,
    DEADLINE,
    DUE,
    INSTANT,
    RUN,
    SPENDING,
    Refresh,
    another_grant,
    disconnect,
    issued_earlier,
    new_tokens,
    reconnect,
    state,
    stored,
    the_second_generation,
    without_revocation,
)

UNTOUCHED = a_grant(tokens=issued_earlier())
LEFT_CLAIMED = a_connection(claim=CLAIMED, spending=SPENDING, fence=1)
"""The state from which whoever is next sees that the outcome is unknown."""
LATER_RUN = replace(RUN, id="run-2", deadline=DEADLINE + HOUR)
CLAIM_OVER = CLAIMED.until - NOW


@pytest.fixture
def rescuer(refresher: Refresher) -> Rescuer:
    return Rescuer(refresher=refresher)


@pytest.fixture
def rescued(refresh: Refresh, server: ScriptedServer, world: World, clock: ManualClock) -> None:
    """A refresh was rescued, and its claim has ended since."""
    server.answers.append(new_tokens())
    world.fail("tokens.succeed", 5)
    refresh(DUE)
    clock.advance(CLAIM_OVER)


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    return [(record.levelno, record.message) for record in caplog.records]


def test_tokens_that_cannot_be_stored_are_rescued_and_handed_out(
    refresh: Refresh, server: ScriptedServer, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    server.answers.append(new_tokens())
    world.fail("tokens.succeed", 5)

    outcome = refresh(DUE)

    assert outcome == Outcome(result=Result.RESCUED, grant=the_second_generation())
    assert world.calls.count("tokens.succeed") == 5
    assert world.to_rescue == [the_second_generation()]
    assert (state(world), stored(world)) == (LEFT_CLAIMED, UNTOUCHED), "so nobody spends again"
    assert world.entries == []
    assert told(caplog) == [(logging.WARNING, "token-set-rescued")]
    assert vars(caplog.records[0])["connectionId"] == CONNECTION


def test_a_reader_gets_the_rescued_token(
    reader: CredentialsReader, server: ScriptedServer, world: World
) -> None:
    world.grants[CONNECTION] = a_grant(tokens=issued_earlier(expires_at=NOW))
    server.answers.append(new_tokens())
    world.fail("tokens.succeed", 5)

    credentials = reader.read(CONNECTION, timedelta(), RUN)

    assert credentials.token == the_second_generation().tokens.response


def test_a_rescue_is_tried_as_often_as_it_takes(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    server.answers.append(new_tokens())
    world.fail("tokens.succeed", 5)
    world.fail("rescues.send", 4)

    assert refresh(DUE).result is Result.RESCUED
    assert world.to_rescue == [the_second_generation()]


def test_tokens_that_can_neither_be_stored_nor_rescued_leave_their_spending_on_record(
    refresh: Refresh, server: ScriptedServer, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    server.answers.append(new_tokens())
    world.fail("tokens.succeed", 5)
    world.fail("rescues.send", 5)

    with pytest.raises(Unavailable, match=r"rescues\.send"):
        refresh(DUE)

    assert (state(world), stored(world)) == (LEFT_CLAIMED, UNTOUCHED)
    assert told(caplog) == [(logging.ERROR, "grant-orphaned")]
    assert vars(caplog.records[0])["cause"] == "not-stored"


@pytest.mark.parametrize(
    ("left", "tries"), [(COMMIT_RESERVE, 1), (COMMIT_RESERVE + INSTANT, 2)], ids=["none", "some"]
)
def test_the_time_to_rescue_is_not_used_up_by_storing(
    refresh: Refresh,
    server: ScriptedServer,
    world: World,
    clock: ManualClock,
    left: timedelta,
    tries: int,
) -> None:
    def late() -> ServerResponse:
        clock.advance(DEADLINE - left - clock.now())
        return new_tokens()

    server.answers.append(late)
    world.fail("tokens.succeed", 5)

    assert refresh(DUE).result is Result.RESCUED
    assert world.calls.count("tokens.succeed") == tries


@pytest.mark.usefixtures("rescued")
def test_a_rescued_token_set_is_stored_and_the_state_brought_up(
    rescuer: Rescuer, server: ScriptedServer, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    caplog.set_level(logging.INFO)

    rescuer.rescue(the_second_generation(), LATER_RUN)

    assert stored(world) == the_second_generation()
    assert (state(world).generation, state(world).claim, state(world).spending) == (2, None, None)
    assert len(server.requests) == 1
    assert told(caplog) == [(logging.INFO, "rescue-stored")]


@pytest.mark.usefixtures("rescued")
def test_a_rescue_that_is_done_again_changes_nothing(rescuer: Rescuer, world: World) -> None:
    rescuer.rescue(the_second_generation(), LATER_RUN)
    before = (stored(world), replace(state(world), fence=0))

    rescuer.rescue(the_second_generation(), LATER_RUN)

    assert (stored(world), replace(state(world), fence=0)) == before


@pytest.mark.usefixtures("rescued")
def test_a_rescue_comes_again_while_the_claim_of_its_holder_stands(
    rescuer: Rescuer, world: World, clock: ManualClock
) -> None:
    world.holding(replace(state(world), claim=replace(CLAIMED, until=clock.now() + INSTANT)))

    with pytest.raises(Unavailable, match="still stands"):
        rescuer.rescue(the_second_generation(), LATER_RUN)

    assert stored(world) == the_second_generation(), "readers have it already"
    clock.advance(INSTANT)
    rescuer.rescue(the_second_generation(), LATER_RUN)
    assert state(world).generation == 2


@pytest.mark.usefixtures("rescued")
def test_a_rescue_comes_again_while_storage_does_not_answer(rescuer: Rescuer, world: World) -> None:
    world.fail("tokens.succeed", 5)

    with pytest.raises(Unavailable, match=r"tokens\.succeed"):
        rescuer.rescue(the_second_generation(), LATER_RUN)

    assert stored(world) == UNTOUCHED


@pytest.mark.usefixtures("rescued")
def test_a_rescued_token_set_of_what_was_disconnected_is_revoked(
    rescuer: Rescuer, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    disconnect(world)
    caplog.clear()

    rescuer.rescue(the_second_generation(), LATER_RUN)

    assert world.to_revoke == [the_second_generation()]
    assert world.grants == {}
    assert told(caplog) == [(logging.WARNING, "rescue-revoked")]


@pytest.mark.usefixtures("rescued")
def test_a_rescued_token_set_of_what_was_connected_anew_is_an_orphan(
    rescuer: Rescuer, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    reconnect(world)
    before = state(world)
    caplog.clear()

    rescuer.rescue(the_second_generation(), LATER_RUN)

    assert (stored(world), state(world), world.to_revoke) == (another_grant(), before, [])
    assert told(caplog) == [(logging.ERROR, "grant-orphaned")]


@pytest.mark.usefixtures("rescued")
def test_an_orphan_that_nothing_renews_ends_by_itself(
    rescuer: Rescuer, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    reconnect(world)
    caplog.clear()
    ending = the_second_generation()
    ending = replace(ending, tokens=replace(ending.tokens, refresh_token=None))

    rescuer.rescue(ending, LATER_RUN)

    assert told(caplog) == []


@pytest.mark.usefixtures("rescued")
def test_a_rescue_that_comes_late_leaves_what_was_stored_after_it(
    rescuer: Rescuer, world: World
) -> None:
    third = replace(the_second_generation(), generation=3)
    world.grants[CONNECTION] = third

    rescuer.rescue(the_second_generation(), LATER_RUN)

    assert (stored(world), state(world).generation) == (third, 3)


@pytest.mark.usefixtures("rescued")
def test_a_rescue_of_what_does_not_follow_is_kept(rescuer: Rescuer, world: World) -> None:
    third = replace(the_second_generation(), generation=3)

    with pytest.raises(Unavailable, match="follows is not stored"):
        rescuer.rescue(third, LATER_RUN)

    assert stored(world) == UNTOUCHED


def deleted(world: World) -> None:
    world.connections_by_id.clear()
    world.grants.clear()


def deleted_at_the_last_moment(world: World) -> None:
    world.meanwhile("states.claim", lambda: deleted(world))


@pytest.mark.usefixtures("rescued")
@pytest.mark.parametrize("action", [deleted, deleted_at_the_last_moment])
def test_a_rescue_of_what_was_deleted_is_done(
    rescuer: Rescuer, world: World, action: Callable[[World], None]
) -> None:
    action(world)

    rescuer.rescue(the_second_generation(), LATER_RUN)

    assert world.grants == {}


@pytest.mark.usefixtures("rescued")
def test_a_rescued_token_set_that_no_endpoint_revokes_is_let_go(
    rescuer: Rescuer, world: World
) -> None:
    disconnect(world)

    rescuer.rescue(replace(the_second_generation(), issuance=without_revocation()), LATER_RUN)

    assert world.to_revoke == []


@pytest.mark.usefixtures("rescued")
def test_while_a_token_set_waits_its_predecessor_is_not_sent_again(
    refresher: Refresher, server: ScriptedServer, world: World, clock: ManualClock
) -> None:
    """However long storage takes nothing: nobody else has the successor."""
    clock.advance(12 * HOUR)
    later = replace(RUN, id="run-3", deadline=clock.now() + HOUR)
    need = replace(DUE, since=clock.now())

    held = refresher.refresh(CONNECTION, need, later)

    assert held.result is Result.HELD
    assert held.retry_at == clock.now() + RESCUE_PATIENCE
    assert len(server.requests) == 1
    assert state(world).status is Status.ACTIVE
    world.fail("rescues.waiting")
    assert refresher.refresh(CONNECTION, need, later).result is Result.HELD, "it may be there"

    world.to_rescue.clear()
    server.answers.append(new_tokens())
    assert refresher.refresh(CONNECTION, need, later).result is Result.REFRESHED
