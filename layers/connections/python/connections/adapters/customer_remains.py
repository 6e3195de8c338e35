"""What is stored of a customer, found by index and deleted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import canceled, condition, from_item, to_item, translated_errors
from connections.adapters.customers_table import DynamoCustomers, customer_key, external_id_key
from connections.adapters.logs_table import log_partition
from connections.adapters.state_items import CLOSED, inputs_key, state_key
from connections.domain.customer import Customer
from connections.domain.errors import Unavailable
from connections.domain.identifiers import ConnectionId, CustomerId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LARGEST_BATCH = 25


@dataclass(frozen=True, slots=True)
class DynamoCustomerRemains:
    """Implements `MarkedCustomers` and `CustomerRemains`."""

    client: "DynamoDBClient"
    connections_table: str
    definitions_table: str

    def customer(self, customer_id: CustomerId) -> Customer | None:
        """Return the customer, consistently read."""
        return DynamoCustomers(self.client, self.definitions_table).get(customer_id)

    def connections(self, customer_id: CustomerId) -> Iterator[ConnectionId]:
        """Return the connections of the customer; what was just added may be missing."""
        for key in self._of_customer(customer_id):
            if key["sk"] == "state":
                yield ConnectionId(key["pk"])

    def remove_flows(self, customer_id: CustomerId) -> int:
        """Delete the authorizations and flows of the customer; return how many there were."""
        return self._delete(
            key for key in self._of_customer(customer_id) if key["sk"] in ("authorization", "flow")
        )

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
        """Delete a connection's log and inputs, and then its state, by which it is found."""
        log = {
            "ConsistentRead": True,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": to_item({":pk": log_partition(connection_id)}),
            "ProjectionExpression": "pk, sk",
        }
        self._delete(self._keys(log))
        self._delete([inputs_key(connection_id)])
        self._delete([state_key(connection_id)])

    def remove_customer(self, customer: Customer) -> None:
        """Delete the customer itself."""
        # Two passes may come here: what a new customer made meanwhile is not theirs.
        mine = "attribute_not_exists(pk) OR customerId = :customer"
        deletes: list[Any] = [
            {
                "Delete": {
                    "TableName": self.definitions_table,
                    "Key": to_item(customer_key(customer.id)),
                    "ConditionExpression": "attribute_not_exists(pk)"
                    " OR attribute_exists(deletingSince)",
                }
            },
            {
                "Delete": {
                    "TableName": self.definitions_table,
                    "Key": to_item(external_id_key(customer.external_id)),
                    "ConditionExpression": mine,
                    "ExpressionAttributeValues": to_item({":customer": customer.id}),
                }
            },
        ]
        canceled(self.client, deletes)

    def _of_customer(self, customer_id: CustomerId) -> Iterator[dict[str, str]]:
        return self._keys(
            {
                "IndexName": "customer",
                "KeyConditionExpression": "customerId = :customer",
                "ExpressionAttributeValues": to_item({":customer": customer_id}),
            }
        )

    def _keys(self, query: dict[str, Any]) -> Iterator[dict[str, str]]:
        """Return the keys that a query finds, page after page."""
        start: dict[str, Any] = {}
        while True:
            with translated_errors():
                answer = self.client.query(TableName=self.connections_table, **query, **start)
            for item in map(from_item, answer["Items"]):
                yield {"pk": item["pk"], "sk": item["sk"]}
            if not answer.get("LastEvaluatedKey"):
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _delete(self, keys: Iterable[dict[str, str]]) -> int:
        """Delete items, and return how many."""
        requests: list[Any] = [{"DeleteRequest": {"Key": to_item(key)}} for key in keys]
        for start in range(0, len(requests), LARGEST_BATCH):
            batch = {self.connections_table: requests[start : start + LARGEST_BATCH]}
            with translated_errors():
                answer = self.client.batch_write_item(RequestItems=batch)
            if answer.get("UnprocessedItems"):
                raise Unavailable("Storage is throttled for now; try again.")
        return len(requests)
