"""A refresh token that may have been used: it is tried again when nothing can be lost by it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connections.application.ports import NoAnswer
from connections.application.refresh_outcome import Outcome, Result
from connections.domain.claim import Spending
from connections.domain.connection import Reason, Status
from connections.domain.failure import FailureKind
from connections.domain.grant import Grant
from connections.domain.log_entry import Event
from connections.domain.refresh import Need
from tests.builders import (
    CONNECTION,
    GRANT,
    HOUR,
    NOW,
    a_connection,
    a_failure,
    a_grant,
    an_issuance,
)
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.parts import (
    DEMANDED,
    DUE,
    OF_ANOTHER,
    SPENDING,
    Refresh,
    issued_earlier,
    new_tokens,
    refused,
    state,
    stored,
)

MINUTE = timedelta(minutes=1)
ENDING = a_grant(tokens=issued_earlier(expires_at=NOW + MINUTE))


@pytest.fixture(autouse=True)
def _the_last_holder_did_not_say_what_became_of_it(world: World) -> None:
    ended = replace(OF_ANOTHER, until=NOW)
    world.holding(a_connection(claim=ended, spending=SPENDING, fence=1))


def test_a_claim_that_ended_while_spending_is_not_followed_by_another_spending(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    outcome = refresh(DUE)

    shortly_before = NOW + HOUR - MINUTE
    assert outcome == Outcome(result=Result.HELD, grant=stored(world), retry_at=shortly_before)
    assert state(world) == a_connection(refresh_at=shortly_before, spending=SPENDING, fence=2)
    assert server.requests == []
    assert world.entries == []


def test_without_a_known_end_it_waits_for_a_report(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    world.grants[CONNECTION] = a_grant(tokens=issued_earlier(expires_at=None))

    assert refresh(DUE) == Outcome(result=Result.HELD, grant=stored(world))
    assert state(world) == a_connection(refresh_at=None, spending=SPENDING, fence=2)
    assert server.requests == []


@pytest.mark.parametrize(
    ("grant", "need"),
    [
        pytest.param(ENDING, DUE, id="shortly before the end"),
        pytest.param(a_grant(tokens=issued_earlier(expires_at=None)), DEMANDED, id="on a report"),
        pytest.param(
            a_grant(tokens=issued_earlier(), issuance=an_issuance(provider={"rotation": "none"})),
            DUE,
            id="where a reuse is safe",
        ),
    ],
)
def test_it_is_tried_again_when_nothing_can_be_lost(
    refresh: Refresh, server: ScriptedServer, world: World, grant: Grant, need: Need
) -> None:
    world.holding(state(world), grant=grant)
    server.answers.append(new_tokens())

    outcome = refresh(need)

    assert outcome.result is Result.REFRESHED
    assert [request.form["refresh_token"] for request in server.requests] == ["refresh-1"]
    assert (state(world).generation, state(world).spending) == (2, None)


@pytest.mark.parametrize(
    "spending",
    [None, Spending(grant_id=GRANT, generation=0)],
    ids=["nothing was spent", "an earlier generation was spent"],
)
def test_only_this_generations_spending_counts(
    refresh: Refresh, server: ScriptedServer, world: World, spending: Spending | None
) -> None:
    world.holding(a_connection(spending=spending))
    server.answers.append(new_tokens())

    assert refresh(DUE).result is Result.REFRESHED


def test_a_refusal_after_a_lost_answer_says_that_it_was_lost(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    world.holding(state(world), grant=ENDING)
    server.answers.append(refused("invalid_grant"))

    refresh(DUE)

    after = state(world)
    assert (after.status, after.reason) == (Status.RECONNECT_REQUIRED, Reason.ANSWER_LOST)
    assert (after.claim, after.spending) == (None, None)
    (entry,) = world.entries
    assert entry.event is Event.RECONNECT_REQUIRED
    assert entry.detail == (
        "The refresh failed: the authorization server ended the grant. "
        "An answer of the authorization server was lost earlier and the refresh token had changed"
        " with it. Press CONNECT again."
    )


@pytest.mark.parametrize("kind", [FailureKind.UNKNOWN, FailureKind.WAIT, FailureKind.CLIENT])
def test_what_else_fails_leaves_the_lost_answer_on_record(
    refresh: Refresh, server: ScriptedServer, world: World, kind: FailureKind
) -> None:
    world.holding(state(world), grant=ENDING)
    server.answers.append(NoAnswer(a_failure(kind)))

    refresh(DUE)

    assert (state(world).claim, state(world).spending) == (None, SPENDING)


def test_an_answer_that_is_lost_now_is_held_at_the_next_look(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    world.holding(a_connection())
    server.answers.append(NoAnswer(a_failure(FailureKind.UNKNOWN)))

    assert refresh(DUE).result is Result.FAILED
    assert refresh(DEMANDED).result is Result.HELD
    assert len(server.requests) == 1
