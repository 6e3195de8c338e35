"""What the users of an instance have, in the Definitions table, with their connections."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import canceled, to_item
from connections.adapters.held_parts import HeldParts, Made
from connections.adapters.instance_items import instance_key, user_item
from connections.adapters.known_instances import DynamoHeldByUser
from connections.adapters.marked_instances import DynamoMarkedInstances
from connections.application.instance_ports import Change
from connections.domain.identifiers import ConnectionId, InstanceId
from connections.domain.instance import UserVariables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class DynamoUserConnections:
    """Implements `UserConnections`."""

    client: "DynamoDBClient"
    table: str
    parts: HeldParts

    def get(self, instance_id: InstanceId, user_id: str) -> UserVariables | None:
        """Return what a user has, consistently read."""
        return DynamoHeldByUser(self.client, self.table).get(instance_id, user_id)

    def all(self, instance_id: InstanceId) -> Iterator[UserVariables]:
        """Return what each user of an instance has."""
        return DynamoMarkedInstances(self.client, self.table).users(instance_id)

    def saved(
        self,
        variables: UserVariables,
        changes: Sequence[Change] = (),
        made: Made = (),
        closed: Sequence[ConnectionId] = (),
    ) -> bool:
        """Store what a user has with its connections; False if another change came first."""
        parts: list[Any] = [
            {
                "Put": {
                    "TableName": self.table,
                    "Item": to_item(user_item(variables)),
                    **_following(variables.revision - 1),
                }
            },
            {
                "ConditionCheck": {
                    "TableName": self.table,
                    "Key": to_item(instance_key(variables.instance_id)),
                    "ConditionExpression": "version = :version"
                    " AND attribute_not_exists(deletingSince)",
                    "ExpressionAttributeValues": to_item({":version": variables.version}),
                }
            },
            *self.parts.of(changes, made, closed),
        ]
        return not canceled(self.client, parts)


def _following(former: int) -> dict[str, Any]:
    """Return the condition that what is stored is at that revision; at 0 nothing is."""
    if not former:
        return {"ConditionExpression": "attribute_not_exists(pk)"}
    return {
        "ConditionExpression": "revision = :former",
        "ExpressionAttributeValues": to_item({":former": former}),
    }
