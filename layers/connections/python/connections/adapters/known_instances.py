"""Instances, and what their users hold, as they are found by the names that code uses."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import from_item, to_item, translated_errors
from connections.adapters.instance_items import (
    instance_key,
    to_instance,
    to_user_variables,
    user_key,
)
from connections.domain.identifiers import InstanceId
from connections.domain.instance import Instance, UserVariables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class DynamoKnownInstances:
    """Implements `KnownInstances`."""

    client: "DynamoDBClient"
    table: str

    def get(self, instance_id: InstanceId) -> Instance | None:
        """Return the instance, consistently read; None also of one that is being deleted."""
        found = _item(self.client, self.table, instance_key(instance_id))
        instance = to_instance(found) if found else None
        return instance if instance is not None and instance.deleting_since is None else None


@dataclass(frozen=True, slots=True)
class DynamoHeldByUser:
    """Implements `HeldByUser`."""

    client: "DynamoDBClient"
    table: str

    def get(self, instance_id: InstanceId, user_id: str) -> UserVariables | None:
        """Return what a user has, consistently read."""
        found = _item(self.client, self.table, user_key(instance_id, user_id))
        return to_user_variables(found) if found else None


def _item(client: "DynamoDBClient", table: str, key: dict[str, str]) -> dict[str, Any] | None:
    with translated_errors():
        found = client.get_item(TableName=table, Key=to_item(key), ConsistentRead=True).get("Item")
    return from_item(found) if found else None
