"""What all adapters to AWS share: clients with bounded patience, errors, and items."""

import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, overload

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from connections import USER_AGENT
from connections.domain.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_sqs import SQSClient

# A claim, a commit and an answer must all fit into what the gateway waits. The library puts its own
# name for itself together anew for each request, which is a quarter of what a request takes.
_CONFIG = Config(
    connect_timeout=2,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 4},
    user_agent=USER_AGENT,
)
# What brings an issued token set into safety is tried again by us, within what time there is: one
# attempt takes 3 s at the most, so that a commit and a rescue fit into `COMMIT_RESERVE`.
_BRIEF = _CONFIG.merge(Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 1}))
TRANSACTION_ATTEMPTS = 4
LARGEST_WRITE = 25
"""Items that one request deletes."""
_serializer = TypeSerializer()
_deserializer = TypeDeserializer()


def dynamodb_client(*, brief: bool = False) -> "DynamoDBClient":
    """Return a client of DynamoDB; a brief one tries once, for 3 s at the most."""
    return boto3.client("dynamodb", config=_BRIEF if brief else _CONFIG)


def kms_client() -> "KMSClient":
    """Return a client of KMS."""
    return boto3.client("kms", config=_CONFIG)


def sqs_client(*, brief: bool = False) -> "SQSClient":
    """Return a client of SQS; a brief one tries once, for 3 s at the most."""
    return boto3.client("sqs", config=_BRIEF if brief else _CONFIG)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn every error of AWS into `Unavailable`; the detail stays in the cause, for the log."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise Unavailable("Storage does not answer for now; try again.") from error


@contextmanager
def condition() -> Iterator[list[Mapping[str, Any]]]:
    """Run one conditional write; the list it yields holds the item there if the condition failed.

    What is there is only told if the write asks for it (`ReturnValuesOnConditionCheckFailure`).
    """
    failed: list[Mapping[str, Any]] = []
    with translated_errors():
        try:
            yield failed
        except ClientError as error:
            if error.response["Error"].get("Code") != "ConditionalCheckFailedException":
                raise
            item: Any = error.response.get("Item", {})
            failed.append(from_item(item))


def canceled(client: "DynamoDBClient", parts: Sequence[Any]) -> list[bool]:
    """Run one transaction; return of each part whether its condition failed, or an empty list.

    Raises:
        Unavailable: it was canceled for another reason, such as a conflict.
    """
    attempt = 1
    with translated_errors():
        while True:
            try:
                client.transact_write_items(TransactItems=parts)
            except client.exceptions.TransactionCanceledException as error:
                reasons = error.response.get("CancellationReasons", [])
                codes = [each.get("Code") for each in reasons]
                if "ConditionalCheckFailed" in codes:
                    return [code == "ConditionalCheckFailed" for code in codes]
                # Two transactions on one item are in each other's way; AWS's client leaves it so.
                if "TransactionConflict" not in codes or attempt == TRANSACTION_ATTEMPTS:
                    raise
            else:
                return []
            time.sleep(random.uniform(0.02, 0.05) * 2**attempt)  # noqa: S311 - no secret
            attempt += 1


def read_together(
    client: "DynamoDBClient", keys: dict[str, list[dict[str, str]]]
) -> list[dict[str, Any]]:
    """Read items of several tables consistently in one request.

    Raises:
        Unavailable: DynamoDB left keys unprocessed, which throttling does.
    """
    wanted: Any = {
        table: {"Keys": [to_item(key) for key in of_table], "ConsistentRead": True}
        for table, of_table in keys.items()
    }
    with translated_errors():
        answer = client.batch_get_item(RequestItems=wanted)
    if answer.get("UnprocessedKeys"):
        raise Unavailable("Storage is throttled for now; try again.")
    return [from_item(item) for of_table in answer["Responses"].values() for item in of_table]


def items_of(
    client: "DynamoDBClient", table: str, query: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Return the items that a query finds, page after page."""
    start: dict[str, Any] = {}
    while True:
        with translated_errors():
            answer = client.query(TableName=table, **query, **start)
        yield from map(from_item, answer["Items"])
        if not answer.get("LastEvaluatedKey"):
            return
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def keys_of(
    client: "DynamoDBClient", table: str, query: Mapping[str, Any]
) -> Iterator[dict[str, str]]:
    """Return the keys of the items that a query finds."""
    return ({"pk": item["pk"], "sk": item["sk"]} for item in items_of(client, table, query))


def delete_all(client: "DynamoDBClient", table: str, keys: Iterable[dict[str, str]]) -> int:
    """Delete items, and return how many.

    Raises:
        Unavailable: DynamoDB left some undone, which throttling does.
    """
    requests: list[Any] = [{"DeleteRequest": {"Key": to_item(key)}} for key in keys]
    for start in range(0, len(requests), LARGEST_WRITE):
        batch = {table: requests[start : start + LARGEST_WRITE]}
        with translated_errors():
            answer = client.batch_write_item(RequestItems=batch)
        if answer.get("UnprocessedItems"):
            raise Unavailable("Storage is throttled for now; try again.")
    return len(requests)


def to_item(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a DynamoDB item; None is left out, times become numbers of seconds."""
    return {
        name: _serializer.serialize(_plain(value))
        for name, value in values.items()
        if value is not None
    }


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item's attributes as plain values."""
    return {name: _deserializer.deserialize(value) for name, value in item.items()}


def _plain(value: object) -> object:
    return number(value) if isinstance(value, datetime) else value


def number(moment: datetime) -> Decimal:
    """Return a time as DynamoDB keeps it: seconds since 1970, with microseconds."""
    return Decimal(f"{moment.timestamp():.6f}")


@overload
def moment(seconds: Decimal) -> datetime: ...
@overload
def moment(seconds: None) -> None: ...
def moment(seconds: Decimal | None) -> datetime | None:
    """Return the time of a number of seconds."""
    return None if seconds is None else datetime.fromtimestamp(float(seconds), tz=UTC)


def sealed_bytes(value: Any) -> bytes:
    """Return the bytes of a binary attribute."""
    return bytes(value)
