"""Deliberate breakages, which the races must notice."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import from_item, to_item
from connections.adapters.state_items import state_key, to_connection
from connections.adapters.states_table import DynamoStates
from connections.domain.claim import Claim
from connections.domain.connection import Connection
from connections.domain.identifiers import ConnectionId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

WRITES = ("DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem")
_CONDITION = "ConditionExpression"


def drop_conditions(client: "DynamoDBClient", operation: str) -> None:
    """Let all conditions of an operation be met."""

    def dropped(params: dict[str, Any], **_: object) -> None:
        for part in _parts(params):
            if _CONDITION in part:
                # Beside the condition itself, so that all its names and values are still used.
                always = "attribute_exists(pk) OR attribute_not_exists(pk)"
                part[_CONDITION] = f"{always} OR ({part[_CONDITION]})"

    client.meta.events.register(f"before-parameter-build.dynamodb.{operation}", dropped)


def _parts(params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield params
    for item in params.get("TransactItems", []):
        yield from item.values()


@dataclass(frozen=True, slots=True)
class LookingStates(DynamoStates):
    """Looks whether a claim stands and then takes it; in between, others do the same."""

    def claim(self, connection_id: ConnectionId, claim: Claim, now: datetime) -> Connection | None:
        """Take the claim if none was seen."""
        seen = _seen(self, connection_id).claim
        if seen is not None and seen.stands(now):
            return None
        return DynamoStates.claim(self, connection_id, claim, now)


@dataclass(frozen=True, slots=True)
class UnclaimedStates(DynamoStates):
    """Gives everybody a claim, and writes none down."""

    def claim(self, connection_id: ConnectionId, claim: Claim, now: datetime) -> Connection | None:
        """Return the state as if nobody had ever claimed it."""
        return replace(_seen(self, connection_id), claim=None, spending=None)


def _seen(states: DynamoStates, connection_id: ConnectionId) -> Connection:
    key = to_item(dict(state_key(connection_id)))
    found = states.client.get_item(TableName=states.table, Key=key, ConsistentRead=True)
    return to_connection(from_item(found["Item"]))
