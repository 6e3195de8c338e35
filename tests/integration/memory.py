"""What moto keeps, without requests to it: looking, emptying and going back cost next to nothing.

Its transactions copy each table whole for each of their parts; here they copy what they write to.
"""

import base64
import copy
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler
from moto.sqs.models import sqs_backends

from local import dynamodb

REGION = "us-east-2"
_WHOLE = frozenset({"S", "N", "B", "BOOL", "NULL"})
"""Types of values that moto replaces and never changes."""


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let DynamoDB do one request after the other: moto's conditions are not safe between threads.

    Of two threads that claim a connection at once, both may get it.
    """
    locked = dynamodb.one_at_a_time(DynamoHandler.call_action)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(DynamoHandler, "call_action", locked)
        yield


def raw_items(table: str) -> list[dict[str, Any]]:
    """Return a table's items as a scan does, in order of their keys."""
    items = _table(table).all_items()
    return [{name: _raw(value) for name, value in item.attrs.items()} for item in items]


def kept_items(table: str) -> Any:
    """Return a copy of all that a table holds, for `put_back`."""
    return copy.deepcopy(_table(table).items)


def put_back(table: str, kept: Any) -> None:
    """Let a table hold what it held, and nothing else."""
    _table(table).items = copy.deepcopy(kept)


def forget_items(table: str) -> None:
    """Delete every item of a table."""
    _table(table).items.clear()


def show_messages(url: str) -> None:
    """Let the messages of a queue be taken that are delayed, or hidden for now."""
    for message in _queue(url)._messages:
        message.delayed_until = message.visible_at = 0.0


def waiting_messages(url: str) -> int:
    """Return how many messages a queue has, also those that are not to be seen for now."""
    return len(_queue(url)._messages)


def forget_messages(url: str) -> None:
    """Delete every message of a queue, also those that are not to be seen for now."""
    queue = _queue(url)
    queue._messages.clear()
    queue.pending_messages.clear()


@contextmanager
def light_copies() -> Iterator[None]:
    """Let moto copy no more than a transaction can change."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(DynamoType, "__deepcopy__", _copied_value)
        monkeypatch.setattr(Table, "__deepcopy__", lambda table, _: table, raising=False)
        monkeypatch.setattr(DynamoDBBackend, "transact_write_items", _transact)
        yield


_copy_value = DynamoType.__deepcopy__
_write_all = DynamoDBBackend.transact_write_items


def _copied_value(value: Any, memo: dict[int, Any]) -> Any:
    return value if value.type in _WHOLE else _copy_value(value, memo)


def _transact(backend: Any, parts: list[dict[str, Any]]) -> None:
    """Run a transaction; if it fails, bring back what stood where it writes."""
    before = [_place(backend, part) for part in parts]
    try:
        _write_all(backend, parts)
    except Exception:
        for places, key, item in before:
            places.pop(key, None)
            if item is not None:
                places[key] = item
        raise


def _place(
    backend: Any, part: dict[str, Any]
) -> tuple[MutableMapping[DynamoType, Item], DynamoType, Item | None]:
    """Return where a part of a transaction writes, and a copy of what is there."""
    (written,) = part.values()
    table = backend.tables[written["TableName"]]
    key = written.get("Key") or written["Item"]
    places, place = table.items, DynamoType(key[table.hash_key_attr])
    if table.range_key_attr:
        places, place = places[place], DynamoType(key[table.range_key_attr])
    return places, place, copy.deepcopy(places.get(place))


def _queue(url: str) -> Any:
    return sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues[url.rpartition("/")[2]]


def _table(name: str) -> Any:
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[name]


def _raw(value: DynamoType) -> dict[str, Any]:
    match value.type:
        case "B" if isinstance(value.value, str):
            return {"B": base64.b64decode(value.value)}
        case "M":
            return {"M": {name: _raw(each) for name, each in value.value.items()}}
        case "L":
            return {"L": [_raw(each) for each in value.value]}
    return {value.type: value.value}
