"""The Definitions table: components and API keys."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from connections.adapters.aws import from_item, to_item, translated_errors
from connections_sdk.definitions import Component

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class DynamoComponents:
    """Implements `Components`: one item a component, its document whole."""

    client: "DynamoDBClient"
    table: str

    def put(self, component: Component) -> None:
        """Store or replace a component."""
        document = component.model_dump_json(by_alias=True, exclude_unset=True)
        item = {"pk": f"component#{component.key}", "sk": "component", "document": document}
        with translated_errors():
            self.client.put_item(TableName=self.table, Item=to_item(item))

    def get(self, key: str) -> Component | None:
        """Return the component of that key."""
        with translated_errors():
            found = self.client.get_item(
                TableName=self.table,
                Key=to_item({"pk": f"component#{key}", "sk": "component"}),
                ConsistentRead=True,
            ).get("Item")
        return Component.model_validate_json(from_item(found)["document"]) if found else None


@dataclass(frozen=True, slots=True)
class DynamoApiKeys:
    """Implements `ApiKeys`: found by digest, so that no key is ever compared or stored."""

    client: "DynamoDBClient"
    table: str

    def add(self, digest: str, key_id: str, name: str, created_at: datetime) -> None:
        """Store a key's digest."""
        item = {
            "pk": f"api-key#{digest}",
            "sk": "api-key",
            "id": key_id,
            "name": name,
            "createdAt": created_at,
        }
        with translated_errors():
            self.client.put_item(TableName=self.table, Item=to_item(item))

    def find(self, digest: str) -> str | None:
        """Return the id of the key with that digest."""
        with translated_errors():
            found = self.client.get_item(
                TableName=self.table,
                Key=to_item({"pk": f"api-key#{digest}", "sk": "api-key"}),
                ConsistentRead=True,
            ).get("Item")
        return str(from_item(found)["id"]) if found else None
