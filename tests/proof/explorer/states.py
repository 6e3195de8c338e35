"""What a state is made of: numbers, so that states are short and compare fast."""

from dataclasses import dataclass

State = tuple[int, ...]
INSTANT, FIRST_PART, PROVIDER, MARKS, FIRST_ACTOR = 0, 1, 5, 6, 7
NOBODY = -1
WAITING, GONE = -1, -2
"""In place of a point: an actor that has not begun, and one that has ended.

One that ended without having changed anything is as one that has not begun: it waits again.
"""
KILLED = -1
"""In place of an answer: the actor crashed, or its time was over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What may still go wrong, and what is known of what went before."""

    mishaps: int
    """How many more things may go wrong: a bad answer, a failed write, a crash."""
    lost: frozenset[int] = frozenset()
    """Refresh tokens that were issued and that nobody received, or only somebody who was killed."""
    disconnected: bool = False
    overtaken: frozenset[int] = frozenset()
    """Actors who heard of their refresh token when its successor had been stored."""
