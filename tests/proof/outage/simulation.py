"""The stack with many connections to one provider, minute by minute."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from connections.adapters.aws import number
from tests.integration import memory
from tests.integration.aws import Aws
from tests.integration.entrypoints.calls import Functions, forget
from tests.integration.entrypoints.events import event
from tests.integration.entrypoints.tenants import Tenants, running_functions
from tests.proof.outage.clock import SimulatedClock, simulated_time
from tests.proof.outage.connected import Loader
from tests.proof.outage.logged import Lines, caught_lines
from tests.proof.outage.provider import Provider, in_place_of_the_network
from tests.proof.outage.queues import Consumption, timeout_of
from tests.proof.outage.quick_cloud import quick_cloud
from tests.proof.outage.readers import Readers

SCHEDULE = "ScheduleRefreshesFunction"
SHOWN_EVERY = 5
"""Minutes from one look at the list to the next."""
PATIENCE = timedelta(minutes=1)
"""How long what is due may wait for its refresh when nothing is wrong."""
_MINUTE = timedelta(minutes=1)
_BREAKER = {"breaker-opened": "open", "breaker-closed": "closed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """What was seen in one simulated minute."""

    number: int
    due: int
    """Connections whose refresh time had come when it began."""
    waiting: int
    """Those of them that were due for a while, and still are when it ends."""
    queued: int
    sent: int
    """Requests of workers that reached the provider."""
    worked: int
    """Of those, the ones that were answered with tokens."""
    sent_for_readers: int
    breaker: str
    stored: Counter[str]
    """Connections by the status that is stored."""
    shown: Counter[str]
    """Connections of a page of the list by the status that is shown to the customer; empty in
    most minutes."""
    seen: Sequence[Mapping[str, Any]]
    """Connections as the customer reads them, among them one whose own refresh has failed."""
    read: Counter[int]
    """Readings of credentials by the HTTP status of the answer."""


@dataclass(slots=True)
class Simulation:
    """The stack, its provider and its readers."""

    functions: Functions
    clock: SimulatedClock
    provider: Provider
    lines: Lines
    readers: Readers
    consumption: Consumption
    readings: int
    """A minute."""
    began: datetime
    minutes: list[Minute] = field(default_factory=list)
    breaker: str = "closed"

    def run(self, minutes: int) -> None:
        """Let so many minutes pass."""
        for _ in range(minutes):
            self.minutes.append(self._minute(len(self.minutes)))

    def run_until_recovered(self, most: int) -> int:
        """Let minutes pass until all is well again, and return how many.

        Raises:
            AssertionError: that takes more than so many.
        """
        for passed in range(1, most + 1):
            self.run(1)
            if self.recovered:
                return passed
        raise AssertionError(f"not recovered after {most} minutes: {self.minutes[-1]}")

    @property
    def recovered(self) -> bool:
        """Whether nothing is degraded any more, and nothing waits for its refresh."""
        last = self.minutes[-1]
        return not last.waiting and not last.stored["degraded"]

    def states(self) -> list[dict[str, Any]]:
        """Return the raw state items."""
        items = memory.raw_items(self.functions.aws.names["Connections"])
        return [each for each in items if each["sk"]["S"] == "state"]

    def _minute(self, this: int) -> Minute:
        self.clock.advance_to(self.began + this * _MINUTE)
        now, ledger = self.clock.now(), self.provider.ledger
        due, before = _due(self.states(), now), len(ledger)
        swept = self.functions.invoke(
            SCHEDULE, event("schedule_refreshes.every-minute"), seconds=timeout_of(SCHEDULE)
        )
        self.consumption.drain()
        sent = ledger[before:]
        read = self.readers.read_credentials(self.readings)
        self._follow_breaker()
        states = self.states()
        return Minute(
            number=this,
            due=due,
            waiting=_due(states, now - PATIENCE),
            queued=swept["queued"],
            sent=len(sent),
            worked=sum(each.answer == "tokens" for each in sent),
            sent_for_readers=len(ledger) - before - len(sent),
            breaker=self.breaker,
            stored=Counter(each["status"]["S"] for each in states),
            shown=self.readers.shown() if this % SHOWN_EVERY == 0 else Counter(),
            seen=self.readers.seen(
                each["pk"]["S"] for each in states if each["failures"]["N"] != "0"
            ),
            read=read,
        )

    def _follow_breaker(self) -> None:
        for line in self.lines.take():
            self.breaker = _BREAKER.get(line["message"], self.breaker)


def _due(states: Sequence[Mapping[str, Any]], moment: datetime) -> int:
    """Return how many were due at a moment, and still are."""
    times = (Decimal(each["refreshAt"]["N"]) for each in states if "refreshAt" in each)
    return sum(each <= number(moment) for each in times)


@contextmanager
def simulation(
    aws: Aws, connections: int, *, facts: Mapping[str, Any], grace: timedelta = timedelta()
) -> Iterator[Simulation]:
    """Run the stack with so many connections, in simulated time; nothing of it stays."""
    with (
        _emptied(aws),
        simulated_time() as clock,
        caught_lines() as lines,
        quick_cloud(),
        running_functions(aws) as functions,
    ):
        provider = Provider(clock=clock, grace=grace)
        tenants = Tenants.founded(functions)
        Loader(aws, tenants.acme, facts).load(connections, provider, clock.now())
        with in_place_of_the_network(provider):
            yield Simulation(
                functions=functions,
                clock=clock,
                provider=provider,
                lines=lines,
                readers=Readers(
                    tenants=tenants, clock=clock, provider=provider, number=connections
                ),
                consumption=Consumption(functions, clock),
                readings=max(3, connections // 500),
                began=clock.now(),
            )


@contextmanager
def _emptied(aws: Aws) -> Iterator[None]:
    """Leave nothing behind, also where a scene ends in the middle."""
    try:
        yield
    finally:
        forget()
        aws.empty()
