"""What is the same of every list that is read in pages."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest

from connections.domain.errors import InvalidRequest

Listed = TypeVar("Listed")
Page = Callable[[int, str | None], tuple[Sequence[Listed], str | None]]
"""Reads a page of so many after a cursor."""
NO_CURSORS = [
    "", "x", "!!!!", "é", "abcde", "bm90LWEtcGxhY2U", "_____w", "MjAyNi0wMy0wMQ===",
    "b3RoXzAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAx", "2026-03#oth_00000000000000000000000001",
]  # fmt: skip


def followed(page: Page[Listed], limit: int) -> list[Listed]:
    """Return all that following the cursors reads, in its order."""
    read: list[Listed] = []
    found, cursor = page(limit, None)
    while cursor is not None:
        assert len(found) <= limit
        read += found
        found, cursor = page(limit, cursor)
    return [*read, *found]


def refuses(page: Page[Listed], cursor: str) -> None:
    """Expect that this is no cursor of the list."""
    with pytest.raises(InvalidRequest) as refused:
        page(10, cursor)
    assert [each.pointer for each in refused.value.problems] == ["#/query/cursor"]
