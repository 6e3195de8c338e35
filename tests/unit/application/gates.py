"""What the tests of the gate share: a registration, as it is stored, and what is said of it."""

import time
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from connections.application.gate import Gate
from connections.domain.client_registration import Breaker, Rate, Registration
from connections.domain.failure import Failure, FailureKind
from connections.domain.identifiers import RegistrationId
from tests.builders import NOW
from tests.doubles.clock import ManualClock
from tests.doubles.world import World

ID, OTHER = RegistrationId("reg_1"), RegistrationId("reg_2")
HOST = "acme.example"
MINUTE = timedelta(minutes=1)
QUIET = Registration(id=ID, host=HOST)
OPEN = replace(QUIET, breaker=Breaker(opened_at=NOW, probe_at=NOW + MINUTE))
DUE = replace(QUIET, breaker=Breaker(opened_at=NOW, probe_at=NOW))
"""Open, with probes due."""
RATE = Rate(requests=30, per=MINUTE)
DOWN = Failure(kind=FailureKind.WAIT, explanation="it answered 503", http_status=503)
REFUSED = Failure(kind=FailureKind.CLIENT, explanation="it refused the client")


class SlowClock(ManualClock):
    """A clock that lets other threads go on before it tells the time."""

    def now(self) -> datetime:
        time.sleep(0.001)
        return super().now()


def stored(world: World) -> Registration:
    """Return what is on record."""
    return world.registrations_by_id[ID]


def holding(world: World, registration: Registration) -> None:
    """Put a registration on record."""
    world.registrations_by_id[ID] = replace(registration, revision=1)


def a_gate(world: World, clock: ManualClock) -> Gate:
    """Return a gate that takes no chances."""
    return Gate(registrations=world.registrations, clock=clock, chance=lambda: 0.0)


def noted(gate: Gate, failure: Failure | None, times: int = 5) -> None:
    """Note so many refreshes."""
    for _ in range(times):
        gate.note(ID, HOST, failure)


def said(log: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """Return level and name of each event that was logged."""
    return [(record.levelname, record.getMessage()) for record in log.records]
