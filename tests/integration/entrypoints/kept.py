"""What all tables held at a time, to compare with and to go back to."""

from dataclasses import dataclass
from typing import Any

from tests.integration.aws import Aws

TABLES = ("Definitions", "Connections", "Tokens", "Audit")
KEY = ("pk", "sk")
LARGEST_BATCH = 25


@dataclass(frozen=True, slots=True)
class Kept:
    """The raw items of every table but the branch keys'."""

    aws: Aws
    tables: dict[str, list[dict[str, Any]]]

    @classmethod
    def of(cls, aws: Aws) -> "Kept":
        return cls(aws, {table: aws.items(table) for table in TABLES})

    @property
    def changed(self) -> list[str]:
        """The tables that hold something else by now."""
        return [
            table
            for table, items in self.tables.items()
            if sorted(map(str, items)) != sorted(map(str, self.aws.items(table)))
        ]

    def restore(self, present: "Kept | None" = None) -> None:
        """Bring everything back to how it was, from what is there now if that is known."""
        now = present or Kept.of(self.aws)
        for table, items in self.tables.items():
            there = now.tables[table]
            writes: list[Any] = [
                {"DeleteRequest": {"Key": {name: item[name] for name in item if name in KEY}}}
                for item in there
                if item not in items and not _replaced(item, items)
            ]
            writes += [{"PutRequest": {"Item": item}} for item in items if item not in there]
            for start in range(0, len(writes), LARGEST_BATCH):
                batch = {self.aws.names[table]: writes[start : start + LARGEST_BATCH]}
                self.aws.dynamodb.batch_write_item(RequestItems=batch)


def _replaced(item: dict[str, Any], items: list[dict[str, Any]]) -> bool:
    """Tell whether one of these takes the item's place."""
    place = [item.get(name) for name in KEY]
    return any([each.get(name) for name in KEY] == place for each in items)
