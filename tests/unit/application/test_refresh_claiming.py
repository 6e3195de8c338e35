"""Who may refresh: one at a time, and only with time enough to store what comes."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from connections.application.discover import Discoverer
from connections.application.invocation import Invocation
from connections.application.refresh import Refresher
from connections.application.refresh_outcome import Outcome, Result
from connections.domain.claim import LEAST_TIME
from connections.oauth.addresses import AllowedHosts
from connections.oauth.messages import ServerResponse
from tests.builders import CONNECTION, GRANT, NOW, a_connection, an_issuance
from tests.doubles.clock import ManualClock
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.parts import (
    CLAIMED,
    DEADLINE,
    DEMANDED,
    DUE,
    INSTANT,
    OF_ANOTHER,
    Refresh,
    claimed_by_another,
    new_tokens,
    state,
)


def test_a_refresh_is_not_begun_with_too_little_time(
    refresher: Refresher, server: ScriptedServer, world: World
) -> None:
    invocation = Invocation(id="run-1", deadline=NOW + LEAST_TIME - INSTANT)

    outcome = refresher.refresh(CONNECTION, DEMANDED, invocation)

    assert outcome == Outcome(result=Result.BUSY)
    assert (world.calls, server.requests) == ([], [])


def test_a_refresh_is_begun_with_just_enough_time(
    refresher: Refresher, server: ScriptedServer
) -> None:
    deadline = NOW + LEAST_TIME
    server.answers.append(new_tokens())

    outcome = refresher.refresh(CONNECTION, DUE, Invocation(id="run-1", deadline=deadline))

    assert outcome.result is Result.REFRESHED
    assert server.deadlines == [deadline]


@pytest.mark.parametrize(
    ("short_of", "result"), [(INSTANT, Result.BUSY), (timedelta(), Result.REFRESHED)]
)
def test_a_server_that_may_take_longer_is_not_asked_with_less_time_than_that(
    refresher: Refresher,
    server: ScriptedServer,
    world: World,
    short_of: timedelta,
    result: Result,
) -> None:
    slow = an_issuance(provider={"tokenRequestSeconds": 20})
    world.grants[CONNECTION] = replace(world.grants[CONNECTION], issuance=slow)
    server.answers.append(new_tokens())
    before = state(world)
    deadline = NOW + LEAST_TIME + timedelta(seconds=10) - short_of

    outcome = refresher.refresh(CONNECTION, DUE, Invocation(id="run-1", deadline=deadline))

    assert outcome.result is result
    if result is Result.BUSY:
        assert server.requests == []
        assert state(world) == replace(before, fence=before.fence + 1)


def test_who_does_not_get_the_claim_looks_at_nothing_and_sends_nothing(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    claimed_by_another(world)
    before = state(world)

    outcome = refresh(DEMANDED)

    assert outcome == Outcome(result=Result.BUSY)
    assert (state(world), world.calls, server.requests) == (before, ["states.claim"], [])


def test_a_connection_that_is_gone_is_not_refreshed(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    world.connections_by_id.clear()

    assert refresh(DUE) == Outcome(result=Result.BUSY)
    assert (world.calls, server.requests) == (["states.claim"], [])


@pytest.mark.parametrize(("until", "result"), [(NOW, "refreshed"), (NOW + INSTANT, "busy")])
def test_a_claim_keeps_others_away_until_it_ends(
    refresh: Refresh,
    server: ScriptedServer,
    world: World,
    until: datetime,
    result: str,
) -> None:
    world.holding(a_connection(claim=replace(OF_ANOTHER, until=until), fence=7))
    server.answers.append(new_tokens())

    assert refresh(DUE).result == result


def test_a_second_refresh_is_refused_while_the_server_is_asked(
    refresher: Refresher, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    second = replace(refresher, randomness=lambda count: b"\x08" * count)
    meanwhile: list[Outcome] = []

    def asked() -> ServerResponse:
        assert state(world).claim == CLAIMED
        meanwhile.append(second.refresh(CONNECTION, DEMANDED, invocation))
        return new_tokens()

    server.answers.append(asked)

    assert refresher.refresh(CONNECTION, DUE, invocation).result is Result.REFRESHED
    assert meanwhile == [Outcome(result=Result.BUSY)]
    assert len(server.requests) == 1


def test_each_claim_has_a_holder_of_its_own(world: World, server: ScriptedServer) -> None:
    """One invocation makes many claims, and none of them may pass for another's."""
    refresher = Refresher(
        connections=world.connections,
        states=world.states,
        tokens=world.tokens,
        servers=server,
        discoverer=Discoverer(servers=server, hosts=AllowedHosts.parse(""), clock=ManualClock()),
        registrations=world.registrations,
        revocations=world.revocations,
        rescues=world.rescues,
        logbook=world.logbook,
        clock=ManualClock(),
    )
    holders: list[str] = []

    def look() -> None:
        claim = state(world).claim
        assert claim is not None
        holders.append(claim.holder)

    for _ in range(2):
        world.holding(a_connection(grant_id=GRANT, refresh_at=None))
        world.meanwhile("tokens.get", look)
        refresher.refresh(CONNECTION, DUE, Invocation(id="run-1", deadline=DEADLINE))

    assert [holder.partition("/")[0] for holder in holders] == ["run-1", "run-1"]
    assert len(set(holders)) == 2
