"""Refreshes that their client registration holds back, and what they tell about it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from connections.application.invocation import Invocation
from connections.application.ports import NoAnswer, NotSent
from connections.application.refresh import Refresher
from connections.application.refresh_outcome import Outcome, Result
from connections.domain.claim import LEAST_TIME
from connections.domain.client_registration import Breaker, Registration, Tally
from connections.domain.connection import Reason, Status
from connections.domain.failure import FailureKind
from connections.domain.refresh import Cause, Need
from tests.builders import (
    CONNECTION,
    HOUR,
    NOW,
    REGISTRATION,
    a_connection,
    a_failure,
    a_grant,
    an_issuance,
)
from tests.doubles.clock import ManualClock
from tests.doubles.servers import Answer, ScriptedServer
from tests.doubles.world import World
from tests.unit.application.fetching import ANSWER, entered, fetched_earlier, unfetched
from tests.unit.application.parts import (
    DEMANDED,
    DUE,
    INSTANT,
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
ENDED = a_grant(tokens=issued_earlier(expires_at=NOW))


def breaker_open(world: World, probe_at: datetime) -> None:
    opened = Breaker(opened_at=NOW - MINUTE, probe_at=probe_at)
    world.registrations_by_id[REGISTRATION] = Registration(
        id=REGISTRATION, host="acme.example", revision=1, breaker=opened
    )


def registration(world: World) -> Registration:
    return world.registrations_by_id[REGISTRATION]


@pytest.mark.parametrize(
    "need",
    [DUE, reading(), Need(cause=Cause.REPORTED, since=NOW)],
    ids=lambda need: need.cause,
)
def test_nothing_is_sent_while_the_breaker_is_open(
    refresh: Refresh, server: ScriptedServer, world: World, need: Need
) -> None:
    breaker_open(world, NOW + MINUTE)
    world.grants[CONNECTION] = ENDED

    outcome = refresh(need)

    assert outcome == Outcome(
        result=Result.HELD, grant=ENDED, status=Status.ACTIVE, retry_at=NOW + MINUTE
    )
    assert server.requests == []
    due = NOW + MINUTE if need.cause is Cause.REPORTED else NOW
    assert state(world) == a_connection(fence=1, refresh_at=due), "nothing else recalls a report"


def test_who_demands_it_is_not_held_back(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    breaker_open(world, NOW + MINUTE)
    server.answers.append(new_tokens())

    assert refresh(DEMANDED).result is Result.REFRESHED


def test_a_probe_that_works_closes_the_breaker(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    breaker_open(world, NOW)
    server.answers.append(new_tokens())

    assert refresh(DUE).result is Result.REFRESHED
    assert registration(world).breaker is None


def test_a_probe_that_fails_keeps_it_open_for_longer(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    breaker_open(world, NOW)
    server.answers.append(NoAnswer(a_failure(FailureKind.UNKNOWN)))

    refresh(DUE)

    breaker = registration(world).breaker
    assert breaker is not None
    assert breaker.probe_at > NOW + MINUTE


@pytest.mark.parametrize(
    ("answer", "window"),
    [
        (refused("invalid_client"), Tally(refused=1)),
        (NoAnswer(a_failure(FailureKind.UNKNOWN)), Tally(failed=1)),
        (NotSent(a_failure(FailureKind.WAIT), unreachable=True), Tally(failed=1)),
    ],
)
def test_what_fails_is_noted_under_the_registration(
    refresh: Refresh, server: ScriptedServer, world: World, answer: Answer, window: Tally
) -> None:
    server.answers.append(answer)

    refresh(DUE)

    assert registration(world).window == window
    assert registration(world).host == "acme.example"


@pytest.mark.parametrize("answer", [new_tokens(), refused("invalid_grant")])
def test_what_works_leaves_nothing_on_record(
    refresh: Refresh, server: ScriptedServer, world: World, answer: Answer
) -> None:
    server.answers.append(answer)

    refresh(DUE)

    assert world.registrations_by_id == {}
    assert "registrations.save" not in world.calls


def test_a_refresh_that_sends_nothing_asks_for_no_registration(
    refresh: Refresh, world: World
) -> None:
    world.holding(a_connection(refresh_at=NOW + INSTANT))

    assert refresh(DUE).result is Result.CURRENT
    assert "registrations.many" not in world.calls


def test_a_grant_under_inputs_that_changed_speaks_for_itself_alone(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    """Its secret was replaced: that it is refused says nothing of those with the new one."""
    breaker_open(world, NOW + MINUTE)
    world.holding(a_connection(inputs_digest="new", grant_inputs_digest="old"))
    server.answers.append(refused("invalid_client"))

    refresh(DUE)

    assert state(world).reason is Reason.OPERATOR_ACTION_REQUIRED
    assert registration(world).window == Tally()


def test_client_credentials_under_new_inputs_speak_for_themselves_alone(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    """Somebody entered a client id that is others', too, with a secret of their own."""
    fetched_earlier(world)
    inputs = entered(clientSecret="another-secret")
    world.holding(state(world), inputs)
    server.answers.append(refused("invalid_client"))

    refresh(DUE)

    assert world.registrations_by_id == {}


