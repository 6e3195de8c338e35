"""Insist on a write whose loss would cost a customer's consent."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from connections.application.ports import Clock
from connections.domain.errors import Unavailable

ATTEMPTS = 5
Written = TypeVar("Written")


def insist(write: Callable[[], Written], clock: Clock, deadline: datetime | None = None) -> Written:
    """Do a write that can be done again, as often as it takes within the deadline.

    Raises:
        Unavailable: it failed five times, or the deadline passed.
    """
    attempt = 1
    while True:
        try:
            return write()
        except Unavailable:
            late = deadline is not None and clock.now() >= deadline
            if attempt == ATTEMPTS or late:
                raise
        clock.sleep(0.1 * 2**attempt)
        attempt += 1
