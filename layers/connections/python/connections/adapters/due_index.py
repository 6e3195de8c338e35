"""What is due: the sparse, sharded index of the Connections table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import from_item, moment, to_item, translated_errors
from connections.adapters.state_items import SHARDS, shard, state_key
from connections.domain.due import DueConnection
from connections.domain.identifiers import ConnectionId, RegistrationId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PAGE = 100
"""Connections at a time: so many registrations one request reads, and ten requests queue them."""


@dataclass(frozen=True, slots=True)
class DynamoDueIndex:
    """Implements `DueIndex`: one shard after the other, in each the longest due first."""

    client: "DynamoDBClient"
    table: str

    def due(
        self, now: datetime, after: DueConnection | None = None
    ) -> Iterator[Sequence[DueConnection]]:
        """Return pages of the connections whose refresh time has come."""
        first = 0 if after is None else int(shard(after.id))
        for number in range(first, SHARDS):
            start = _position(after) if after is not None and number == first else None
            yield from self._shard(number, now, start)

    def _shard(
        self, number: int, now: datetime, start: Mapping[str, Any] | None
    ) -> Iterator[Sequence[DueConnection]]:
        query: Any = {
            "TableName": self.table,
            "IndexName": "due",
            "KeyConditionExpression": "dueShard = :shard AND refreshAt <= :now",
            "ExpressionAttributeValues": to_item({":shard": str(number), ":now": now}),
            "Limit": PAGE,
        }
        while True:
            if start is not None:
                query["ExclusiveStartKey"] = start
            with translated_errors():
                answer = self.client.query(**query)
            if answer["Items"]:
                yield [_due_connection(from_item(item)) for item in answer["Items"]]
            start = answer.get("LastEvaluatedKey")
            if not start:
                return


def _position(due: DueConnection) -> dict[str, Any]:
    """Return where a connection is in the index, or was: what is gone still marks its place."""
    place = {"dueShard": shard(due.id), "refreshAt": due.due_at}
    return to_item({**state_key(due.id), **place})


def _due_connection(item: Mapping[str, Any]) -> DueConnection:
    registration = item.get("registration")
    return DueConnection(
        id=ConnectionId(item["pk"]),
        due_at=moment(item["refreshAt"]),
        registration=None if registration is None else RegistrationId(registration),
    )
