"""Client credentials: the first token set is fetched, once, as soon as it can be."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connections.application.refresh import Refresher
from connections.application.refresh_outcome import Outcome, Result
from connections.application.remedies import FETCHED
from connections.domain.connection import Connection, Reason, Status
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.domain.refresh import Need
from connections.oauth.messages import ServerResponse
from tests.builders import CONNECTION, GRANT, HOUR, NOW, REGISTRATION
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.fetching import ANSWER, FORM, entered, unfetched
from tests.unit.application.parts import (
    DEMANDED,
    DUE,
    RUN,
    Refresh,
    reading,
    state,
    stored,
)

SWITCHED_OFF: dict[str, Any] = {"reason": Reason.DISCONNECTED, "refresh_at": None}


@pytest.fixture(autouse=True)
def connection(world: World) -> Connection:
    """In place of the world's connection: one for which nothing was fetched yet."""
    world.grants.clear()
    world.holding(unfetched(), entered())
    return unfetched()


@pytest.mark.parametrize("need", [DUE, DEMANDED, reading()])
def test_the_first_token_set_is_fetched_with_the_clients_credentials(
    refresh: Refresh, server: ScriptedServer, world: World, need: Need
) -> None:
    server.answers.append(ANSWER)

    outcome = refresh(need)

    grant = stored(world)
    assert outcome == Outcome(result=Result.REFRESHED, grant=grant)
    assert [request.form for request in server.requests] == [FORM]
    assert (grant.generation, grant.tokens.access_token) == (1, "access-2")
    assert grant.tokens.refresh_token is None


def test_then_the_connection_is_active_and_its_next_fetch_is_due_before_the_token_ends(
    refresh: Refresh, server: ScriptedServer, world: World, connection: Connection
) -> None:
    server.answers.append(ANSWER)

    refresh(DUE)

    assert state(world) == replace(
        connection,
        status=Status.ACTIVE,
        reason=None,
        grant_id=stored(world).grant_id,
        generation=1,
        expires_at=NOW + 2 * HOUR,
        refresh_at=NOW + 2 * HOUR - timedelta(minutes=12) - timedelta(minutes=3),
        last_refreshed_at=NOW,
        grant_inputs_digest=connection.inputs_digest,
        registration=REGISTRATION,
        fence=1,
    )
    assert not state(world).inputs_changed


def test_that_it_was_fetched_stands_in_the_log(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    server.answers.append(ANSWER)

    refresh(DUE)

    assert world.entries == [
        LogEntry(
            connection_id=CONNECTION,
            at=NOW,
            event=Event.CONNECTED,
            severity=Severity.INFO,
            detail=FETCHED,
        )
    ]


def test_of_two_who_want_it_at_once_one_fetches(
    refresh: Refresh, refresher: Refresher, server: ScriptedServer
) -> None:
    another = replace(refresher, randomness=lambda count: b"\x06" * count)
    second: list[Outcome] = []

    def meanwhile() -> ServerResponse:
        second.append(another.refresh(CONNECTION, reading(), RUN))
        return ANSWER

    server.answers.append(meanwhile)

    first = refresh(reading())

    assert (first.result, [each.result for each in second]) == (Result.REFRESHED, [Result.BUSY])
    assert len(server.requests) == 1


def test_what_has_no_value_yet_is_not_fetched(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    world.holding(unfetched(entered(clientSecret="")), entered(clientSecret=""))
    assert state(world).reason is Reason.NOT_CONFIGURED

    outcome = refresh(DUE)

    assert outcome == Outcome(result=Result.NOT_CONNECTED)
    assert (server.requests, state(world).claim, state(world).refresh_at) == ([], None, None)


def test_a_connection_that_is_gone_fetches_nothing(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    world.closed.add(CONNECTION)

    assert refresh(DUE) == Outcome(result=Result.NOT_CONNECTED)
    assert server.requests == []


@pytest.mark.parametrize("need", [DUE, reading()])
def test_what_was_disconnected_stays_so(
    refresh: Refresh, server: ScriptedServer, world: World, need: Need
) -> None:
    world.holding(replace(unfetched(), **SWITCHED_OFF))

    assert refresh(need) == Outcome(result=Result.NOT_CONNECTED)

    assert state(world).reason is Reason.DISCONNECTED
    assert server.requests == []


def test_what_was_disconnected_is_fetched_on_demand(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    world.holding(replace(unfetched(), **SWITCHED_OFF))
    server.answers.append(ANSWER)

    assert refresh(DEMANDED).result is Result.REFRESHED

    assert (state(world).status, state(world).reason) == (Status.ACTIVE, None)


def test_a_disconnect_that_was_cut_short_is_finished_and_nothing_is_fetched(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    world.holding(replace(unfetched(), status=Status.ACTIVE, reason=None, grant_id=GRANT))

    assert refresh(DUE) == Outcome(result=Result.NOT_CONNECTED)

    assert (state(world).reason, server.requests) == (Reason.DISCONNECTED, [])
