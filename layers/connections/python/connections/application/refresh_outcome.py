"""What became of a wish for a refresh."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from connections.domain.connection import Status
from connections.domain.failure import Failure
from connections.domain.grant import Grant


class Result(StrEnum):
    """What became of a wish for a refresh."""

    REFRESHED = "refreshed"
    RESCUED = "rescued"
    """Refreshed, and to be stored by a queue, because storage did not answer."""
    CURRENT = "current"
    """Nothing was sent, because what is stored is good."""
    BUSY = "busy"
    """Somebody else is at it."""
    HELD = "held"
    """Nothing was sent, because it is not the time: after a failure, for a dead grant, or because
    its client registration is held back."""
    FAILED = "failed"
    NOT_CONNECTED = "not-connected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result, with what it left."""

    result: Result
    grant: Grant | None = None
    """The grant as it is stored now, where it is known."""
    failure: Failure | None = None
    status: Status | None = None
    retry_at: datetime | None = None

    @property
    def fresh(self) -> bool:
        """Whether what is wanted is there."""
        return self.result in {Result.REFRESHED, Result.RESCUED, Result.CURRENT}
