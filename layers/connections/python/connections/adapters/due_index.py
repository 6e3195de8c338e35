"""What is due: the sparse, sharded index of the Connections table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import from_item, to_item, translated_errors
from connections.adapters.state_items import SHARDS
from connections.domain.identifiers import ConnectionId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class DynamoDueIndex:
    """Implements `DueIndex`."""

    client: "DynamoDBClient"
    table: str

    def due(self, now: datetime) -> Iterator[Sequence[ConnectionId]]:
        """Return pages of the connections whose refresh time has come, the longest due first."""
        for shard in range(SHARDS):
            query: Any = {
                "TableName": self.table,
                "IndexName": "due",
                "KeyConditionExpression": "dueShard = :shard AND refreshAt <= :now",
                "ExpressionAttributeValues": to_item({":shard": str(shard), ":now": now}),
            }
            while True:
                with translated_errors():
                    answer = self.client.query(**query)
                if answer["Items"]:
                    yield [ConnectionId(from_item(item)["pk"]) for item in answer["Items"]]
                if not answer.get("LastEvaluatedKey"):
                    break
                query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
