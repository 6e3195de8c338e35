"""How long our code takes, apart from what it waits for."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.httpsession import URLLib3Session


@dataclass(frozen=True, slots=True)
class Lap:
    """One call of a handler, in seconds."""

    wall: float
    cpu: float
    """Of all threads of this process."""
    waited: float
    """For the answers of AWS, whichever thread waited."""


@dataclass(slots=True)
class Waiting:
    """How long this process has waited for AWS."""

    seconds: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def lap(self, call: Callable[[], object]) -> Lap:
        """Time a call."""
        before, wall, cpu = self.seconds, time.perf_counter(), time.process_time()
        call()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        return Lap(wall=wall, cpu=cpu, waited=self.seconds - before)


@contextmanager
def waiting_for_aws() -> Iterator[Waiting]:
    """Measure how long requests to AWS wait: their time but for the CPU time they take here."""
    waiting, send = Waiting(), URLLib3Session.send

    def timed(session: URLLib3Session, request: Any) -> Any:
        wall, cpu = time.perf_counter(), time.thread_time()
        try:
            return send(session, request)
        finally:
            waited = (time.perf_counter() - wall) - (time.thread_time() - cpu)
            with waiting.lock:
                waiting.seconds += waited

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(URLLib3Session, "send", timed)
        yield waiting
