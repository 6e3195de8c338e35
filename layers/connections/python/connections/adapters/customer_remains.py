"""What is stored of a customer, found by index and deleted."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import canceled, condition, delete_all, keys_of, to_item
from connections.adapters.customers_table import DynamoCustomers, customer_key, external_id_key
from connections.adapters.integration_deletions import DynamoDeletedIntegrations
from connections.adapters.integration_items import CLOSED, head_key
from connections.domain.customer import Customer
from connections.domain.identifiers import ConnectionId, CustomerId, InstanceId, IntegrationId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


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
        keys = (
            key for key in self._of_customer(customer_id) if key["sk"] in ("authorization", "flow")
        )
        return delete_all(self.client, self.connections_table, keys)

    def instances(self, customer_id: CustomerId) -> Iterator[InstanceId]:
        """Return the instances of the customer; what was just added may be missing."""
        for key in self._defined(customer_id, "ins_"):
            yield InstanceId(key["pk"])

    def integrations(self, customer_id: CustomerId) -> Iterator[IntegrationId]:
        """Return the integrations that the customer builds; as with instances."""
        for key in self._defined(customer_id, "int_"):
            yield IntegrationId(key["pk"])

    def remove_integration(self, integration_id: IntegrationId) -> None:
        """Delete an integration of which no instance stands, with all that it refers to."""
        with condition():
            self.client.update_item(
                TableName=self.definitions_table,
                Key=to_item(head_key(integration_id)),
                # A change as any: who closed it before must not open it again.
                UpdateExpression="SET #closed = :closed ADD revision :one",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeNames={"#closed": CLOSED},
                ExpressionAttributeValues=to_item({":closed": True, ":one": 1}),
            )
        DynamoDeletedIntegrations(self.client, self.definitions_table).removed(integration_id)

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

    def _defined(self, customer_id: CustomerId, prefix: str) -> Iterator[dict[str, str]]:
        query = {
            "IndexName": "customer",
            "KeyConditionExpression": "customerId = :customer AND begins_with(pk, :prefix)",
            "ExpressionAttributeValues": to_item({":customer": customer_id, ":prefix": prefix}),
        }
        return keys_of(self.client, self.definitions_table, query)

    def _of_customer(self, customer_id: CustomerId) -> Iterator[dict[str, str]]:
        query = {
            "IndexName": "customer",
            "KeyConditionExpression": "customerId = :customer",
            "ExpressionAttributeValues": to_item({":customer": customer_id}),
        }
        return keys_of(self.client, self.connections_table, query)