def test_the_first_fetch_of_client_credentials_is_not_held_back_and_not_noted(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    breaker_open(world, NOW + MINUTE)
    world.holding(unfetched(), entered())
    world.grants.clear()
    server.answers.append(ANSWER)

    assert refresh(DUE).result is Result.REFRESHED
    assert registration(world).breaker is not None


def limited(world: World, next_at: datetime) -> None:
    issuance = an_issuance(provider={"rateLimit": {"requests": 6, "seconds": 60}})
    world.holding(a_connection(), grant=a_grant(tokens=issued_earlier(), issuance=issuance))
    world.registrations_by_id[REGISTRATION] = Registration(
        id=REGISTRATION, revision=1, next_at=next_at
    )


def test_a_refresh_waits_for_its_turn_under_a_rate(
    refresh: Refresh, server: ScriptedServer, world: World, clock: ManualClock
) -> None:
    limited(world, NOW + timedelta(seconds=7))
    server.answers.append(new_tokens())

    assert refresh(DUE).result is Result.REFRESHED
    assert clock.slept == [7.0]
    assert registration(world).next_at == NOW + timedelta(seconds=17)


@pytest.mark.parametrize(("missing", "result"), [(INSTANT, "held"), (timedelta(), "refreshed")])
def test_a_turn_that_comes_too_late_for_this_run_is_left_to_another(
    refresher: Refresher, server: ScriptedServer, world: World, missing: timedelta, result: str
) -> None:
    turn = NOW + timedelta(seconds=7)
    limited(world, turn)
    server.answers.append(new_tokens())
    invocation = Invocation(id="run-1", deadline=turn + LEAST_TIME - missing)

    outcome = refresher.refresh(CONNECTION, DUE, invocation)

    assert outcome.result == result
    assert len(server.requests) == (result == "refreshed")
    assert state(world).claim is None


def test_the_registration_is_settled_also_when_storage_fails_the_refresh(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    server.answers.append(refused("invalid_client"))
    world.fail("states.failed")

    with pytest.raises(Exception, match=r"states\.failed"):
        refresh(DUE)

    assert registration(world).window == Tally(refused=1)


def test_a_reader_of_a_dead_token_is_told_when_the_breaker_may_close(
    refresh: Refresh, world: World
) -> None:
    breaker_open(world, NOW + 5 * MINUTE)
    world.holding(
        a_connection(spending=SPENDING), grant=replace(stored(world), tokens=ENDED.tokens)
    )

    outcome = refresh(reading(HOUR))

    assert (outcome.result, outcome.retry_at) == (Result.HELD, NOW + 5 * MINUTE)
    assert state(world).spending == SPENDING


def test_nothing_stands_between_an_answer_and_its_storing(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    """What is noted of the registration is put on record when the tokens are safe."""
    server.answers.append(new_tokens())

    refresh(DEMANDED)

    began = world.calls.index("tokens.ready")
    assert world.calls[began:] == [
        "tokens.ready",
        "tokens.succeed",
        "states.refreshed",
        "registrations.many",
    ]


def test_what_was_not_tried_says_nothing_of_the_server(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    server.answers.append(NotSent(a_failure(FailureKind.WAIT)))

    assert refresh(DUE).result is Result.FAILED
    assert world.registrations_by_id == {}


def test_an_answer_that_was_lost_twice_counts_once(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    issuance = an_issuance(provider={"reuseGraceSeconds": 30})
    world.holding(a_connection(), grant=a_grant(tokens=issued_earlier(), issuance=issuance))
    server.answers.extend([NoAnswer(a_failure(FailureKind.UNKNOWN))] * 2)

    refresh(DUE)

    assert registration(world).window == Tally(failed=1)


@pytest.mark.parametrize(("need", "noted"), [(DEMANDED, False), (DUE, True)])
def test_who_demands_again_and_again_what_fails_holds_nobody_back(
    refresh: Refresh, server: ScriptedServer, world: World, need: Need, *, noted: bool
) -> None:
    world.holding(a_connection(failures=1))
    server.answers.append(refused("invalid_client"))

    refresh(need)

    assert (world.registrations_by_id != {}) is noted


def test_a_reader_goes_before_what_is_only_due_under_a_rate(
    refresh: Refresh, server: ScriptedServer, world: World, clock: ManualClock
) -> None:
    limited(world, NOW + timedelta(seconds=7))
    server.answers.append(new_tokens())

    assert refresh(reading(2 * HOUR)).result is Result.REFRESHED
    assert clock.slept == []
