"""The moments at which everything happens: time stands still, and moves on as a step of its own.

Whoever's invocation is over by then is killed by it. Between the first two moments those are not
that may hold a claim: what they do at the first still goes on at the second, with ten seconds left.
"""

from datetime import timedelta

from connections.domain.claim import OUTLASTS_HOLDER
from tests.builders import NOW

INVOCATION = timedelta(seconds=30)
"""How long the invocations may take in which claims are made."""
SHORT_INVOCATION = timedelta(seconds=15)
"""How long the others may take: none of these lives on from the first moment to the second."""
LIFETIME = timedelta(minutes=10)
"""How long an access token lasts: half of it before it ends it is due."""
FIRST_LASTS = timedelta(minutes=8)
"""How long the one lasts that is there at the beginning; it was issued two minutes ago."""
NAMES = (
    "due",
    "20 s later",
    "the claims of before have ended",
    "shortly before the access token ends",
    "it has ended, and so have the claims of before",
    "so have the waits for a rescue",
)
_AFTER = (
    timedelta(),
    timedelta(seconds=20),
    timedelta(seconds=20) + INVOCATION + OUTLASTS_HOLDER + timedelta(seconds=10),
    FIRST_LASTS - timedelta(seconds=50),
    FIRST_LASTS + timedelta(seconds=25),
    timedelta(minutes=15),
)
INSTANTS = tuple(NOW + after for after in _AFTER)
LAST = len(INSTANTS) - 1
ALL = tuple(range(len(INSTANTS)))
APART = (0, 2, 3, 5)
"""Those between which every invocation ends, and no more than are needed."""
RESCUED_BY = frozenset({3, 5})
"""Those at which nobody waits any more for rescues of before: these have come by then."""
MUCH_LATER = LAST + 1
"""When no backoff keeps anybody from anything any more."""
TIMES = (*INSTANTS, NOW + timedelta(hours=3))
