"""Lists by an index: keys from the index, items from the table."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from connections.adapters.aws import read_together, to_item
from connections.adapters.lists import cursor_of, place_of, query_page

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LARGEST_BATCH = 100
_HASH_KEYS = {"listed": "listed", "customer": "customerId"}


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedList:
    """The items of one kind, by an index that has their keys alone."""

    client: "DynamoDBClient"
    table: str
    prefix: str
    """With what their ids begin; other kinds may be in the index, too."""
    sort_key: str
    """Of each item."""

    def of_customer_or_all(
        self, customer_id: str | None, all_are: str, *, limit: int, cursor: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Return items of a customer, or all, which are listed as `all_are`; as `page` does."""
        if customer_id is None:
            return self.page("listed", all_are, limit=limit, cursor=cursor)
        return self.page("customer", customer_id, limit=limit, cursor=cursor)

    def page(
        self, index: Literal["listed", "customer"], value: str, *, limit: int, cursor: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Return items, newest first, and the cursor of the next page.

        What is gone since the index was written is left out.

        Raises:
            InvalidRequest: the cursor is not one of this list's.
        """
        name = _HASH_KEYS[index]
        query = {
            "TableName": self.table,
            "IndexName": index,
            "KeyConditionExpression": f"{name} = :value AND begins_with(pk, :prefix)",
            "ExpressionAttributeValues": to_item({":value": value, ":prefix": self.prefix}),
        }
        after = {}
        if cursor is not None:
            form = re.compile(f"{self.prefix}[0-9a-z]{{26}}")
            after = {name: value, **self._key(place_of(cursor, form))}
        keys, last = query_page(self.client, query, limit=limit, after=after)
        return self.items([key["pk"] for key in keys]), cursor_of(last["pk"]) if last else None

    def items(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Return the items of ids, in their order, consistently read."""
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(ids), LARGEST_BATCH):
            keys = [self._key(each) for each in ids[start : start + LARGEST_BATCH]]
            for item in read_together(self.client, {self.table: keys}):
                found[item["pk"]] = item
        return [found[each] for each in ids if each in found]

    def _key(self, identifier: str) -> dict[str, str]:
        return {"pk": identifier, "sk": self.sort_key}
