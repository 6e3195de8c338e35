"""A world with one connection, due and alone, and the use cases over it."""

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest

from connections.application.begin_authorization import AuthorizationBeginner
from connections.application.complete_authorization import AuthorizationCompleter
from connections.application.disconnect import Disconnecter
from connections.application.discover import Discoverer
from connections.application.flow_log import FlowLog
from connections.application.gate import Gate
from connections.application.identify_account import AccountReader
from connections.application.invocation import Invocation
from connections.application.landing import Landings
from connections.application.read_credentials import CredentialsReader
from connections.application.refresh import Refresher
from connections.application.refresh_now import RefreshNow
from connections.application.refresh_outcome import Outcome
from connections.application.revoke import Revoker
from connections.domain.refresh import Need
from connections.oauth.addresses import AllowedHosts
from connections.oauth.digests import digest
from tests.builders import (
    AUTHORIZATION,
    CONNECTION,
    a_connection,
    a_flow,
    a_grant,
    a_new_connection,
    some_inputs,
)
from tests.doubles.clock import ManualClock
from tests.doubles.servers import ConfirmingServer, ScriptedServer
from tests.doubles.world import World
from tests.unit.application.configuring import Scene
from tests.unit.application.flows import OFFER
from tests.unit.application.gates import a_gate
from tests.unit.application.parts import DEADLINE, Refresh, issued_earlier, same_bytes

NOWHERE = AllowedHosts(development=frozenset())


@pytest.fixture
def world() -> World:
    """A world with a connection that is connected and due; its tokens are an hour old."""
    return World().holding(a_connection(), some_inputs(), a_grant(tokens=issued_earlier()))


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
        connections=world.connections,
        states=world.states,
        tokens=world.tokens,
        servers=server,
        discoverer=Discoverer(servers=server, hosts=NOWHERE, clock=clock),
        registrations=world.registrations,
        revocations=world.revocations,
        rescues=world.rescues,
        logbook=world.logbook,
        clock=clock,
        randomness=same_bytes,
        chance=lambda: 0.5,
    )


@pytest.fixture
def refresh(refresher: Refresher, invocation: Invocation) -> Refresh:
    """The refresh of the one connection, for whoever needs it."""

    def refreshing(need: Need) -> Outcome:
        return refresher.refresh(CONNECTION, need, invocation)

    return refreshing


@pytest.fixture
def reader(world: World, refresher: Refresher, clock: ManualClock) -> CredentialsReader:
    return CredentialsReader(
        readings=world.readings, refresher=refresher, clock=clock, chance=lambda: 0.5
    )


@pytest.fixture
def revoker(world: World, server: ScriptedServer, clock: ManualClock) -> Revoker:
    return Revoker(
        connections=world.connections,
        settlements=world.settlements,
        servers=server,
        logbook=world.logbook,
        clock=clock,
    )


@pytest.fixture
def disconnecter(world: World, revoker: Revoker, clock: ManualClock) -> Disconnecter:
    """Disconnects from a server that confirms every revocation."""
    return Disconnecter(
        connections=world.connections,
        states=world.states,
        tokens=world.tokens,
        sealed_tokens=world.sealed_tokens,
        revocations=world.revocations,
        revoker=replace(revoker, servers=ConfirmingServer()),
        settlements=world.settlements,
        logbook=world.logbook,
        clock=clock,
    )


@pytest.fixture
def offered(world: World) -> World:
    """The same world before anybody connected, with a link under which to do it."""
    world.holding(a_new_connection())
    world.grants.clear()
    world.authorizations[AUTHORIZATION] = OFFER
    return world


@pytest.fixture
def beginner(offered: World, server: ScriptedServer, clock: ManualClock) -> AuthorizationBeginner:
    return AuthorizationBeginner(
        connections=offered.connections,
        flows=offered.flows,
        lapses=offered.lapses,
        landings=Landings(instances=offered.instances, integrations=offered.integrations),
        logbook=offered.logbook,
        clock=clock,
        discoverer=Discoverer(servers=server, hosts=NOWHERE, clock=clock),
        randomness=same_bytes,
    )


@pytest.fixture
def begun(offered: World) -> World:
    """The same world with a flow that is under way."""
    offered.flows_by_digest[digest("the-state")] = a_flow()
    return offered


@pytest.fixture
def completer(begun: World, server: ScriptedServer, clock: ManualClock) -> AuthorizationCompleter:
    return AuthorizationCompleter(
        flows=begun.flows,
        tokens=begun.tokens,
        grants=begun.states,
        revocations=begun.revocations,
        servers=server,
        accounts=AccountReader(servers=server, clock=clock),
        log=FlowLog(logbook=begun.logbook, clock=clock),
        clock=clock,
        randomness=same_bytes,
        chance=lambda: 0.5,
    )


@pytest.fixture
def demand(world: World, refresher: Refresher, clock: ManualClock) -> RefreshNow:
    return RefreshNow(
        connections=world.connections, refresher=refresher, clock=clock, chance=lambda: 0.5
    )


@pytest.fixture
def scene() -> Scene:
    """A customer and a published integration, with the use cases of instances."""
    return Scene.founded()


@pytest.fixture
def gate(world: World, clock: ManualClock) -> Gate:
    return a_gate(world, clock)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """The log, as far down as a function writes it."""
    with caplog.at_level(logging.INFO):
        yield caplog
