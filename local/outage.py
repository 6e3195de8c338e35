"""Writes that find no storage, so that it can be seen what becomes of tokens that were issued."""

import threading
from collections.abc import Iterable, Mapping

from local.permissions import Need

TABLE = "Tokens"
COMMITS = 5
"""As many as one refresh tries before it hands its tokens to the rescue queue."""


class Outage:
    """Refuses the next writes of whole items to the table of tokens, as throttling does."""

    def __init__(self) -> None:
        self.arn: str | None = None
        """Of the table; None where a stack has none of that name."""
        self._left = 0
        self._lock = threading.Lock()

    def of(self, data_arns: Mapping[str, str]) -> None:
        """Know the stack's table."""
        self.arn = data_arns.get(TABLE)

    def begin(self) -> dict[str, int]:
        """Refuse the next writes; return how many."""
        with self._lock:
            self._left = COMMITS
            return {"refused": self._left}

    def strikes(self, needed: Iterable[Need]) -> bool:
        """Tell whether a request is one of those that are refused."""
        hit = any(
            each.action == "dynamodb:PutItem" and each.resource == self.arn for each in needed
        )
        with self._lock:
            if not hit or not self._left:
                return False
            self._left -= 1
            return True
