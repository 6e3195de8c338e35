"""What the schedule needs of the world.

Every method may raise `Unavailable` when the service behind it does not answer.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from connections.domain.due import DueConnection
from connections.domain.refresh import Wish


class DueIndex(Protocol):
    """The sparse index of what is to be refreshed."""

    def due(
        self, now: datetime, after: DueConnection | None = None
    ) -> Iterator[Sequence[DueConnection]]:
        """Return the connections whose refresh time has come, in an order that does not change.

        They come in pages of at most 100, none of which is empty, each read when it is asked for;
        `after` leaves out all up to there, whether that one is still due or not.
        """


class ScheduleCursor(Protocol):
    """Where the next sweep goes on."""

    def load(self) -> DueConnection | None:
        """Return the last connection that the sweep before looked at; None: start over."""

    def save(self, reached: DueConnection | None) -> None:
        """Store how far this sweep came; None: to the end."""


class RefreshQueue(Protocol):
    """Hands connections to the refreshing function."""

    def send(self, wishes: Sequence[Wish]) -> None:
        """Send one message a wish."""

    def waiting(self) -> int:
        """Return about how many messages wait there."""
