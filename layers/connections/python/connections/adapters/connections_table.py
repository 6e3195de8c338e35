"""Connections as those who manage them see them: state and inputs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import (
    condition,
    from_item,
    number,
    read_together,
    to_item,
    translated_errors,
)
from connections.adapters.inputs_items import inputs_of
from connections.adapters.state_items import CLOSED, inputs_key, state_key, to_connection
from connections.domain.connection import Connection, Inputs, Use
from connections.domain.identifiers import ConnectionId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from connections.adapters.sealing import Sealer


@dataclass(frozen=True, slots=True)
class DynamoConnections:
    """Implements `Connections`."""

    client: "DynamoDBClient"
    table: str
    sealer: "Sealer"

    def get(self, connection_id: ConnectionId) -> Connection | None:
        """Return the state."""
        with translated_errors():
            found = self.client.get_item(
                TableName=self.table, Key=to_item(state_key(connection_id)), ConsistentRead=True
            ).get("Item")
        return to_connection(from_item(found)) if found and CLOSED not in found else None

    def with_inputs(self, connection_id: ConnectionId) -> tuple[Connection, Inputs] | None:
        """Return the state with the inputs, unsealed."""
        keys = [state_key(connection_id), inputs_key(connection_id)]
        items = {item["sk"]: item for item in read_together(self.client, {self.table: keys})}
        # Inputs go before the state when a connection is deleted: half of it is none of it.
        if not {"state", "inputs"} <= items.keys() or CLOSED in items["state"]:
            return None
        return to_connection(items["state"]), inputs_of(items["inputs"], self.sealer)

    def used(self, connection_id: ConnectionId, use: Use) -> Connection | None:
        """Record what an execution saw, and return the state as it was just before."""
        outcome: dict[str, Any] = {"at": number(use.at), "outcome": use.outcome.value}
        if use.generation is not None:
            outcome["generation"] = use.generation
        with condition() as failed:
            answer = self.client.update_item(
                TableName=self.table,
                Key=to_item(state_key(connection_id)),
                UpdateExpression="SET lastUse = :use",
                ConditionExpression=f"attribute_exists(pk) AND attribute_not_exists({CLOSED})",
                ExpressionAttributeValues=to_item({":use": outcome}),
                ReturnValues="ALL_OLD",
            )
        return None if failed else to_connection(from_item(answer["Attributes"]))
