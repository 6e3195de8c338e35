"""API keys, in the Definitions table."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import condition, from_item, moment, to_item, translated_errors
from connections.adapters.lists import partition_page
from connections.domain.api_key import ApiKey
from connections.domain.caller import Scope
from connections.domain.identifiers import ApiKeyId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PARTITION = "api-key"
_PLACE = re.compile(r"key_[0-9a-z]{26}")


@dataclass(frozen=True, slots=True)
class DynamoApiKeys:
    """Implements `ApiKeys` and `KnownApiKeys`: one item a key, which holds digests only."""

    client: "DynamoDBClient"
    table: str

    def add(self, key: ApiKey) -> None:
        """Store a new key."""
        with translated_errors():
            self.client.put_item(TableName=self.table, Item=to_item(_item(key)))

    def page(self, *, limit: int, cursor: str | None) -> tuple[Sequence[ApiKey], str | None]:
        """Return keys, newest first, and the cursor of the next page."""
        items, following = partition_page(
            self.client, self.table, PARTITION, form=_PLACE, limit=limit, cursor=cursor
        )
        return [_key(item) for item in items], following

    def get(self, key_id: ApiKeyId) -> ApiKey | None:
        """Return the key of that id, consistently read."""
        with translated_errors():
            found = self.client.get_item(
                TableName=self.table, Key=to_item(_place(key_id)), ConsistentRead=True
            ).get("Item")
        return _key(from_item(found)) if found else None

    def rotated(self, key: ApiKey, former_digest: str) -> bool:
        """Store a rotated key; False if its digest is not the former one any more."""
        with condition() as failed:
            self.client.put_item(
                TableName=self.table,
                Item=to_item(_item(key)),
                # A rotation whose answer was lost is tried again and meets itself.
                ConditionExpression="digest IN (:former, :new)",
                ExpressionAttributeValues=to_item({":former": former_digest, ":new": key.digest}),
            )
        return not failed

    def remove(self, key_id: ApiKeyId) -> bool:
        """Delete a key; False if there is none."""
        with translated_errors():
            gone = self.client.delete_item(
                TableName=self.table, Key=to_item(_place(key_id)), ReturnValues="ALL_OLD"
            ).get("Attributes")
        return gone is not None

    def used(self, key_id: ApiKeyId, at: datetime) -> None:
        """Note that the key was used; nothing if it is gone meanwhile."""
        with condition():
            self.client.update_item(
                TableName=self.table,
                Key=to_item(_place(key_id)),
                UpdateExpression="SET lastUsedAt = :at",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues=to_item({":at": at}),
            )


def _place(key_id: ApiKeyId) -> dict[str, str]:
    return {"pk": PARTITION, "sk": key_id}


def _item(key: ApiKey) -> dict[str, Any]:
    return {
        **_place(key.id),
        "name": key.name,
        "scopes": sorted(key.scopes),
        "digest": key.digest,
        "formerDigest": key.former_digest,
        "formerUntil": key.former_until,
        "createdAt": key.created_at,
        "expiresAt": key.expires_at,
        "lastUsedAt": key.last_used_at,
    }


def _key(item: dict[str, Any]) -> ApiKey:
    return ApiKey(
        id=ApiKeyId(item["sk"]),
        name=item["name"],
        scopes=frozenset(map(Scope, item["scopes"])),
        digest=item["digest"],
        former_digest=item.get("formerDigest"),
        former_until=moment(item.get("formerUntil")),
        created_at=moment(item["createdAt"]),
        expires_at=moment(item.get("expiresAt")),
        last_used_at=moment(item.get("lastUsedAt")),
    )
