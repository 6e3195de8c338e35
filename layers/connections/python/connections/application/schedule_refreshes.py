"""Every minute: what is due goes to the queue, from where it is refreshed.

A sweep that cannot send all leaves a cursor, and the next one goes on there: what stays due at the
head of a backlog must not keep the rest from being sent.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from connections.application.ports import Clock
from connections.application.registration_ports import Registrations
from connections.application.schedule_ports import DueIndex, RefreshQueue, ScheduleCursor
from connections.domain.due import DueConnection
from connections.domain.errors import Unavailable
from connections.domain.identifiers import RegistrationId
from connections.domain.refresh import Cause, Need, Wish

logger = logging.getLogger(__name__)

MOST_QUEUED = 30_000
"""Messages that wait at the most: what the workers do in a few minutes. What waits is still due,
and each sweep sends it again."""
LEAST_TIME = timedelta(seconds=10)
"""With less than this left no page is begun: a slow queue must not cut a sweep short before its
cursor is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """How far one sweep over what is due has come."""

    room: int
    """How many messages the queue may still take."""
    reached: DueConnection | None
    """The last connection that was dealt with; None: none yet, or all."""
    full: bool = False
    """Whether something was looked at for which there is no room."""
    complete: bool = False
    """Whether it came to the end of what is due."""
    queued: int = 0
    held_back: int = 0
    """Connections that stay due because their registrations are held back."""
    longest_due: timedelta = timedelta()
    """The age of the longest due of those looked at that no breaker holds back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduler:
    """The sweep over what is due; its work grows with that, never with what exists."""

    index: DueIndex
    cursor: ScheduleCursor
    queue: RefreshQueue
    registrations: Registrations
    clock: Clock

    def schedule(self, deadline: datetime) -> Sweep:
        """Queue what is due until there is no more, no room, or no time.

        A message is a hint: the claim and the second look of the refresh decide. What could not be
        queued, and what is held back, stays due.

        Raises:
            Unavailable: storage or the queue does not answer; the next sweep goes on from there.
        """
        before = self.cursor.load()
        sweep = Sweep(room=max(0, MOST_QUEUED - self.queue.waiting()), reached=before)
        held_back = HeldBack(registrations=self.registrations)
        try:
            for page in self.index.due(self.clock.now(), before):
                now = self.clock.now()
                if deadline - now < LEAST_TIME:
                    break
                sweep = self._queue(page, now, sweep, held_back)
                if sweep.full:
                    break
            else:
                sweep = replace(sweep, reached=None, complete=True)
        finally:
            if sweep.reached != before:
                self.cursor.save(sweep.reached)
        return sweep

    def _queue(
        self, page: Sequence[DueConnection], now: datetime, sweep: Sweep, held_back: "HeldBack"
    ) -> Sweep:
        """Queue a page, or as much of it as there is room for."""
        held_back.look(page, now)
        after, wishes = sweep, list[Wish]()
        for each in page:
            if held_back.lets_through(each):
                age = max(after.longest_due, now - each.due_at)
                after = replace(after, longest_due=age, full=len(wishes) == sweep.room)
                if after.full:
                    break
                wishes.append(_wish(each, now))
            else:
                after = replace(after, held_back=after.held_back + 1)
                if held_back.by_rate(each):
                    # That its rate does not do is the operator's to know.
                    age = max(after.longest_due, now - each.due_at)
                    after = replace(after, longest_due=age)
            after = replace(after, reached=each)
        if wishes:
            self.queue.send(wishes)
        sent = len(wishes)
        return replace(after, room=sweep.room - sent, queued=sweep.queued + sent)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """How many refreshes of each registration one sweep may still send; read once a sweep."""

    registrations: Registrations
    rooms: dict[RegistrationId, int | None] = field(default_factory=dict)
    """None: any number."""
    working: set[RegistrationId] = field(default_factory=set)

    def look(self, page: Sequence[DueConnection], now: datetime) -> None:
        """Read the registrations of a page that are new to the sweep, at most 100."""
        named = {each.registration for each in page if each.registration is not None}
        unknown = named - self.rooms.keys()
        if not unknown:
            return
        try:
            found = self.registrations.many(unknown)
        except Unavailable:
            # The worker looks again, before anything is sent to a server.
            logger.warning("registrations-not-read")
            found = {}
        for each in unknown:
            self.rooms[each] = found[each].room(now) if each in found else None
            if each in found and found[each].breaker is None:
                self.working.add(each)

    def by_rate(self, connection: DueConnection) -> bool:
        """Tell whether it is held back though its server works: its moments are all taken."""
        return connection.registration in self.working

    def lets_through(self, connection: DueConnection) -> bool:
        """Tell whether its refresh may be sent, and count it."""
        registration = connection.registration
        room = None if registration is None else self.rooms[registration]
        if registration is None or room is None:
            return True
        self.rooms[registration] = room - 1
        return room > 0


def _wish(due: DueConnection, now: datetime) -> Wish:
    need = Need(cause=Cause.DUE, since=now)
    return Wish(connection_id=due.id, need=need, registration=due.registration)
