"""The parts of a transaction that are about the connections which an instance or a user holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connections.adapters.new_connection import (
    changed_connection_parts,
    closed_part,
    new_connection_parts,
)
from connections.application.instance_ports import Change
from connections.domain.connection import Connection, Inputs
from connections.domain.identifiers import ConnectionId

if TYPE_CHECKING:
    from connections.adapters.sealing import Sealer

Made = Sequence[tuple[Connection, Inputs]]


@dataclass(frozen=True, slots=True)
class HeldParts:
    """Makes the parts of a transaction that are about connections."""

    connections_table: str
    sealer: "Sealer"

    def of(
        self, changes: Sequence[Change], made: Made, closed: Sequence[ConnectionId]
    ) -> Iterator[Any]:
        """Return the parts that store what changed and what is new, and close what is to go."""
        for change in changes:
            yield from changed_connection_parts(self.connections_table, self.sealer, change)
        for connection, inputs in made:
            yield from new_connection_parts(self.connections_table, self.sealer, connection, inputs)
        for each in closed:
            yield closed_part(self.connections_table, each)
