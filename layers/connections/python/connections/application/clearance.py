"""What keeps a refresh token from being sent though it is the time for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from connections.application.gate import Gate
from connections.application.ports import Clock, RescueQueue
from connections.application.refresh_attempt import Attempt
from connections.domain.claim import LEAST_TIME
from connections.domain.errors import Unavailable
from connections.domain.grant import Grant
from connections.domain.refresh import RESCUE_PATIENCE, Cause, Need, outcome_unknown

FURTHEST_AHEAD = timedelta(seconds=30)
"""How long a refresh waits in its worker for its turn under a rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """The last thing that is asked before anything is spent."""

    gate: Gate
    rescues: RescueQueue
    clock: Clock

    def held_until(self, attempt: Attempt, grant: Grant, need: Need) -> datetime | None:
        """Return until when it is held back; None, at its time, if it may go."""
        if self._may_be_rescued(attempt, grant):
            return self.clock.now() + RESCUE_PATIENCE
        return self._by_registration(attempt, need)

    def _may_be_rescued(self, attempt: Attempt, grant: Grant) -> bool:
        """Tell whether what became of this refresh token may lie in the rescue queue.

        A token set that waits there is nobody's yet: while any does, no refresh token is sent
        again of which it is not known what became of it.
        """
        if attempt.client.renewal.reuse_is_safe or not outcome_unknown(attempt.former, grant):
            return False
        try:
            return self.rescues.waiting() > 0
        except Unavailable:
            return True

    def _by_registration(self, attempt: Attempt, need: Need) -> datetime | None:
        client, now = attempt.client, self.clock.now()
        if need.cause is Cause.DEMANDED:
            return None
        held = self.gate.held_until(attempt.counted, now)
        if held is not None or need.cause is not Cause.DUE:
            # Whoever waits for an answer goes before what is only due.
            return held
        latest = min(attempt.deadline - LEAST_TIME - client.slowness, now + FURTHEST_AHEAD)
        slot = self.gate.slot(attempt.counted, client.rate, now, latest)
        if slot is None:
            return latest
        if slot > now:
            self.clock.sleep((slot - now).total_seconds())
        return None
