"""Customers, in the Definitions table: an item each, and one that finds it by its external id."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import (
    canceled,
    condition,
    from_item,
    moment,
    to_item,
    translated_errors,
)
from connections.adapters.lists import partition_page
from connections.domain.customer import Customer
from connections.domain.identifiers import CustomerId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PARTITION = "customer"
_PLACE = re.compile(r"cus_[0-9a-z]{26}")


@dataclass(frozen=True, slots=True)
class DynamoCustomers:
    """Implements `Customers` and `KnownCustomers`."""

    client: "DynamoDBClient"
    table: str

    def add(self, customer: Customer) -> bool:
        """Store a new customer; False, and nothing changed, if its id or external id is taken."""
        items: list[dict[str, Any]] = [
            {
                **customer_key(customer.id),
                "externalId": customer.external_id,
                "name": customer.name,
                "createdAt": customer.created_at,
                "updatedAt": customer.updated_at,
            },
            {**external_id_key(customer.external_id), "customerId": customer.id},
        ]
        # A transaction: an external id must never lead to two customers.
        puts: list[Any] = [
            {
                "Put": {
                    "TableName": self.table,
                    "Item": to_item(item),
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            }
            for item in items
        ]
        return not canceled(self.client, puts)

    def get(self, customer_id: CustomerId) -> Customer | None:
        """Return the customer of that id, consistently read."""
        found = self._item(customer_key(customer_id))
        return to_customer(found) if found else None

    def by_external_id(self, external_id: str) -> CustomerId | None:
        """Return the id of the customer that the organization knows by this one."""
        found = self._item(external_id_key(external_id))
        return CustomerId(found["customerId"]) if found else None

    def page(self, *, limit: int, cursor: str | None) -> tuple[Sequence[Customer], str | None]:
        """Return customers, newest first, and the cursor of the next page."""
        items, following = partition_page(
            self.client, self.table, PARTITION, form=_PLACE, limit=limit, cursor=cursor
        )
        return [to_customer(item) for item in items], following

    def renamed(self, customer_id: CustomerId, name: str, now: datetime) -> Customer | None:
        """Give a customer another name and return it; None if it is gone."""
        return self._changed(
            customer_id, "SET #name = :name, updatedAt = :now", {":name": name}, now, "name"
        )

    def deleting(self, customer_id: CustomerId, now: datetime) -> Customer | None:
        """Say that a customer is being deleted and return it; None if it is gone."""
        setting = "SET #since = if_not_exists(#since, :now), updatedAt = :now"
        return self._changed(customer_id, setting, {}, now, "deletingSince")

    def _changed(
        self,
        customer_id: CustomerId,
        setting: str,
        values: dict[str, Any],
        now: datetime,
        attribute: str,
    ) -> Customer | None:
        placeholder = setting.split()[1]
        with condition() as failed:
            answer = self.client.update_item(
                TableName=self.table,
                Key=to_item(customer_key(customer_id)),
                UpdateExpression=setting,
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeNames={placeholder: attribute},
                ExpressionAttributeValues=to_item({**values, ":now": now}),
                ReturnValues="ALL_NEW",
            )
        return None if failed else to_customer(from_item(answer["Attributes"]))

    def _item(self, key: dict[str, str]) -> dict[str, Any] | None:
        with translated_errors():
            found = self.client.get_item(
                TableName=self.table, Key=to_item(key), ConsistentRead=True
            ).get("Item")
        return from_item(found) if found else None


def customer_key(customer_id: CustomerId) -> dict[str, str]:
    """Return the key of a customer's item."""
    return {"pk": PARTITION, "sk": customer_id}


def external_id_key(external_id: str) -> dict[str, str]:
    """Return the key of the item that finds a customer by its external id."""
    return {"pk": "customer-external-id", "sk": external_id}


def customer_stays(table: str, customer_id: CustomerId) -> dict[str, Any]:
    """Return the part of a transaction that fails when a customer is gone, or will be."""
    return {
        "ConditionCheck": {
            "TableName": table,
            "Key": to_item(customer_key(customer_id)),
            "ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(deletingSince)",
        }
    }


def to_customer(item: dict[str, Any]) -> Customer:
    """Return the customer that an item holds."""
    return Customer(
        id=CustomerId(item["sk"]),
        external_id=item["externalId"],
        name=item["name"],
        created_at=moment(item["createdAt"]),
        updated_at=moment(item["updatedAt"]),
        deleting_since=moment(item.get("deletingSince")),
    )
