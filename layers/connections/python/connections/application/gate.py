"""The gate that refreshes pass: what is known of client registrations lets them go, or not.

One is made for each batch of refreshes, or for one alone, and the threads of the batch share it. In
steady state it costs one request a batch, and writes nothing. It spares servers and tells
operators. Where it cannot read what is known, nothing passes: nothing is spent just when storage
does not answer.
"""

import logging
import secrets
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock

from connections.application.ports import Clock
from connections.application.registration_ports import Registrations
from connections.domain.client_registration import (
    FIRST_PAUSE,
    PROBES,
    Rate,
    Registration,
    Tally,
    after_batch,
    probing,
    reserved,
)
from connections.domain.errors import Unavailable
from connections.domain.failure import Failure
from connections.domain.identifiers import RegistrationId

logger = logging.getLogger(__name__)

ATTEMPTS = 5
"""How often a change is tried that others were faster than."""


@dataclass(slots=True, kw_only=True)
class Known:
    """What a batch knows of a registration, and saw of it."""

    registration: Registration
    expected: int = 0
    """How many refreshes of the batch are under it."""
    probes: int = 0
    """How many of the probes that it was given are left."""
    probed: bool = False
    slots: list[datetime] = field(default_factory=list)
    """Moments reserved and not taken yet."""
    tally: Tally = field(default_factory=Tally)


@dataclass(slots=True, kw_only=True)
class Gate:
    """What the refreshes of a batch share."""

    registrations: Registrations
    clock: Clock
    chance: Callable[[], float] = secrets.SystemRandom().random
    _known: dict[RegistrationId, Known] = field(default_factory=dict)
    _noted: list[tuple[RegistrationId, str, Failure | None, datetime]] = field(default_factory=list)
    """What became of refreshes: appending to a list needs no lock."""
    _lock: Lock = field(default_factory=Lock)

    def look(self, ids: Iterable[RegistrationId | None]) -> None:
        """Read what is known of the registrations of a batch, named once for each refresh."""
        named = [each for each in ids if each is not None]
        with self._lock, suppress(Unavailable):
            self._read(dict.fromkeys(named))
            for each in named:
                self._known[each].expected += 1

    def shut(self, registration: RegistrationId | None, now: datetime) -> bool:
        """Tell whether a refresh would surely be held back, before anything is done for it."""
        if registration is None:
            return False
        with self._lock, suppress(Unavailable):
            known = self._of(registration)
            return not known.probes and known.registration.room(now) == 0
        return False

    def held_until(self, registration: RegistrationId | None, now: datetime) -> datetime | None:
        """Return until when a refresh is held back; None if it may go.

        Asked once for each refresh, just before it is sent: of the probes of an open breaker each
        answer takes one. A registration that was not looked at is read.
        """
        if registration is None:
            return None
        with self._lock:
            try:
                known = self._of(registration)
            except Unavailable:
                # Storage that does not answer now would not take what a server issues, either.
                return now + FIRST_PAUSE
            if known.probes:
                known.probes -= 1
                return None
            before, after = self._change(known, lambda each: probing(each, now, self.chance()))
            if after is not before:
                known.probes, known.probed = PROBES - 1, True
                return None
            if after.breaker is None:
                return None
            # Probes that are due and could not be reserved wait as well.
            return after.held_until(now) or now + FIRST_PAUSE

    def slot(
        self,
        registration: RegistrationId | None,
        rate: Rate | None,
        now: datetime,
        latest: datetime,
    ) -> datetime | None:
        """Return when a refresh may go, as its server's rate has it; None if not until `latest`.

        The first one reserves for all of the batch that are under the same registration.
        """
        if registration is None or rate is None:
            return now
        with self._lock:
            known = self._of(registration)
            if not known.slots:
                wanted, known.expected = max(known.expected, 1), 0
                before, _ = self._change(
                    known, lambda each: reserved(each, wanted, rate, now, latest)[0]
                )
                # Where storage failed they are apart from each other at least.
                known.slots += reserved(before, wanted, rate, now, latest)[1]
            return known.slots.pop(0) if known.slots else None

    def note(self, registration: RegistrationId | None, host: str, failure: Failure | None) -> None:
        """Take note of a refresh that was sent; None is one that worked.

        It waits for nothing: tokens that were issued are on their way into storage meanwhile.
        """
        if registration is not None:
            self._noted.append((registration, host, failure, self.clock.now()))

    def settle(self) -> None:
        """Put on record what has changed by what was noted, and say so in the log."""
        with self._lock:
            noted, self._noted = self._noted, []
            for registration, host, failure, at in noted:
                try:
                    known = self._of(registration)
                except Unavailable:
                    _not_kept(registration)
                    continue
                known.registration = replace(known.registration, host=host)
                known.tally = known.tally.with_one(failure, at)
            for known in self._known.values():
                tally, known.tally = known.tally, Tally()
                before, after = self._change(known, self._after(known, tally))
                _tell(before, after)

    def _after(self, known: Known, tally: Tally) -> Callable[[Registration], Registration]:
        now, chance = self.clock.now(), self.chance()
        # What somebody insisted on while the breaker was known to be open is as good as a probe.
        insisted = known.registration.breaker is not None and tally.worked > 0
        probed = known.probed or insisted
        return lambda each: after_batch(each, tally, now, chance, probed=probed)

    def _of(self, registration: RegistrationId) -> Known:
        if registration not in self._known:
            self._read([registration])
        return self._known[registration]

    def _read(self, ids: Collection[RegistrationId]) -> None:
        found = self.registrations.many(ids)
        for each in ids:
            self._known[each] = Known(registration=found.get(each, Registration(id=each)))

    def _change(
        self, known: Known, change: Callable[[Registration], Registration]
    ) -> tuple[Registration, Registration]:
        """Store what a change makes of a registration; return it as it was before and after.

        Both are the same object if the change makes nothing of it, or could not be stored: that
        must fail no refresh.
        """
        with suppress(Unavailable):
            for attempt in range(ATTEMPTS):
                before = known.registration
                after = change(before)
                if after == before:
                    return before, before
                if self.registrations.save(after, self.clock.now()):
                    known.registration = replace(after, revision=after.revision + 1)
                    return before, known.registration
                # Another batch was faster.
                self.clock.sleep(self.chance() * 0.02 * 2**attempt)
                known.registration = self._again(before)
        _not_kept(known.registration.id)
        return known.registration, known.registration

    def _again(self, former: Registration) -> Registration:
        stored = self.registrations.many([former.id]).get(former.id)
        return replace(stored or Registration(id=former.id), host=former.host)


def _not_kept(registration: RegistrationId) -> None:
    logger.warning("registration-not-kept", extra={"registrationId": registration})


def _tell(before: Registration, after: Registration) -> None:
    """Log what a change means: one line by whoever stored it, however many saw it coming."""
    told = {"registrationId": after.id, "host": after.host}
    if after.breaker and not before.breaker:
        logger.warning("breaker-opened", extra=told)
    if before.breaker and not after.breaker:
        logger.info("breaker-closed", extra=told)
    if after.fault and not before.fault:
        logger.error("registration-refused", extra=told)
    if before.fault and not after.fault:
        logger.info("registration-accepted", extra=told)
