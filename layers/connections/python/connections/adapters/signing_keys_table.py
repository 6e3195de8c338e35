"""The keys that sign customer users' tokens, in the Definitions table."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import from_item, moment, to_item, translated_errors
from connections.domain.identifiers import SigningKeyId
from connections.domain.signing_key import SigningKey

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PARTITION = "signing-key"


@dataclass(frozen=True, slots=True)
class DynamoSigningKeys:
    """Implements `SigningKeys`: one item a key."""

    client: "DynamoDBClient"
    table: str

    def add(self, key: SigningKey) -> None:
        """Store a new key."""
        item = {
            **_place(key.id),
            "name": key.name,
            "jwk": json.dumps(key.jwk) if key.jwk is not None else None,
            "jwksUrl": key.jwks_url,
            "issuer": key.issuer,
            "createdAt": key.created_at,
        }
        with translated_errors():
            self.client.put_item(TableName=self.table, Item=to_item(item))

    def all(self) -> Sequence[SigningKey]:
        """Return all keys, oldest first, consistently read: there are at most twenty."""
        with translated_errors():
            answer = self.client.query(
                TableName=self.table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues=to_item({":pk": PARTITION}),
                ConsistentRead=True,
            )
        return [_key(from_item(item)) for item in answer["Items"]]

    def remove(self, key_id: SigningKeyId) -> bool:
        """Delete a key; False if there is none."""
        with translated_errors():
            gone = self.client.delete_item(
                TableName=self.table, Key=to_item(_place(key_id)), ReturnValues="ALL_OLD"
            ).get("Attributes")
        return gone is not None


def _place(key_id: SigningKeyId) -> dict[str, str]:
    return {"pk": PARTITION, "sk": key_id}


def _key(item: dict[str, Any]) -> SigningKey:
    return SigningKey(
        id=SigningKeyId(item["sk"]),
        name=item["name"],
        jwk=json.loads(item["jwk"]) if "jwk" in item else None,
        jwks_url=item.get("jwksUrl"),
        issuer=item.get("issuer"),
        created_at=moment(item["createdAt"]),
    )
