"""A double of the key sets that organizations publish."""

from collections.abc import Mapping, Sequence
from typing import Any

from connections.domain.errors import Unavailable


class PublishedKeySets:
    """Implements `KeySets`: has the sets that a test publishes, and no other."""

    def __init__(self) -> None:
        self.published: dict[str, Sequence[Mapping[str, Any]]] = {}
        self.asked: list[tuple[str, str | None]] = []

    def fetch(self, url: str, kid: str | None = None) -> Sequence[Mapping[str, Any]]:
        self.asked.append((url, kid))
        if url not in self.published:
            raise Unavailable("The key set cannot be had.")
        return self.published[url]
