"""What an execution reports: the last report counts, and a refused token is refreshed once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connections.application.refresh import Refresher
from connections.application.refresh_outcome import Result
from connections.application.report_use import UseReports
from connections.domain.connection import Status, Use, UseOutcome
from connections.domain.errors import NotFound, Unavailable
from connections.domain.identifiers import ConnectionId
from connections.domain.log_entry import Event, Severity
from connections.domain.refresh import Cause, Need, Wish
from tests.builders import CONNECTION, GRANT, HOUR, NOW, REGISTRATION, a_connection
from tests.doubles.clock import ManualClock
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.parts import RUN, new_tokens, state

UNAUTHORIZED = UseOutcome.UNAUTHORIZED


@pytest.fixture
def reports(world: World, clock: ManualClock) -> UseReports:
    return UseReports(
        connections=world.connections, queue=world.refreshes, logbook=world.logbook, clock=clock
    )


def wish(generation: int = 1, **changes: Any) -> Wish:
    need = Need(cause=Cause.REPORTED, since=NOW, seen=(GRANT, generation))
    wanted = Wish(connection_id=CONNECTION, need=need, registration=REGISTRATION)
    return replace(wanted, **changes)


@pytest.mark.parametrize("outcome", UseOutcome)
def test_the_last_report_is_kept_with_its_time(
    reports: UseReports, world: World, clock: ManualClock, outcome: UseOutcome
) -> None:
    reports.report(CONNECTION, UseOutcome.SUCCESS)
    clock.advance(HOUR)

    reports.report(CONNECTION, outcome)

    generation = 1 if outcome is UNAUTHORIZED else None
    use = Use(at=NOW + HOUR, outcome=outcome, generation=generation)
    assert state(world) == a_connection(last_use=use)


@pytest.mark.parametrize("outcome", UseOutcome)
def test_a_report_about_what_is_not_there_is_not_found(
    reports: UseReports, world: World, outcome: UseOutcome
) -> None:
    with pytest.raises(NotFound):
        reports.report(ConnectionId("con_" + "9" * 26), outcome)

    assert world.connections_by_id == {CONNECTION: a_connection()}
    assert (world.to_refresh, world.entries) == ([], [])


@pytest.mark.parametrize("generation", [None, 1])
def test_an_access_token_that_was_refused_is_to_be_refreshed(
    reports: UseReports, world: World, generation: int | None
) -> None:
    reports.report(CONNECTION, UNAUTHORIZED, generation=generation)

    assert world.to_refresh == [wish()]


@pytest.mark.parametrize("outcome", [UseOutcome.SUCCESS, UseOutcome.CONNECTION_ERROR])
def test_nothing_else_that_is_reported_refreshes(
    reports: UseReports, world: World, outcome: UseOutcome
) -> None:
    reports.report(CONNECTION, outcome, generation=1, execution_id="exec-1")

    assert (world.to_refresh, world.entries) == ([], [])


def test_of_an_access_token_that_was_replaced_since_nothing_follows(
    reports: UseReports, world: World
) -> None:
    world.holding(a_connection(generation=4))

    reports.report(CONNECTION, UNAUTHORIZED, generation=3)

    assert (world.to_refresh, world.entries) == ([], [])
    assert state(world).last_use is None, "the light is of the one that there is"


def test_an_access_token_that_the_state_does_not_know_yet_is_to_be_refreshed(
    reports: UseReports, world: World
) -> None:
    reports.report(CONNECTION, UNAUTHORIZED, generation=2)

    assert world.to_refresh == [wish(2)]


def test_where_there_is_no_grant_there_is_nothing_to_refresh(
    reports: UseReports, world: World
) -> None:
    pending = a_connection(grant_id=None, generation=0, status=Status.PENDING)
    world.holding(pending)

    reports.report(CONNECTION, UNAUTHORIZED)

    assert (world.to_refresh, world.entries) == ([], [])
    assert state(world) == replace(
        pending, last_use=Use(at=NOW, outcome=UNAUTHORIZED, generation=0)
    )


def test_the_first_report_of_a_refused_access_token_stands_in_the_log(
    reports: UseReports, world: World, clock: ManualClock
) -> None:
    reports.report(CONNECTION, UNAUTHORIZED, execution_id="exec-1")
    clock.advance(HOUR)
    reports.report(CONNECTION, UNAUTHORIZED, execution_id="exec-2")

    (entry,) = world.entries
    assert (entry.at, entry.event, entry.severity) == (NOW, Event.UNAUTHORIZED, Severity.WARNING)
    assert entry.detail.startswith("The execution exec-1 reported that the third party refuses")
    assert len(world.to_refresh) == 2


def test_an_execution_need_not_say_its_name(reports: UseReports, world: World) -> None:
    reports.report(CONNECTION, UNAUTHORIZED)

    assert world.entries[0].detail.startswith("An execution reported")


@pytest.mark.parametrize(
    ("outcome", "refreshed", "entries"),
    [
        (UseOutcome.SUCCESS, NOW - HOUR, 1),
        (UseOutcome.CONNECTION_ERROR, NOW - HOUR, 1),
        (UNAUTHORIZED, NOW + timedelta(microseconds=1), 1),
        (UNAUTHORIZED, NOW, 0),
        (UNAUTHORIZED, None, 0),
    ],
)
def test_what_was_reported_before_counts_if_it_was_of_the_same_access_token(
    reports: UseReports, world: World, clock: ManualClock, outcome: UseOutcome, refreshed: Any,
    entries: int,
) -> None:  # fmt: skip
    last = Use(at=NOW, outcome=outcome)
    world.holding(a_connection(last_use=last, last_refreshed_at=refreshed))
    clock.advance(HOUR)

    reports.report(CONNECTION, UNAUTHORIZED)

    assert len(world.entries) == entries


def test_a_queue_that_does_not_answer_is_told_after_the_use_was_recorded(
    reports: UseReports, world: World
) -> None:
    world.fail("refreshes.send")

    with pytest.raises(Unavailable, match=r"refreshes\.send"):
        reports.report(CONNECTION, UNAUTHORIZED)

    assert state(world).last_use == Use(at=NOW, outcome=UNAUTHORIZED, generation=1)
    reports.report(CONNECTION, UNAUTHORIZED)
    assert world.to_refresh == [wish()]


def test_a_log_that_does_not_answer_keeps_no_refresh_back(
    reports: UseReports, world: World
) -> None:
    world.fail("logbook.write")

    with pytest.raises(Unavailable, match=r"logbook\.write"):
        reports.report(CONNECTION, UNAUTHORIZED)

    assert world.to_refresh == [wish()]


@pytest.mark.parametrize("generation", [None, 1])
def test_ten_reports_of_one_generation_cause_one_refresh(
    reports: UseReports, world: World, refresher: Refresher, server: ScriptedServer,
    clock: ManualClock, generation: int | None,
) -> None:  # fmt: skip
    for _ in range(10):
        reports.report(CONNECTION, UNAUTHORIZED, generation=generation)
    clock.advance(timedelta(seconds=1))
    server.answers.append(new_tokens(clock.now()))

    results = [
        refresher.refresh(each.connection_id, each.need, RUN).result for each in world.to_refresh
    ]
    reports.report(CONNECTION, UNAUTHORIZED, generation=1)

    assert results == [Result.REFRESHED, *[Result.CURRENT] * 9]
    assert len(world.to_refresh) == 10
    assert len(server.requests) == 1


def test_a_report_that_comes_while_a_refresh_is_under_way_causes_no_other(
    reports: UseReports, world: World, refresher: Refresher, server: ScriptedServer,
    clock: ManualClock,
) -> None:  # fmt: skip
    reports.report(CONNECTION, UNAUTHORIZED, generation=1)
    clock.advance(timedelta(seconds=1))
    server.answers.append(new_tokens(clock.now()))
    world.meanwhile(
        "tokens.succeed", lambda: reports.report(CONNECTION, UNAUTHORIZED, generation=1)
    )
    first = refresher.refresh(CONNECTION, world.to_refresh[0].need, RUN)

    second = refresher.refresh(CONNECTION, world.to_refresh[1].need, RUN)

    assert (first.result, second.result) == (Result.REFRESHED, Result.CURRENT)
    assert len(server.requests) == 1
