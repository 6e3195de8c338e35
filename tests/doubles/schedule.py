"""Doubles of the ports of the schedule: what is due, where it goes on, and where it is sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from connections.domain.due import DueConnection
from connections.domain.identifiers import ConnectionId
from connections.domain.refresh import Wish
from tests.doubles.store import Store

PAGE = 2


@dataclass(frozen=True)
class StoredDueIndex:
    """Implements `DueIndex`, the longest due first, in pages of two."""

    store: Store

    def due(
        self, now: datetime, after: DueConnection | None = None
    ) -> Iterator[Sequence[DueConnection]]:
        passed = None if after is None else _order(after)
        due = [
            DueConnection(id=state.id, due_at=state.refresh_at, registration=state.registration)
            for state in self.store.connections_by_id.values()
            if state.refresh_at is not None and state.refresh_at <= now
        ]
        left = sorted((each for each in due if passed is None or passed < _order(each)), key=_order)
        self.store.called("due_index.due")
        for start in range(0, len(left), PAGE):
            if start:
                self.store.called("due_index.due")
            yield left[start : start + PAGE]


@dataclass(frozen=True)
class StoredScheduleCursor:
    """Implements `ScheduleCursor`."""

    store: Store

    def load(self) -> DueConnection | None:
        self.store.called("cursor.load")
        return self.store.reached

    def save(self, reached: DueConnection | None) -> None:
        self.store.called("cursor.save")
        self.store.reached = reached


@dataclass(frozen=True)
class ListedRefreshes:
    """Implements `RefreshQueue`."""

    store: Store

    def send(self, wishes: Sequence[Wish]) -> None:
        self.store.called("refreshes.send")
        self.store.to_refresh.extend(wishes)

    def waiting(self) -> int:
        self.store.called("refreshes.waiting")
        return len(self.store.to_refresh) + self.store.queued_by_others


def _order(due: DueConnection) -> tuple[datetime, ConnectionId]:
    return due.due_at, due.id
