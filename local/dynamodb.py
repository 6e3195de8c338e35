"""moto's DynamoDB made safe between threads: without this, races prove nothing.

Unpatched, two of two hundred conditional updates had two winners, and a transaction that fails
puts back a copy of the whole table, which erases what other threads wrote meanwhile.
"""

import copy
import functools
import threading
from collections.abc import Callable
from typing import Any

from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.exceptions import (
    ConditionalCheckFailed,
    MockValidationException,
    MultipleTransactionsException,
    TooManyTransactionsException,
    TransactionCanceledException,
    TransactWriteSingleOpException,
)
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.responses import DynamoHandler

Part = tuple[str, dict[str, Any]]
Reason = tuple[str, str, dict[str, Any] | None] | tuple[None, None, None]

_LARGEST_TRANSACTION = 100
_lock = threading.RLock()


def make_safe_between_threads() -> None:
    """Let moto's DynamoDB do one request at a time, and transactions check before they write.

    Doing it again changes nothing.
    """
    if DynamoDBBackend.transact_write_items is not _transact_write_items:
        DynamoHandler.call_action = one_at_a_time(  # type: ignore[method-assign]
            DynamoHandler.call_action
        )
        DynamoDBBackend.transact_write_items = (  # type: ignore[method-assign]
            _transact_write_items
        )


def one_at_a_time(action: Callable[[DynamoHandler], Any]) -> Callable[[DynamoHandler], Any]:
    """Return the action, done for one request after the other."""

    @functools.wraps(action)
    def locked(handler: DynamoHandler) -> Any:
        with _lock:
            return action(handler)

    return locked


def _transact_write_items(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    """TransactWriteItems: all conditions are checked before anything is written."""
    if len(transact_items) > _LARGEST_TRANSACTION:
        raise TooManyTransactionsException
    parts = [_single(item) for item in transact_items]
    keys = [_key(self, part) for part in parts]
    if len({(part[1]["TableName"], repr(key)) for part, key in zip(parts, keys, strict=True)}) < (
        len(parts)
    ):
        raise MultipleTransactionsException
    before = [self.get_item(op["TableName"], key) for (_, op), key in zip(parts, keys, strict=True)]
    _cancel_if_any([_reason(part, item) for part, item in zip(parts, before, strict=True)])
    _write(self, parts, keys, [copy.deepcopy(item) for item in before])


def _single(item: dict[str, Any]) -> Part:
    if len(item) != 1:
        raise TransactWriteSingleOpException
    return next(iter(item.items()))


def _key(backend: DynamoDBBackend, part: Part) -> dict[str, Any]:
    kind, op = part
    if kind != "Put":
        return dict(sorted(op["Key"].items()))
    table = backend.get_table(op["TableName"])
    names = [table.hash_key_attr] + ([table.range_key_attr] if table.range_key_attr else [])
    return {name: op["Item"][name] for name in sorted(names)}


def _reason(part: Part, item: Item | None) -> Reason:
    """Why this part cancels the transaction, in the form moto's exception takes it."""
    _, op = part
    condition = op.get("ConditionExpression")
    if condition is None or get_filter_expression(
        condition, op.get("ExpressionAttributeNames"), op.get("ExpressionAttributeValues")
    ).expr(item):
        return None, None, None
    returned = op.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and item is not None
    return (
        "ConditionalCheckFailed",
        str(ConditionalCheckFailed().message),
        item.to_json()["Attributes"] if returned and item is not None else None,
    )


def _cancel_if_any(reasons: list[Reason]) -> None:
    if any(code is not None for code, _, _ in reasons):
        raise TransactionCanceledException(reasons)


def _write(
    backend: DynamoDBBackend,
    parts: list[Part],
    keys: list[dict[str, Any]],
    before: list[Item | None],
) -> None:
    reasons: list[Reason] = [(None, None, None)] * len(parts)
    for index, ((kind, op), key) in enumerate(zip(parts, keys, strict=True)):
        try:
            _write_one(backend, kind, op, key)
        except Exception as error:
            # A condition cannot fail any more; a value can be invalid or too large.
            _put_back(backend, parts[: index + 1], keys, before)
            if isinstance(error, MockValidationException):
                raise
            reasons[index] = type(error).__name__, str(error), None
            _cancel_if_any(reasons)


def _write_one(
    backend: DynamoDBBackend, kind: str, op: dict[str, Any], key: dict[str, Any]
) -> None:
    names, values = op.get("ExpressionAttributeNames"), op.get("ExpressionAttributeValues")
    match kind:
        case "Put":
            backend.put_item(op["TableName"], op["Item"])
        case "Delete":
            backend.delete_item(op["TableName"], key)
        case "Update":
            backend.update_item(
                op["TableName"], key, op["UpdateExpression"], names or {}, values or {}
            )


def _put_back(
    backend: DynamoDBBackend,
    parts: list[Part],
    keys: list[dict[str, Any]],
    before: list[Item | None],
) -> None:
    for (_, op), key, item in zip(parts, keys, before, strict=False):
        backend.delete_item(op["TableName"], key)
        if item is not None:
            backend.put_item(op["TableName"], item.to_json()["Attributes"])
