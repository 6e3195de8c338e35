"""What is stored of a connection, closed and deleted."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import (
    canceled,
    condition,
    delete_all,
    from_item,
    keys_of,
    to_item,
    translated_errors,
)
from connections.adapters.connection_list import referrer_of
from connections.adapters.logs_table import log_partition
from connections.adapters.referrers import referrer_delete, template_counted
from connections.adapters.state_items import CLOSED, inputs_key, state_key, to_connection
from connections.domain.connection import Connection
from connections.domain.identifiers import ConnectionId
from connections.domain.referrer import Referred

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class DynamoConnectionRemains:
    """Implements `ConnectionRemains`."""

    client: "DynamoDBClient"
    connections_table: str
    definitions_table: str

    def closed(self, connection_id: ConnectionId) -> bool:
        """Tell whether a connection is there and closed, consistently read."""
        return CLOSED in self._state(connection_id)

    def close_connection(self, connection_id: ConnectionId) -> None:
        """Let nothing be added to a connection any more: no grant and no entry of its log."""
        for key in (state_key(connection_id), inputs_key(connection_id)):
            with condition():
                self.client.update_item(
                    TableName=self.connections_table,
                    Key=to_item(key),
                    UpdateExpression="SET #closed = :closed",
                    ConditionExpression="attribute_exists(pk)",
                    ExpressionAttributeNames={"#closed": CLOSED},
                    ExpressionAttributeValues=to_item({":closed": True}),
                )

    def remove_connection(self, connection_id: ConnectionId) -> None:
        """Delete a connection's references, log and inputs, and then its state."""
        state = self._state(connection_id)
        if state:
            self._remove_references(to_connection(state))
        log = {
            "ConsistentRead": True,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": to_item({":pk": log_partition(connection_id)}),
            "ProjectionExpression": "pk, sk",
        }
        table = self.connections_table
        delete_all(self.client, table, keys_of(self.client, table, log))
        delete_all(self.client, table, [inputs_key(connection_id)])
        delete_all(self.client, table, [state_key(connection_id)])

    def _remove_references(self, connection: Connection) -> None:
        """Let a connection that was made for itself refer to nothing any more."""
        if connection.place is not None:
            return
        for parts in self._references(connection):
            canceled(self.client, parts)

    def _references(self, connection: Connection) -> Iterator[list[Any]]:
        by = referrer_of(connection)
        if connection.template_id is not None:
            referred = Referred(template_id=connection.template_id)
            delete = referrer_delete(self.definitions_table, referred, by)
            # Once: the template is counted down with it.
            delete["Delete"]["ConditionExpression"] = "attribute_exists(pk)"
            yield [delete, template_counted(self.definitions_table, connection.template_id, -1)]
        referred = Referred(component=connection.component)
        yield [referrer_delete(self.definitions_table, referred, by)]

    def _state(self, connection_id: ConnectionId) -> dict[str, Any]:
        with translated_errors():
            found = self.client.get_item(
                TableName=self.connections_table,
                Key=to_item(state_key(connection_id)),
                ConsistentRead=True,
            ).get("Item", {})
        return from_item(found)
