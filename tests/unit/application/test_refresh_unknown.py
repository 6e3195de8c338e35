"""A refresh token that may have been used: it is tried again when nothing can be lost by it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from connections.application.invocation import Invocation
from connections.application.ports import NoAnswer
from connections.application.refresh import Refresher
from connections.application.refresh_outcome import Outcome, Result
from connections.domain.claim import Spending
from connections.domain.connection import Evidence, Reason, Status, Use, UseOutcome
from connections.domain.failure import FailureKind
from connections.domain.grant import Grant
from connections.domain.log_entry import Event
from connections.domain.refresh import RESCUE_PATIENCE, Need
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
from tests.doubles.clock import ManualClock
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
    reading,
    refused,
    state,
    stored,
)

MINUTE = timedelta(minutes=1)
INSTANT = timedelta(microseconds=1)
DAY = timedelta(days=1)
ENDING = a_grant(tokens=issued_earlier(expires_at=NOW + MINUTE))


LONG_AGO = replace(OF_ANOTHER, until=NOW - RESCUE_PATIENCE)


@pytest.fixture(autouse=True)
def _the_last_holder_did_not_say_what_became_of_it(world: World) -> None:
    world.holding(a_connection(claim=LONG_AGO, spending=SPENDING, fence=1))


def test_a_claim_that_ended_while_spending_is_not_followed_by_another_spending(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    outcome = refresh(DUE)

    shortly_before = NOW + HOUR - MINUTE
    assert outcome == Outcome(result=Result.HELD, grant=stored(world), retry_at=shortly_before)
    assert state(world) == a_connection(
        refresh_at=shortly_before, claim=LONG_AGO, spending=SPENDING, fence=2
    )
    assert server.requests == []
    assert world.entries == []


def test_without_a_known_end_it_waits_for_a_report(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    world.grants[CONNECTION] = a_grant(tokens=issued_earlier(expires_at=None))

    assert refresh(DUE) == Outcome(result=Result.HELD, grant=stored(world))
    assert state(world) == a_connection(refresh_at=None, claim=LONG_AGO, spending=SPENDING, fence=2)
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


def test_it_says_when_where_that_is_on_record(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    lost = Evidence(at=NOW - HOUR, generation=1, http_status=None, provider_error=None)
    unknown = replace(state(world), reason=Reason.OUTCOME_UNKNOWN, last_error=lost)
    world.holding(unknown, grant=ENDING)
    server.answers.append(refused("invalid_grant"))

    refresh(DUE)

    (entry,) = world.entries
    assert "was lost at 2026-03-01 11:00 UTC and" in entry.detail


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


@pytest.mark.parametrize("need", [DUE, DEMANDED, reading(HOUR)], ids=lambda need: need.cause)
@pytest.mark.parametrize("ends", [NOW + MINUTE, NOW, NOW - HOUR])
def test_whoever_left_a_claim_may_have_rescued_what_it_brought(
    refresh: Refresh, server: ScriptedServer, world: World, need: Need, ends: datetime | None
) -> None:
    """Its message is on its way: a second use of the refresh token would be one too many."""
    just_ended = replace(OF_ANOTHER, until=NOW - INSTANT)
    ending = a_grant(tokens=issued_earlier(expires_at=ends))
    world.holding(a_connection(claim=just_ended, spending=SPENDING, fence=1), grant=ending)
    held_until = just_ended.until + RESCUE_PATIENCE

    outcome = refresh(need)

    assert outcome == Outcome(result=Result.HELD, grant=ending, retry_at=held_until)
    assert server.requests == []
    assert state(world).claim == just_ended, "so that whoever is next waits, too"


def test_a_report_does_not_make_it_wait_less(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    just_ended = replace(OF_ANOTHER, until=NOW)
    endless = a_grant(tokens=issued_earlier(expires_at=None))
    world.holding(a_connection(claim=just_ended, spending=SPENDING, fence=1), grant=endless)

    assert refresh(DEMANDED).retry_at == NOW + RESCUE_PATIENCE
    assert server.requests == []


def test_it_is_not_waited_for_longer_than_its_message_may_take(
    refresher: Refresher, server: ScriptedServer, world: World, clock: ManualClock
) -> None:
    later = Invocation(id="run-2", deadline=NOW + HOUR)
    just_ended = replace(OF_ANOTHER, until=NOW)
    world.holding(a_connection(claim=just_ended, spending=SPENDING, fence=1), grant=ENDING)
    server.answers.append(new_tokens())
    assert refresher.refresh(CONNECTION, DUE, later).result is Result.HELD

    clock.advance(RESCUE_PATIENCE)

    assert refresher.refresh(CONNECTION, DUE, later).result is Result.REFRESHED


@pytest.mark.parametrize("ends", [NOW + HOUR, None])
def test_once_it_was_reported_refused_whoever_comes_tries_it(
    refresh: Refresh, server: ScriptedServer, world: World, ends: datetime | None
) -> None:
    """The report was held back by what may have been rescued; the schedule comes afterwards."""
    refused_since = Use(at=NOW, outcome=UseOutcome.UNAUTHORIZED, generation=1)
    live = a_grant(tokens=issued_earlier(expires_at=ends))
    world.holding(replace(state(world), last_use=refused_since), grant=live)
    server.answers.append(new_tokens())

    assert refresh(DUE).result is Result.REFRESHED


@pytest.mark.parametrize(
    "use",
    [
        Use(at=NOW, outcome=UseOutcome.SUCCESS),
        Use(at=NOW, outcome=UseOutcome.CONNECTION_ERROR),
        Use(at=NOW - HOUR - INSTANT, outcome=UseOutcome.UNAUTHORIZED, generation=1),
        Use(at=NOW, outcome=UseOutcome.UNAUTHORIZED, generation=2),
    ],
    ids=["it worked", "something else failed", "of a grant before it", "of another generation"],
)
def test_no_other_report_makes_it_worth_a_second_use(
    refresh: Refresh, server: ScriptedServer, world: World, use: Use
) -> None:
    world.holding(replace(state(world), last_use=use))

    assert refresh(DUE).result is Result.HELD
    assert server.requests == []


@pytest.mark.parametrize("expires_at", [None, NOW + 300 * DAY])
def test_it_is_tried_again_before_it_ends_for_want_of_use(
    refresh: Refresh, server: ScriptedServer, world: World, expires_at: datetime | None
) -> None:
    issuance = an_issuance(provider={"refreshTokenIdleTtl": 30 * 86400})
    tokens = issued_earlier(issued_at=NOW - 27 * DAY + INSTANT, expires_at=expires_at)
    world.holding(state(world), grant=a_grant(tokens=tokens, issuance=issuance))
    held = refresh(DUE)
    assert (held.result, held.retry_at) == (Result.HELD, NOW + INSTANT)

    tokens = replace(tokens, issued_at=NOW - 27 * DAY)
    world.holding(
        replace(state(world), refresh_at=NOW), grant=a_grant(tokens=tokens, issuance=issuance)
    )
    server.answers.append(new_tokens())

    assert refresh(DUE).result is Result.REFRESHED
