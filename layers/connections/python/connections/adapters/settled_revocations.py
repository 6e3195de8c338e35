"""The last grant of a connection of which nothing is left to be revoked, on its state item."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connections.adapters.aws import condition, from_item, to_item, translated_errors
from connections.adapters.state_items import state_key
from connections.domain.grant import Grant

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class DynamoSettledRevocations:
    """Implements `SettledRevocations`: it goes when the connection is deleted."""

    client: "DynamoDBClient"
    table: str

    def settle(self, grant: Grant) -> None:
        """Note that the grant is settled up to this generation."""
        with condition():
            self.client.update_item(
                TableName=self.table,
                Key=to_item(state_key(grant.connection_id)),
                UpdateExpression="SET settledGrant = :grant, settledGeneration = :generation",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues=to_item(
                    {":grant": grant.grant_id, ":generation": grant.generation}
                ),
            )

    def settled(self, grant: Grant) -> bool:
        """Tell whether the grant was settled at this generation or a later one."""
        with translated_errors():
            found = self.client.get_item(
                TableName=self.table,
                Key=to_item(state_key(grant.connection_id)),
                ConsistentRead=True,
                ProjectionExpression="settledGrant, settledGeneration",
            ).get("Item", {})
        item = from_item(found)
        return (
            item.get("settledGrant") == grant.grant_id
            and item["settledGeneration"] >= grant.generation
        )
