"""A refresh whose storage fails: what a server issued is stored, or its spending is on record."""

import logging
from dataclasses import replace

import pytest

from connections.application.ports import SealBroken
from connections.application.refresh_outcome import Outcome, Result
from connections.domain.connection import Status
from connections.domain.errors import Misconfigured, Unavailable
from tests.builders import CONNECTION, HOUR, NOW, a_connection, a_grant, an_issuance
from tests.doubles.clock import ManualClock
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.parts import (
    CLAIMED,
    DUE,
    OF_ANOTHER,
    SPENDING,
    Refresh,
    issued_earlier,
    new_tokens,
    refused,
    state,
    stored,
    the_second_generation,
)

UNTOUCHED = a_grant(tokens=issued_earlier())
LEFT_CLAIMED = a_connection(claim=CLAIMED, spending=SPENDING, fence=1)
"""The state from which whoever is next sees that the outcome is unknown."""


def test_a_claim_that_cannot_be_made_changes_nothing(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    world.fail("states.claim")

    with pytest.raises(Unavailable, match=r"states\.claim"):
        refresh(DUE)

    assert (state(world), stored(world)) == (a_connection(), UNTOUCHED)
    assert world.calls == ["states.claim"]
    assert server.requests == []


@pytest.mark.parametrize("method", ["tokens.get", "tokens.ready"])
@pytest.mark.parametrize("error", [Unavailable("no answer"), SealBroken("changed"), KeyError("x")])
def test_a_claim_is_given_back_when_something_fails_before_the_token_is_sent(
    refresh: Refresh, server: ScriptedServer, world: World, method: str, error: Exception
) -> None:
    world.fail(method, error=error)

    with pytest.raises(type(error), match=str(error)):
        refresh(DUE)

    again = NOW if isinstance(error, Unavailable) else NOW + HOUR
    assert state(world) == a_connection(fence=1, refresh_at=again)
    assert stored(world) == UNTOUCHED
    assert server.requests == []


def test_a_claim_is_given_back_when_the_grants_definition_cannot_be_read(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    world.grants[CONNECTION] = replace(UNTOUCHED, issuance=an_issuance(inputs={}))

    with pytest.raises(Misconfigured, match="from breaks a rule"):
        refresh(DUE)

    assert state(world) == a_connection(fence=1, refresh_at=NOW + HOUR), "not every minute"
    assert server.requests == []


def test_a_claim_that_is_given_back_leaves_an_unknown_outcome_on_record(
    refresh: Refresh, world: World
) -> None:
    ended = replace(OF_ANOTHER, until=NOW)
    world.holding(a_connection(claim=ended, spending=SPENDING, fence=4))
    world.fail("tokens.ready")

    with pytest.raises(Unavailable):
        refresh(DUE)

    assert state(world) == a_connection(claim=ended, spending=SPENDING, fence=5)


def test_a_claim_that_cannot_be_given_back_ends_by_itself(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    world.fail("tokens.get")
    world.fail("states.released")

    with pytest.raises(Unavailable):
        refresh(DUE)

    assert state(world) == LEFT_CLAIMED
    assert server.requests == []


@pytest.mark.parametrize("failing", range(1, 5))
def test_a_write_that_fails_is_tried_again_until_the_tokens_are_stored(
    refresh: Refresh, server: ScriptedServer, world: World, clock: ManualClock, failing: int
) -> None:
    server.answers.append(new_tokens())
    world.fail("tokens.succeed", failing)

    outcome = refresh(DUE)

    assert outcome.result is Result.REFRESHED
    assert stored(world) == the_second_generation()
    assert (state(world).generation, state(world).spending) == (2, None)
    assert clock.slept == pytest.approx([0.2, 0.4, 0.8, 1.6][:failing])
    assert len(server.requests) == 1


def test_a_write_whose_answer_was_lost_is_not_taken_for_anothers(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    def stored_and_unsaid() -> None:
        world.grants[CONNECTION] = the_second_generation()
        raise Unavailable("The answer was lost.")

    server.answers.append(new_tokens())
    world.meanwhile("tokens.succeed", stored_and_unsaid)

    outcome = refresh(DUE)

    assert outcome == Outcome(result=Result.REFRESHED, grant=the_second_generation())
    assert state(world).generation == 2


def test_an_error_that_is_no_outage_is_not_tried_again(
    refresh: Refresh, server: ScriptedServer, world: World, clock: ManualClock
) -> None:
    server.answers.append(new_tokens())
    world.fail("tokens.succeed", error=SealBroken("changed"))

    with pytest.raises(SealBroken):
        refresh(DUE)

    assert clock.slept == []
    assert state(world) == LEFT_CLAIMED


def test_a_state_that_cannot_be_written_does_not_undo_a_refresh(
    refresh: Refresh, server: ScriptedServer, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    server.answers.append(new_tokens())
    world.fail("states.refreshed")

    outcome = refresh(DUE)

    assert outcome == Outcome(result=Result.REFRESHED, grant=the_second_generation())
    assert (stored(world), state(world)) == (the_second_generation(), LEFT_CLAIMED)
    (record,) = caplog.records
    assert (record.levelno, record.message) == (logging.WARNING, "state-not-brought-up")
    assert vars(record)["connectionId"] == CONNECTION


def test_a_grant_is_not_declared_dead_without_having_looked_again(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    server.answers.append(refused("invalid_grant"))
    world.fail("tokens.get", 5, after=1)

    with pytest.raises(Unavailable, match=r"tokens\.get"):
        refresh(DUE)

    assert state(world) == LEFT_CLAIMED
    assert world.entries == []


def test_a_failure_that_cannot_be_recorded_leaves_the_claim_to_end_by_itself(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    server.answers.append(refused("invalid_grant"))
    world.fail("states.failed")

    with pytest.raises(Unavailable, match=r"states\.failed"):
        refresh(DUE)

    assert state(world) == LEFT_CLAIMED
    assert state(world).status is Status.ACTIVE
    assert world.entries == []
