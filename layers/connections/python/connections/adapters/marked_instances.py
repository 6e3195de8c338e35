"""Instances that are being deleted, in the Definitions table."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import (
    condition,
    delete_all,
    from_item,
    items_of,
    keys_of,
    to_item,
    translated_errors,
)
from connections.adapters.instance_items import (
    instance_key,
    instance_reference_key,
    to_instance,
    to_user_variables,
)
from connections.domain.identifiers import InstanceId
from connections.domain.instance import Instance, UserVariables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class DynamoMarkedInstances:
    """Implements `MarkedInstances`."""

    client: "DynamoDBClient"
    table: str

    def instance(self, instance_id: InstanceId) -> Instance | None:
        """Return the instance, consistently read, also one that is being deleted."""
        with translated_errors():
            found = self.client.get_item(
                TableName=self.table, Key=to_item(instance_key(instance_id)), ConsistentRead=True
            ).get("Item")
        return to_instance(from_item(found)) if found else None

    def mark_instance(self, instance_id: InstanceId, now: datetime) -> None:
        """Let an instance be one that is being deleted: nothing is added to it any more."""
        with condition():
            self.client.update_item(
                TableName=self.table,
                Key=to_item(instance_key(instance_id)),
                UpdateExpression="SET deletingSince = if_not_exists(deletingSince, :now)",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues=to_item({":now": now}),
            )

    def users(self, instance_id: InstanceId) -> Iterator[UserVariables]:
        """Return what the users of an instance have, consistently read."""
        found = items_of(self.client, self.table, _users(instance_id))
        return map(to_user_variables, found)

    def remove_instance(self, instance: Instance) -> None:
        """Delete what the users of an instance have, and at last the instance itself."""
        users = keys_of(self.client, self.table, _users(instance.id))
        delete_all(self.client, self.table, users)
        reference = instance_reference_key(instance.integration_id, instance.id)
        delete_all(self.client, self.table, [reference])
        delete_all(self.client, self.table, [instance_key(instance.id)])


def _users(instance_id: InstanceId) -> dict[str, Any]:
    return {
        "ConsistentRead": True,
        "KeyConditionExpression": "pk = :pk AND begins_with(sk, :user)",
        "ExpressionAttributeValues": to_item({":pk": instance_id, ":user": "user/"}),
    }
