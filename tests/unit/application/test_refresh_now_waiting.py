"""A refresh on demand that waits for one that is under way."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connections.application.refresh_now import RefreshNow
from connections.domain.errors import (
    NotFound,
    Unavailable,
)
from tests.builders import (
    CONNECTION,
    HOUR,
    KEY_HOLDER,
    NOW,
)
from tests.doubles.clock import ManualClock
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.parts import (
    RUN,
    claimed_by_another,
    state,
    the_second_generation,
)


def test_a_demand_joins_a_refresh_that_is_sent_after_it(
    demand: RefreshNow, server: ScriptedServer, world: World, clock: ManualClock
) -> None:
    claimed_by_another(world)
    former = replace(state(world), fence=0)

    def the_other_is_done() -> None:
        world.grants[CONNECTION] = the_second_generation()
        world.states.refreshed(former, the_second_generation(), NOW + HOUR, NOW)

    clock.on_sleep = the_other_is_done

    connection, _ = demand.refresh(CONNECTION, KEY_HOLDER, RUN)

    assert connection.generation == 2
    assert clock.slept == [0.125]
    assert server.requests == []


def test_a_demand_joins_a_refresh_that_was_sent_before_it(
    demand: RefreshNow, server: ScriptedServer, world: World, clock: ManualClock
) -> None:
    claimed_by_another(world)
    former = replace(state(world), fence=0)
    tokens = replace(the_second_generation().tokens, issued_at=NOW - timedelta(seconds=1))
    successor = replace(the_second_generation(), tokens=tokens)

    def the_other_is_done() -> None:
        world.grants[CONNECTION] = successor
        world.states.refreshed(former, successor, NOW + HOUR, NOW)

    clock.on_sleep = the_other_is_done

    connection, _ = demand.refresh(CONNECTION, KEY_HOLDER, RUN)

    assert (connection.generation, server.requests) == (2, [])


def test_a_connection_that_goes_while_it_is_waited_for_is_not_found(
    demand: RefreshNow, world: World, clock: ManualClock
) -> None:
    claimed_by_another(world)
    clock.on_sleep = world.connections_by_id.clear

    with pytest.raises(NotFound, match="meanwhile"):
        demand.refresh(CONNECTION, KEY_HOLDER, RUN)

    assert clock.slept == [0.125]


@pytest.mark.parametrize(("seconds", "waited"), [(60, 20), (18, 16)])
def test_a_demand_gives_up_waiting_in_time_to_answer(
    demand: RefreshNow,
    server: ScriptedServer,
    world: World,
    clock: ManualClock,
    seconds: int,
    waited: int,
) -> None:
    claimed_by_another(world)
    invocation = replace(RUN, deadline=NOW + timedelta(seconds=seconds))

    with pytest.raises(Unavailable, match="still under way"):
        demand.refresh(CONNECTION, KEY_HOLDER, invocation)

    assert clock.now() == NOW + timedelta(seconds=waited)
    assert set(clock.slept) == {0.125}
    assert server.requests == []
