"""Connections as those who manage them see them: state and inputs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import (
    condition,
    from_item,
    number,
    to_item,
    translated_errors,
)
from connections.adapters.inputs_items import inputs_of
from connections.adapters.sealing import Sealer
from connections.adapters.state_items import CLOSED, inputs_key, state_key, to_connection
from connections.domain.connection import Connection, Inputs, Use
from connections.domain.errors import Unavailable
from connections.domain.identifiers import ConnectionId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def read_together(
    client: "DynamoDBClient", keys: dict[str, list[dict[str, str]]]
) -> list[dict[str, Any]]:
    """Read items of several tables consistently in one request.

    Raises:
        Unavailable: DynamoDB left keys unprocessed, which throttling does.
    """
    wanted: Any = {
        table: {"Keys": [to_item(key) for key in of_table], "ConsistentRead": True}
        for table, of_table in keys.items()
    }
    with translated_errors():
        answer = client.batch_get_item(RequestItems=wanted)
    if answer.get("UnprocessedKeys"):
        raise Unavailable("Storage is throttled for now; try again.")
    return [from_item(item) for of_table in answer["Responses"].values() for item in of_table]


@dataclass(frozen=True, slots=True)
class DynamoConnections:
    """Implements `Connections`."""

    client: "DynamoDBClient"
    table: str
    sealer: Sealer

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

    def used(self, connection_id: ConnectionId, use: Use) -> bool:
        """Record what an execution saw; False if there is no such connection."""
        outcome = {"at": number(use.at), "outcome": use.outcome.value}
        with condition() as failed:
            self.client.update_item(
                TableName=self.table,
                Key=to_item(state_key(connection_id)),
                UpdateExpression="SET lastUse = :use",
                ConditionExpression=f"attribute_exists(pk) AND attribute_not_exists({CLOSED})",
                ExpressionAttributeValues=to_item({":use": outcome}),
            )
        return not failed
