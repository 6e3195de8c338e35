"""Where the schedule goes on: one item of the Connections table."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connections.adapters.aws import from_item, moment, to_item, translated_errors
from connections.domain.due import DueConnection
from connections.domain.identifiers import ConnectionId, RegistrationId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEY = {"pk": "schedule", "sk": "cursor"}


@dataclass(frozen=True, slots=True)
class DynamoScheduleCursor:
    """Implements `ScheduleCursor`; an item without a connection says that all were looked at."""

    client: "DynamoDBClient"
    table: str

    def load(self) -> DueConnection | None:
        """Return the last connection that the sweep before looked at, consistently read."""
        with translated_errors():
            found = self.client.get_item(
                TableName=self.table, Key=to_item(KEY), ConsistentRead=True
            ).get("Item")
        item = from_item(found) if found else {}
        if "connectionId" not in item:
            return None
        registration = item.get("registration")
        return DueConnection(
            id=ConnectionId(item["connectionId"]),
            due_at=moment(item["dueAt"]),
            registration=None if registration is None else RegistrationId(registration),
        )

    def save(self, reached: DueConnection | None) -> None:
        """Store how far this sweep came; of two at once the later one says it."""
        place = {}
        if reached is not None:
            place = {
                "connectionId": reached.id,
                "dueAt": reached.due_at,
                "registration": reached.registration,
            }
        with translated_errors():
            self.client.put_item(TableName=self.table, Item=to_item({**KEY, **place}))
