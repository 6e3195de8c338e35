"""Lists that are read in pages: a query and a cursor."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import from_item, to_item, translated_errors
from connections.domain.errors import InvalidRequest, Problem

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def query_page(
    client: "DynamoDBClient",
    query: Mapping[str, Any],
    *,
    limit: int,
    after: Mapping[str, Any],
    ascending: bool = False,
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """Return the items of one page, newest first, and the key of the last if more may follow.

    `after` is the key of the last item of the page before, or empty. What is sorted by something
    else than time is read `ascending`.
    """
    asked: dict[str, Any] = {**query, "ScanIndexForward": ascending, "Limit": limit}
    if after:
        asked["ExclusiveStartKey"] = to_item(after)
    with translated_errors():
        answer = client.query(**asked)
    last = answer.get("LastEvaluatedKey")
    return [from_item(each) for each in answer["Items"]], from_item(last) if last else None


def of_partition(table: str, partition: str) -> dict[str, Any]:
    """Return the query of everything in a partition."""
    return {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": to_item({":pk": partition}),
    }


def partition_page(
    client: "DynamoDBClient",
    table: str,
    partition: str,
    *,
    form: re.Pattern[str],
    limit: int,
    cursor: str | None,
) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page of a partition, newest first, and the cursor of the next.

    Raises:
        InvalidRequest: the cursor is no sort key of that form.
    """
    query = of_partition(table, partition)
    after = {"pk": partition, "sk": place_of(cursor, form)} if cursor is not None else {}
    items, last = query_page(client, query, limit=limit, after=after)
    return items, cursor_of(last["sk"]) if last else None


def cursor_of(place: str) -> str:
    """Return a place in a list as an opaque cursor."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def place_of(unverified_cursor: str, form: re.Pattern[str]) -> str:
    """Return the place that a cursor stands for.

    Raises:
        InvalidRequest: it is not one of this list's, whose places have that form.
    """
    padded = unverified_cursor + "=" * (-len(unverified_cursor) % 4)
    try:
        place = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        place = ""
    if form.fullmatch(place) is None:
        problem = Problem("#/query/cursor", "must be the nextCursor of the page before")
        raise InvalidRequest("The cursor is not one of this list's.", [problem])
    return place
