"""A clock that a test sets, on which waiting takes no time."""

from collections.abc import Callable
from datetime import datetime, timedelta

from tests.builders import NOW


class ManualClock:
    """Implements `Clock`: time passes only by sleeping and by `advance`."""

    def __init__(self, now: datetime = NOW) -> None:
        self._now = now
        self.slept: list[float] = []
        self.on_sleep: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        return self._now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(timedelta(seconds=seconds))
        self.on_sleep()

    def advance(self, by: timedelta) -> None:
        self._now += by
