"""What all tables held at a time, to compare with and to go back to."""

from dataclasses import dataclass
from typing import Any

from tests.integration import memory
from tests.integration.aws import Aws

TABLES = ("Definitions", "Connections", "Tokens", "Audit")


@dataclass(frozen=True, slots=True)
class Kept:
    """The raw items of every table but the branch keys'."""

    aws: Aws
    tables: dict[str, list[dict[str, Any]]]
    held: dict[str, Any]
    """The same as the memory keeps it."""

    @classmethod
    def of(cls, aws: Aws) -> "Kept":
        return cls(
            aws,
            {table: aws.items(table) for table in TABLES},
            {table: memory.kept_items(aws.names[table]) for table in TABLES},
        )

    @property
    def changed(self) -> list[str]:
        """The tables that hold something else by now."""
        return [table for table, items in self.tables.items() if items != self.aws.items(table)]

    def restore(self) -> None:
        """Bring everything back to how it was."""
        for table, held in self.held.items():
            memory.put_back(self.aws.names[table], held)
