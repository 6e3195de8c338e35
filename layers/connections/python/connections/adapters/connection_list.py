"""Connections as they are added and listed, by customer or all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import canceled, to_item
from connections.adapters.connections_table import read_together
from connections.adapters.customers_table import customer_key
from connections.adapters.lists import cursor_of, place_of, query_page
from connections.adapters.sealing import Purpose, Sealer
from connections.adapters.state_items import LISTED, inputs_key, new_state, state_key, to_connection
from connections.domain.connection import Connection, Inputs
from connections.domain.errors import CustomerBeingDeleted
from connections.domain.identifiers import ConnectionId, CustomerId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LARGEST_BATCH = 100
_PLACE = re.compile(r"con_[0-9a-z]{26}")


@dataclass(frozen=True, slots=True)
class DynamoNewConnections:
    """Implements `NewConnections`."""

    client: "DynamoDBClient"
    connections_table: str
    definitions_table: str
    sealer: Sealer

    def add(self, connection: Connection, inputs: Inputs) -> bool:
        """Store a new connection; False, and nothing changed, if its id is taken."""
        secret = {"definition": inputs.definition, "values": inputs.values}
        sealed = self.sealer.seal(Purpose.INPUTS, connection.id, secret)
        # A transaction: with the same Idempotency-Key twice at once, state and inputs of two
        # requests must not mix; and nothing is added to a customer that is being deleted.
        items: list[dict[str, Any]] = [
            new_state(connection),
            {**inputs_key(connection.id), "sealed": sealed},
        ]
        parts: list[Any] = [
            {
                "Put": {
                    "TableName": self.connections_table,
                    "Item": to_item(item),
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            }
            for item in items
        ]
        customer_id = connection.owner.customer_id
        if customer_id is not None:
            parts.append(self._customer_stays(customer_id))
        failed = canceled(self.client, parts)
        if failed and not any(failed[: len(items)]):
            raise CustomerBeingDeleted("There is no such customer, or it is being deleted.")
        return not failed

    def _customer_stays(self, customer_id: CustomerId) -> dict[str, Any]:
        return {
            "ConditionCheck": {
                "TableName": self.definitions_table,
                "Key": to_item(customer_key(customer_id)),
                "ConditionExpression": "attribute_exists(pk)"
                " AND attribute_not_exists(deletingSince)",
            }
        }


@dataclass(frozen=True, slots=True)
class DynamoConnectionList:
    """Implements `ConnectionList`: ids from an index, states from the table."""

    client: "DynamoDBClient"
    table: str

    def page(
        self, customer_id: CustomerId | None, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[Connection], str | None]:
        """Return connections, of one customer or all, newest first, and the next page's cursor."""
        index, name, value = (
            ("listed", "listed", LISTED)
            if customer_id is None
            else ("customer", "customerId", customer_id)
        )
        query = {
            "TableName": self.table,
            "IndexName": index,
            # Authorizations and flows are the customer's too.
            "KeyConditionExpression": f"{name} = :value AND begins_with(pk, :prefix)",
            "ExpressionAttributeValues": to_item({":value": value, ":prefix": "con_"}),
        }
        after = {}
        if cursor is not None:
            after = {name: value, **state_key(ConnectionId(place_of(cursor, _PLACE)))}
        items, last = query_page(self.client, query, limit=limit, after=after)
        ids = [ConnectionId(item["pk"]) for item in items]
        return self._states(ids), cursor_of(last["pk"]) if last else None

    def cursor_after(self, connection_id: ConnectionId) -> str:
        """Return the cursor of the page that begins after a connection."""
        return cursor_of(connection_id)

    def _states(self, ids: Sequence[ConnectionId]) -> list[Connection]:
        """Read the states in the order of their ids; what is gone meanwhile is left out."""
        found: dict[str, Connection] = {}
        for start in range(0, len(ids), LARGEST_BATCH):
            keys = [state_key(each) for each in ids[start : start + LARGEST_BATCH]]
            for item in read_together(self.client, {self.table: keys}):
                found[item["pk"]] = to_connection(item)
        return [found[each] for each in ids if each in found]
