"""Join a refresh that is under way."""

from collections.abc import Callable
from datetime import datetime

from connections.application.ports import Clock
from connections.application.refresh_outcome import Outcome, Result
from connections.domain.errors import Unavailable


def join(
    refresh: Callable[[], Outcome],
    exists: Callable[[], object],
    clock: Clock,
    give_up: datetime,
    pause: Callable[[], float],
) -> Outcome:
    """Ask for a refresh until nobody else is at it; return what came of it.

    Busy it is only where the connection was deleted meanwhile. `pause` gives the seconds from one
    time to the next.

    Raises:
        Unavailable: somebody else is at it for long; or storage does not answer.
    """
    while True:
        outcome = refresh()
        if outcome.result is not Result.BUSY or not exists():
            return outcome
        if clock.now() >= give_up:
            raise Unavailable("Another refresh of this connection is still under way.")
        clock.sleep(pause())
