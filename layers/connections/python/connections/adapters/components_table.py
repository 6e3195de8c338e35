"""Components, in the Definitions table: all in one partition, in the order of their keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connections.adapters.aws import from_item, to_item, translated_errors
from connections.adapters.lists import of_partition, query_page
from connections_sdk.definitions import Component

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PARTITION = "component"


@dataclass(frozen=True, slots=True)
class DynamoComponents:
    """Implements `Components` and `ComponentList`: one item a component, its document whole."""

    client: "DynamoDBClient"
    table: str

    def put(self, component: Component) -> None:
        """Store or replace a component."""
        document = component.model_dump_json(by_alias=True, exclude_unset=True)
        item = {**_key(component.key), "document": document}
        with translated_errors():
            self.client.put_item(TableName=self.table, Item=to_item(item))

    def get(self, key: str) -> Component | None:
        """Return the component of that key."""
        with translated_errors():
            found = self.client.get_item(
                TableName=self.table, Key=to_item(_key(key)), ConsistentRead=True
            ).get("Item")
        return _component(from_item(found)["document"]) if found else None

    def remove(self, key: str) -> None:
        """Delete the component of that key."""
        with translated_errors():
            self.client.delete_item(TableName=self.table, Key=to_item(_key(key)))

    def page(self, *, limit: int, after: str | None) -> tuple[Sequence[Component], bool]:
        """Return the components behind a key, in the order of keys, and whether more may follow."""
        query = of_partition(self.table, PARTITION)
        start = _key(after) if after is not None else {}
        items, last = query_page(self.client, query, limit=limit, after=start, ascending=True)
        return [_component(item["document"]) for item in items], last is not None


def _key(key: str) -> dict[str, str]:
    return {"pk": PARTITION, "sk": key}


def _component(document: str) -> Component:
    return Component.model_validate_json(document)
