"""What the tests of client registrations share."""

from dataclasses import replace
from datetime import datetime, timedelta

from connections.domain.client_registration import (
    Breaker,
    Registration,
    Tally,
    after_batch,
)
from connections.domain.identifiers import RegistrationId
from tests.builders import NOW

MINUTE = timedelta(minutes=1)
INSTANT = timedelta(microseconds=1)
QUIET = Registration(id=RegistrationId("reg_1"), host="acme.example")


def after(
    registration: Registration,
    now: datetime = NOW,
    *,
    chance: float = 0,
    probed: bool = False,
    worked: int = 0,
    failed: int = 0,
    refused: int = 0,
) -> Registration:
    """Return what a batch makes of a registration."""
    tally = Tally(worked=worked, failed=failed, refused=refused)
    return after_batch(registration, tally, now, chance, probed=probed)


def an_open(rounds: int = 0, *, fault: bool = False) -> Registration:
    """Return a registration whose breaker opened just now."""
    breaker = Breaker(opened_at=NOW, probe_at=NOW + MINUTE, rounds=rounds)
    return replace(QUIET, breaker=breaker, fault=fault)


def probe_at(registration: Registration) -> datetime:
    """Return when the next probes of an open breaker may go."""
    assert registration.breaker is not None
    return registration.breaker.probe_at
