"""A clock of the simulation's, on which waiting takes no time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from connections.adapters.authorization_server import HttpAuthorizationServer
from connections.adapters.clock import SystemClock
from tests.builders import NOW


class SimulatedClock:
    """Time passes by `advance_to`, and for a thread alone while that thread sleeps.

    Threads that wait wait side by side, as they do in reality; the main thread, which waits for
    them, is as late as the latest.
    """

    def __init__(self) -> None:
        self._began = self._latest = NOW
        self._own = threading.local()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the present moment of this thread."""
        if threading.current_thread() is threading.main_thread():
            return self._latest
        own: datetime = getattr(self._own, "now", self._began)
        return max(own, self._began)

    def sleep(self, seconds: float) -> None:
        """Let time pass for this thread."""
        self._own.now = self.now() + timedelta(seconds=seconds)
        with self._lock:
            self._latest = max(self._latest, self._own.now)

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Let the block begin when those before it did, since everybody joined."""
        others, self._latest = self._latest, self._began
        yield
        self._latest = max(others, self._latest)

    def join(self) -> None:
        """Let what comes next begin when everything before it has ended."""
        self._began = self._latest

    def advance_to(self, moment: datetime) -> None:
        """Let it be that moment for everybody, if it is not later."""
        self._began = self._latest = max(self._latest, moment)


@contextmanager
def simulated_time() -> Iterator[SimulatedClock]:
    """Let the service live by a simulated clock."""
    clock = SimulatedClock()
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(SystemClock, "now", lambda _: clock.now())
        monkeypatch.setattr(SystemClock, "sleep", lambda _, seconds: clock.sleep(seconds))
        defaults = HttpAuthorizationServer.__init__.__kwdefaults__
        assert defaults is not None
        monkeypatch.setitem(defaults, "now", clock.now)
        yield clock
