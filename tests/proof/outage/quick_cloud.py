"""moto in haste, so that thousands of items and messages pass through it minute by minute.

moto sorts a whole table for each query, though it sorts again what it finds; it turns what it finds
into Python's values and back; it asks of each value under how many names it could be known; and
for each message that comes or goes it counts the whole queue, looking at the time for each.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from moto.core.serialize import BaseJSONSerializer
from moto.core.utils import unix_time_millis
from moto.dynamodb.models.table import SecondaryIndex, Table
from moto.sqs.models import Message, SQSBackend

_serialize = BaseJSONSerializer._serialize_type_structure


@contextmanager
def quick_cloud() -> Iterator[None]:
    """Let moto do no more than it must."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(Table, "all_items", _items)
        monkeypatch.setattr(SecondaryIndex, "project", _project)
        monkeypatch.setattr(
            SQSBackend, "is_message_valid_based_on_retention_period", lambda *_: True
        )
        monkeypatch.setattr(Message, "visible", property(_visible))
        monkeypatch.setattr(Message, "delayed", property(_delayed))
        monkeypatch.setattr(BaseJSONSerializer, "_serialize_type_structure", _serialized)
        yield


def _items(table: Any) -> list[Any]:
    return [
        each
        for held in table.items.values()
        for each in (held.values() if table.range_key_attr else (held,))
    ]


def _project(index: Any, item: Any) -> Any:
    """Keep of an item, which is the query's own copy, what the index has of it."""
    if index.projection["ProjectionType"] == "ALL":
        return item
    kept = {*index.table_key_attrs, *index.schema_key_attrs}
    kept |= set(index.projection.get("NonKeyAttributes", ()))
    for name in item.attrs.keys() - kept:
        del item.attrs[name]
    return item


def _serialized(serializer: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    if shape.name == "AttributeValue" and value.keys() <= {"S", "N"}:
        serializer._default_serialize(serialized, value, shape, key)
    else:
        _serialize(serializer, serialized, value, shape, key)


def _visible(message: Any) -> bool:
    return not message.visible_at or unix_time_millis() > message.visible_at


def _delayed(message: Any) -> bool:
    return bool(message.delayed_until) and unix_time_millis() < message.delayed_until
