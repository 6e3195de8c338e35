"""Who acts: the real use cases, each over ports of its own run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from connections.application.disconnect import Disconnecter
from connections.application.discover import Discoverer
from connections.application.invocation import Invocation
from connections.application.read_credentials import CredentialsReader
from connections.application.refresh import Refresher
from connections.application.refresh_now import RefreshNow
from connections.application.refresh_outcome import Outcome
from connections.application.report_use import UseReports
from connections.application.rescue import Rescuer
from connections.application.revoke import Revoker
from connections.application.schedule_refreshes import Scheduler
from connections.domain.connection import UseOutcome
from connections.domain.refresh import Cause, Need, Wish
from connections.oauth.addresses import AllowedHosts
from tests.builders import CONNECTION, KEY_HOLDER
from tests.proof.explorer.calls import Ports
from tests.proof.explorer.instants import INVOCATION, SHORT_INVOCATION

NEEDED = timedelta(minutes=9)
"""For how long a reader needs its access token: those nearing their end have to be refreshed."""
READERS_PACE = 66.4
"""In place of a chance from 0 to 1: between two looks pass ten seconds, not a fifth of one, so that
three looks use up the time for which a reader waits."""
DISCONNECT = "disconnect"
Program = Callable[[Ports], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody with something to do, once, at any time."""

    name: str
    program: Program
    kin: str
    """Actors of one kind that are alike in everything but their names."""
    life: timedelta = INVOCATION
    """After so long the platform ends what it does."""
    rescuer: bool = False
    """Whether there is only something to do when a token set waits to be rescued."""


def worker(name: str) -> Actor:
    """A worker that had a message: the connection is due."""

    def working(ports: Ports) -> object:
        invocation = begun(name, ports)
        need = Need(cause=Cause.DUE, since=ports.clock.now())
        return refresher(ports).refresh(CONNECTION, need, invocation)

    return Actor(name=name, program=working, kin="worker")


def schedule(name: str = "schedule") -> Actor:
    """The schedule, and the worker that has its message."""

    def scheduling(ports: Ports) -> object:
        invocation = begun(name, ports)
        queue = Queue()
        scheduler = Scheduler(
            index=ports.index,
            cursor=ports.cursor,
            queue=queue,
            registrations=ports.registrations,
            clock=ports.clock,
        )
        scheduler.schedule(invocation.deadline)
        return queue.delivered(ports, invocation)

    return Actor(name=name, program=scheduling, kin=name)


def reader(name: str = "reader", needed: timedelta = NEEDED) -> Actor:
    """Integration code that reads credentials."""

    def reading(ports: Ports) -> object:
        invocation = begun(name, ports)
        credentials = CredentialsReader(
            readings=ports.readings,
            refresher=refresher(ports),
            clock=ports.clock,
            chance=lambda: READERS_PACE,
        )
        return credentials.read(CONNECTION, needed, invocation)

    return Actor(name=name, program=reading, kin=name)


def demand(name: str = "demand") -> Actor:
    """Somebody who asks for a refresh by name."""

    def demanding(ports: Ports) -> object:
        invocation = begun(name, ports)
        now = RefreshNow(
            connections=ports.connections,
            refresher=refresher(ports),
            clock=ports.clock,
            chance=lambda: READERS_PACE,
        )
        return now.refresh(CONNECTION, KEY_HOLDER, invocation)

    return Actor(name=name, program=demanding, kin=name)


def disconnect(name: str = DISCONNECT) -> Actor:
    """Somebody who disconnects."""

    def disconnecting(ports: Ports) -> object:
        invocation = begun(name, ports, SHORT_INVOCATION)
        revoker = Revoker(
            connections=ports.connections,
            settlements=ports.settlements,
            servers=ports.servers,
            logbook=ports.logbook,
            clock=ports.clock,
        )
        disconnecter = Disconnecter(
            connections=ports.connections,
            states=ports.states,
            tokens=ports.tokens,
            sealed_tokens=ports.sealed_tokens,
            revocations=ports.revocations,
            revoker=revoker,
            settlements=ports.settlements,
            logbook=ports.logbook,
            clock=ports.clock,
        )
        return disconnecter.disconnect(CONNECTION, invocation)

    return Actor(name=name, program=disconnecting, kin=name, life=SHORT_INVOCATION)


def report(name: str = "report") -> Actor:
    """An execution that saw the first access token refused, and the worker that hears of it."""

    def reporting(ports: Ports) -> object:
        invocation = begun(name, ports)
        queue = Queue()
        reports = UseReports(
            connections=ports.connections, queue=queue, logbook=ports.logbook, clock=ports.clock
        )
        reports.report(CONNECTION, UseOutcome.UNAUTHORIZED, generation=1)
        return queue.delivered(ports, invocation)

    return Actor(name=name, program=reporting, kin=name)


def rescuer(name: str) -> Actor:
    """A worker that had a message of the rescue queue; it stays there until that is dealt with."""

    def rescuing(ports: Ports) -> object:
        invocation = begun(name, ports)
        successor = ports.rescues.receive()
        if successor is not None:
            Rescuer(refresher=refresher(ports)).rescue(successor, invocation)
            ports.rescues.delete(successor)
        return None

    return Actor(name=name, program=rescuing, kin="rescuer", rescuer=True)


@dataclass
class Queue:
    """Implements `RefreshQueue`: what is sent is delivered to whoever holds it."""

    wishes: list[Wish] = field(default_factory=list)

    def send(self, wishes: Sequence[Wish]) -> None:
        self.wishes.extend(wishes)

    def waiting(self) -> int:
        return 0

    def delivered(self, ports: Ports, invocation: Invocation) -> tuple[Outcome, ...]:
        refreshing = refresher(ports)
        return tuple(
            refreshing.refresh(each.connection_id, each.need, invocation) for each in self.wishes
        )


def begun(name: str, ports: Ports, life: timedelta = INVOCATION) -> Invocation:
    return Invocation(id=name, deadline=ports.clock.now() + life)


def refresher(ports: Ports) -> Refresher:
    numbers = count(1)
    return Refresher(
        connections=ports.connections,
        states=ports.states,
        tokens=ports.tokens,
        servers=ports.servers,
        discoverer=Discoverer(
            servers=ports.servers,
            hosts=AllowedHosts(development=frozenset()),
            clock=ports.clock,
        ),
        registrations=ports.registrations,
        revocations=ports.revocations,
        rescues=ports.rescues,
        logbook=ports.logbook,
        clock=ports.clock,
        randomness=lambda size: next(numbers).to_bytes(size),
        chance=lambda: 0.5,
    )
