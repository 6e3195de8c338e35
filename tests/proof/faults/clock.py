"""Time that passes only where somebody waits, or a proof lets it pass."""

import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import pytest

from connections.adapters import authorization_server, aws
from connections.adapters.clock import SystemClock
from tests.integration.entrypoints.sent import Killed

_TICK = 0.001
"""Seconds between two looks at the clock: nothing happens at the same moment."""


class MovingClock:
    """The time of the service and of the authorization server."""

    def __init__(self) -> None:
        self._seconds = time.time()
        self.ends: float | None = None
        """When the platform ends the invocation that runs."""
        self.overran = False
        """Whether it had to."""

    def seconds(self) -> float:
        """Return the seconds since 1970."""
        self._seconds += _TICK
        return self._seconds

    def now(self, _zone: object = None) -> datetime:
        return datetime.fromtimestamp(self.seconds(), UTC)

    def sleep(self, seconds: float) -> None:
        """Let time pass; an invocation that is over by then ends without a word."""
        self._seconds += seconds
        if self.ends is not None and self._seconds >= self.ends:
            self.overran = True
            raise Killed

    def go_to(self, seconds: float) -> None:
        """Make it that time."""
        self._seconds = seconds

    def rule(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Be the clock of the service and of its clients of AWS."""
        waiting: Any = SimpleNamespace(sleep=self.sleep)
        monkeypatch.setattr(SystemClock, "now", lambda _: self.now())
        monkeypatch.setattr(SystemClock, "sleep", lambda _, seconds: self.sleep(seconds))
        monkeypatch.setattr(authorization_server, "datetime", self)
        monkeypatch.setattr(aws, "time", waiting)
        monkeypatch.setattr(botocore.endpoint, "time", waiting)
