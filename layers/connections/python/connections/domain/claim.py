"""A claim: the right of one worker, for a time, to spend a connection's refresh token.

Claims are why two workers never spend the same refresh token. What makes them safe is that nobody
outlives one: it ends 30 s after its holder's invocation does, and the platform ends that.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from connections.domain.identifiers import GrantId

OUTLASTS_HOLDER = timedelta(seconds=30)
COMMIT_RESERVE = timedelta(seconds=7)
"""What is left of an invocation for storing an answer, or else rescuing it, each of which may take
3 s; with less, nothing is sent."""
LEAST_TIME = timedelta(seconds=18)
"""What a refresh needs at the most: the whole time of a call, and time to keep its answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who may spend the refresh token, and until when."""

    holder: str
    until: datetime

    def stands(self, now: datetime) -> bool:
        """Tell whether the claim keeps others away."""
        return now < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """The generation whose refresh token a claim was made to spend.

    It stays on record until the outcome is known. Found without a claim that stands, it says that
    the refresh token may have been used and the answer lost.
    """

    grant_id: GrantId
    generation: int


def claim_end(invocation_deadline: datetime) -> datetime:
    """Return when a claim ends that is made in an invocation with this deadline."""
    return invocation_deadline + OUTLASTS_HOLDER
