"""A world with one connection, due and alone, and the use cases over it."""

import pytest

from connections.application.invocation import Invocation
from connections.application.refresh import Refresher
from tests.builders import a_connection, a_grant, some_inputs
from tests.doubles.clock import ManualClock
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.parts import DEADLINE, same_bytes


@pytest.fixture
def world() -> World:
    """A world with a connection that is connected and due."""
    return World().holding(a_connection(), some_inputs(), a_grant())


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def server() -> ScriptedServer:
    return ScriptedServer()


@pytest.fixture
def invocation() -> Invocation:
    return Invocation(id="run-1", deadline=DEADLINE)


@pytest.fixture
def refresher(world: World, server: ScriptedServer, clock: ManualClock) -> Refresher:
    return Refresher(
        states=world.states,
        tokens=world.tokens,
        servers=server,
        revocations=world.revocations,
        logbook=world.logbook,
        clock=clock,
        randomness=same_bytes,
        chance=lambda: 0.5,
    )
