"""Instances in the Definitions table, with their connections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import canceled, condition, from_item, to_item
from connections.adapters.customers_table import customer_stays
from connections.adapters.held_parts import HeldParts, Made
from connections.adapters.indexed_list import IndexedList
from connections.adapters.instance_items import (
    LISTED,
    instance_item,
    instance_key,
    instance_reference_key,
    to_instance,
)
from connections.adapters.integration_items import CLOSED, head_key
from connections.adapters.known_instances import DynamoKnownInstances
from connections.application.instance_ports import Change
from connections.domain.errors import CustomerBeingDeleted, NotFound
from connections.domain.identifiers import ConnectionId, CustomerId, InstanceId
from connections.domain.instance import Instance

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class DynamoInstances:
    """Implements `Instances`."""

    client: "DynamoDBClient"
    table: str
    parts: HeldParts

    def add(self, instance: Instance, made: Made) -> bool:
        """Store a new instance with its connections, whole; False if its id is taken."""
        customer_id = instance.owner.customer_id
        assert customer_id is not None, "an instance is a customer's"  # noqa: S101
        # Whole, or not at all: an instance without its connections could not be configured.
        parts: list[Any] = [
            {
                "Put": {
                    "TableName": self.table,
                    "Item": to_item(instance_item(instance)),
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            },
            customer_stays(self.table, customer_id),
            {
                "ConditionCheck": {
                    "TableName": self.table,
                    "Key": to_item(head_key(instance.integration_id)),
                    "ConditionExpression": "attribute_exists(pk)"
                    f" AND attribute_not_exists({CLOSED})",
                }
            },
            {
                "Put": {
                    "TableName": self.table,
                    "Item": to_item(instance_reference_key(instance.integration_id, instance.id)),
                }
            },
            *self.parts.of((), made, ()),
        ]
        failed = canceled(self.client, parts)
        if failed and not failed[0]:
            if failed[1]:
                raise CustomerBeingDeleted("There is no such customer, or it is being deleted.")
            if failed[2]:
                raise NotFound("The integration is gone.")
        return not failed

    def get(self, instance_id: InstanceId) -> Instance | None:
        """Return the instance, consistently read; None also of one that is being deleted."""
        return DynamoKnownInstances(self.client, self.table).get(instance_id)

    def saved(
        self,
        instance: Instance,
        changes: Sequence[Change] = (),
        made: Made = (),
        closed: Sequence[ConnectionId] = (),
    ) -> bool:
        """Store an instance with its connections; False if another change came first."""
        parts: list[Any] = [
            {
                "Put": {
                    "TableName": self.table,
                    "Item": to_item(instance_item(instance)),
                    "ConditionExpression": "revision = :former"
                    " AND attribute_not_exists(deletingSince)",
                    "ExpressionAttributeValues": to_item({":former": instance.revision - 1}),
                }
            },
            *self.parts.of(changes, made, closed),
        ]
        return not canceled(self.client, parts)

    def deleting(self, instance_id: InstanceId, now: datetime) -> Instance | None:
        """Say that an instance is being deleted and return it; None if it is gone."""
        with condition() as failed:
            answer = self.client.update_item(
                TableName=self.table,
                Key=to_item(instance_key(instance_id)),
                UpdateExpression="SET deletingSince = if_not_exists(deletingSince, :now)",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues=to_item({":now": now}),
                ReturnValues="ALL_NEW",
            )
        if failed:
            return None
        instance = to_instance(from_item(answer["Attributes"]))
        held = [each.connection_id for each in instance.variables if each.connection_id]
        if held:
            # Refused if one is gone already: then who deletes them is at it, and closes the rest.
            canceled(self.client, list(self.parts.of((), (), held)))
        return instance

    def page(
        self, customer_id: CustomerId | None, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[Instance], str | None]:
        """Return instances, of one customer or all, newest first, and the next page's cursor."""
        listed = IndexedList(
            client=self.client, table=self.table, prefix="ins_", sort_key="instance"
        )
        items, following = listed.of_customer_or_all(
            customer_id, LISTED, limit=limit, cursor=cursor
        )
        found = map(to_instance, items)
        return [each for each in found if each.deleting_since is None], following
