"""What DynamoDB counts for a request: units by the sizes of items, as its developer guide says.

See "DynamoDB item sizes and formats" and "Read and write operations" there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

WRITTEN_BYTES = 1024
"""What one write unit writes."""
READ_BYTES = 4096
"""What one read unit reads consistently; half a unit, if it need not be consistent."""
STORAGE_OVERHEAD = 100
"""Bytes that each item is stored with beside its own, in a table and in each index."""
_NESTED = 3
"""Bytes that a list or a map has beside its elements, each of which has one more."""

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Units:
    """Write and read request units."""

    written: float = 0
    read: float = 0

    def __add__(self, other: "Units") -> "Units":
        return Units(self.written + other.written, self.read + other.read)


NOTHING = Units()


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A secondary index: who is in it, and with which attributes."""

    keys: frozenset[str]
    attributes: frozenset[str] | None
    """What its entries hold, keys included; None for all that the item has."""

    def entry(self, item: Item | None) -> Item | None:
        """Return what stands in the index of an item; None if it is not in there."""
        if item is None or not self.keys <= set(item):
            return None
        if self.attributes is None:
            return item
        return {name: value for name, value in item.items() if name in self.attributes}

    def written(self, before: Item | None, after: Item | None) -> int:
        """Return the units of bringing the index up to a write.

        An entry whose key changes is deleted and put anew: two writes.
        """
        old, new = self.entry(before), self.entry(after)
        if old == new:
            return 0
        if old is None or new is None or all(old[key] == new[key] for key in self.keys):
            return write_units(old, new)
        return write_units(old, None) + write_units(None, new)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of the template with its indexes."""

    keys: tuple[str, ...]
    indexes: Mapping[str, Index]

    @classmethod
    def of(cls, properties: Mapping[str, Any]) -> "Table":
        """Return the table that a template's resource describes."""
        keys = _keys(properties)
        return cls(
            keys=keys,
            indexes={
                each["IndexName"]: _index(each, keys)
                for each in properties.get("GlobalSecondaryIndexes", [])
            },
        )

    def key(self, item: Item) -> dict[str, Any]:
        """Return the key of an item."""
        return {name: item[name] for name in self.keys}

    def written(self, before: Item | None, after: Item | None) -> int:
        """Return the units of one write, those of the indexes included."""
        indexes = sum(each.written(before, after) for each in self.indexes.values())
        return write_units(before, after) + indexes

    def stored(self, item: Item) -> int:
        """Return the bytes that an item takes in the table and in its indexes."""
        entries = [each.entry(item) for each in self.indexes.values()]
        return sum(item_bytes(each) + STORAGE_OVERHEAD for each in (item, *entries) if each)


def write_units(before: Item | None, after: Item | None) -> int:
    """Return the units of a write: of the larger of what stood there and what stands there now."""
    largest = max(item_bytes(before or {}), item_bytes(after or {}))
    return max(1, ceil(largest / WRITTEN_BYTES))


def read_units(size: int, *, consistent: bool) -> float:
    """Return the units of reading so many bytes; what is not there takes as much as the least."""
    return max(1, ceil(size / READ_BYTES)) * (1.0 if consistent else 0.5)


def item_bytes(item: Item) -> int:
    """Return the size of a raw item: names and values."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "B":
            return len(bytes(content))
        case "N":
            digits = content.partition("E")[0].replace(".", "").strip("-0")
            return ceil(len(digits) / 2) + 1
        case "L":
            return _NESTED + sum(1 + _value_bytes(each) for each in content)
        case "M":
            return _NESTED + len(content) + item_bytes(content)
    return 1


def _index(properties: Mapping[str, Any], table_keys: tuple[str, ...]) -> Index:
    keys = frozenset(_keys(properties))
    projection = properties["Projection"]
    if projection["ProjectionType"] == "ALL":
        return Index(keys=keys, attributes=None)
    more = projection.get("NonKeyAttributes", [])
    return Index(keys=keys, attributes=keys.union(table_keys, more))


def _keys(properties: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(each["AttributeName"] for each in properties["KeySchema"])
