"""The Tokens table, and a reading of it together with the inputs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import (
    condition,
    from_item,
    read_together,
    to_item,
    translated_errors,
)
from connections.adapters.grant_items import grant_item, open_grant, sealed_grant
from connections.adapters.inputs_items import inputs_of
from connections.adapters.purpose import Purpose
from connections.adapters.state_items import CLOSED, inputs_key, state_key
from connections.domain.connection import Inputs
from connections.domain.grant import Grant, SealedGrant
from connections.domain.identifiers import ConnectionId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from connections.adapters.sealing import Sealer


@dataclass(frozen=True, slots=True)
class DynamoTokens:
    """Implements `Tokens`: one item a connection."""

    client: "DynamoDBClient"
    table: str
    sealer: "Sealer"
    brief: "DynamoDBClient | None" = None
    """Commits successors, where somebody has an eye on the time."""

    def ready(self) -> None:
        """Make sure that a grant could be sealed now."""
        self.sealer.ready(Purpose.TOKENS)

    def get(self, connection_id: ConnectionId) -> Grant | None:
        """Return the grant, consistently read."""
        found = _stored(self.client, self.table, connection_id)
        return open_grant(found, self.sealer) if found else None

    def begin(self, grant: Grant, *, in_place: bool = True) -> bool:
        """Store a new grant, in place of another if so wanted; False if there is one."""
        item = to_item(grant_item(grant, self.sealer))
        # Not twice: a write whose answer was lost is tried again, and must not bring back the
        # first generation when a second is stored.
        expected: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if in_place:
            expected["ConditionExpression"] += " OR grantId <> :grant"
            expected["ExpressionAttributeValues"] = to_item({":grant": grant.grant_id})
        with condition() as failed:
            self.client.put_item(
                TableName=self.table,
                Item=item,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **expected,
            )
        return not failed or failed[0].get("grantId") == grant.grant_id

    def succeed(self, successor: Grant) -> bool:
        """Store the next generation in place of the one before it."""
        item = to_item(grant_item(successor, self.sealer))
        with condition() as failed:
            (self.brief or self.client).put_item(
                TableName=self.table,
                Item=item,
                ConditionExpression="grantId = :grant AND generation = :spent",
                ExpressionAttributeValues=to_item(
                    {":grant": successor.grant_id, ":spent": successor.generation - 1}
                ),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        # A write whose answer was lost is tried again and finds its own item: it has succeeded.
        # Whoever else wrote that generation spent the refresh token where a reuse does no harm.
        return not failed or (failed[0].get("grantId"), failed[0].get("generation")) == (
            successor.grant_id,
            successor.generation,
        )

    def delete(self, grant: Grant) -> bool:
        """Delete the grant at this generation; False if the stored one is another by now."""
        return _deleted(self.client, self.table, grant)


@dataclass(frozen=True, slots=True)
class DynamoSealedTokens:
    """Implements `SealedTokens`: nothing is opened."""

    client: "DynamoDBClient"
    table: str

    def get(self, connection_id: ConnectionId) -> SealedGrant | None:
        """Return the grant as it is stored, consistently read."""
        found = _stored(self.client, self.table, connection_id)
        return sealed_grant(found) if found else None

    def delete(self, grant: SealedGrant) -> bool:
        """Delete the grant at this generation; False if the stored one is another by now."""
        return _deleted(self.client, self.table, grant)


def _stored(
    client: "DynamoDBClient", table: str, connection_id: ConnectionId
) -> dict[str, Any] | None:
    with translated_errors():
        found = client.get_item(
            TableName=table, Key=to_item({"pk": connection_id}), ConsistentRead=True
        ).get("Item")
    return from_item(found) if found else None


def _deleted(client: "DynamoDBClient", table: str, grant: Grant | SealedGrant) -> bool:
    with condition() as failed:
        client.delete_item(
            TableName=table,
            Key=to_item({"pk": grant.connection_id}),
            ConditionExpression=(
                "attribute_not_exists(pk) OR (grantId = :grant AND generation = :generation)"
            ),
            ExpressionAttributeValues=to_item(
                {":grant": grant.grant_id, ":generation": grant.generation}
            ),
        )
    return not failed


@dataclass(frozen=True, slots=True)
class DynamoReadings:
    """Implements `Readings`."""

    client: "DynamoDBClient"
    connections_table: str
    tokens_table: str
    sealer: "Sealer"

    def read(self, connection_id: ConnectionId) -> tuple[Inputs | None, Grant | None]:
        """Return inputs and grant, both consistently read in one request.

        The state is read beside them: closed, the connection is gone for whoever asks.
        """
        keys = {
            self.connections_table: [state_key(connection_id), inputs_key(connection_id)],
            self.tokens_table: [{"pk": str(connection_id)}],
        }
        items = {item.get("sk", "tokens"): item for item in read_together(self.client, keys)}
        tokens, inputs = items.get("tokens"), items.get("inputs")
        if CLOSED in items.get("state", {}):
            inputs = None
        return (
            inputs_of(inputs, self.sealer) if inputs else None,
            open_grant(tokens, self.sealer) if tokens else None,
        )
