"""Connections with their inputs: many at once, and as they are changed and closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import canceled, read_together
from connections.adapters.inputs_items import inputs_of
from connections.adapters.new_connection import changed_connection_parts, closed_parts
from connections.adapters.state_items import CLOSED, inputs_key, state_key, to_connection
from connections.application.instance_ports import Change
from connections.domain.connection import Connection, Inputs
from connections.domain.identifiers import ConnectionId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from connections.adapters.sealing import Sealer

LARGEST_BATCH = 50
"""Connections, each of two items, in a request that reads a hundred items."""


@dataclass(frozen=True, slots=True)
class DynamoHeldConnections:
    """Implements `HeldConnections` and `ChangedConnections`."""

    client: "DynamoDBClient"
    table: str
    sealer: "Sealer"

    def many(
        self, connection_ids: Sequence[ConnectionId]
    ) -> Mapping[ConnectionId, tuple[Connection, Inputs]]:
        """Return those that there are, consistently read."""
        found: dict[ConnectionId, tuple[Connection, Inputs]] = {}
        for start in range(0, len(connection_ids), LARGEST_BATCH):
            found |= self._batch(connection_ids[start : start + LARGEST_BATCH])
        return found

    def remaining(self, connection_ids: Sequence[ConnectionId]) -> Sequence[ConnectionId]:
        """Return those that are not deleted yet, also closed ones, consistently read."""
        found: set[str] = set()
        for start in range(0, len(connection_ids), LARGEST_BATCH):
            keys = [state_key(each) for each in connection_ids[start : start + LARGEST_BATCH]]
            found |= {item["pk"] for item in read_together(self.client, {self.table: keys})}
        return [each for each in connection_ids if each in found]

    def saved(self, change: Change) -> bool:
        """Store a change; False, and nothing changed, if it is not as it was read."""
        return not canceled(self.client, changed_connection_parts(self.table, self.sealer, change))

    def closed(self, connection_id: ConnectionId) -> bool:
        """Let a connection be gone for everybody but who deletes it; False if there is none."""
        return not canceled(self.client, closed_parts(self.table, connection_id))

    def _batch(
        self, connection_ids: Sequence[ConnectionId]
    ) -> dict[ConnectionId, tuple[Connection, Inputs]]:
        keys = [key for each in connection_ids for key in (state_key(each), inputs_key(each))]
        items: dict[tuple[str, str], dict[str, Any]] = {
            (item["pk"], item["sk"]): item
            for item in read_together(self.client, {self.table: keys})
            if CLOSED not in item
        }
        # Half of a connection is none of it.
        return {
            each: (
                to_connection(items[each, "state"]),
                inputs_of(items[each, "inputs"], self.sealer),
            )
            for each in connection_ids
            if {(each, "state"), (each, "inputs")} <= items.keys()
        }
