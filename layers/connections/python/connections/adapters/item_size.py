"""How large an item is for DynamoDB, which stores no larger one than 400 KB."""

from collections.abc import Mapping
from typing import Any

LARGEST_ITEM = 400_000
"""Bytes, with the names of the attributes; safe whichever KB is counted in."""
_NUMBER = 21
"""Bytes that a number has at most."""
_NESTED = 3
"""Bytes that a list or a map has beside its elements, each of which has one more."""


def size_of(item: Mapping[str, Any]) -> int:
    """Return the bytes of an item as it is sent, or a few more.

    As "DynamoDB item sizes and formats" in its developer guide counts them.
    """
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "B":
            return len(bytes(content))
        case "N":
            return _NUMBER
        case "L":
            return _NESTED + sum(1 + _size(each) for each in content)
        case "M":
            return _NESTED + len(content) + size_of(content)
    return 1
