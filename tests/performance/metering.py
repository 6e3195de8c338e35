"""What the functions send to AWS: requests by operation, and the units that DynamoDB counts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3

from tests.integration.aws import TEMPLATE
from tests.performance.capacity import NOTHING, Item, Table, Units, item_bytes, read_units

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_BEFORE, _AFTER = "before-parameter-build", "after-call"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request to AWS, however often it was tried."""

    name: str
    """The service and the operation: `dynamodb GetItem`."""
    units: Units = NOTHING
    items: int = 0
    """How many items were read."""


@dataclass(slots=True)
class Meter:
    """Hears every client that is made while it listens.

    Its own client, made before, is not heard: it reads what a write changes before and after.
    """

    dynamodb: "DynamoDBClient"
    tables: Mapping[str, Table]
    """By their physical names."""
    requests: list[Request] = field(default_factory=list)

    def taken(self) -> list[Request]:
        """Return what was sent since the last time."""
        taken, self.requests = self.requests, []
        return taken

    def before(self, params: Any, model: Any, context: Any, **_: Any) -> None:
        context["measured"] = params, [self._stored(each) for each in _writes(model.name, params)]

    def after(self, parsed: Any, model: Any, context: Any, **_: Any) -> None:
        params, before = context["measured"]
        service = model.service_model.service_name
        name = f"{service} {model.name}"
        if service != "dynamodb":
            self.requests.append(Request(name=name))
            return
        written = 0.0
        for each, old in zip(_writes(model.name, params), before, strict=True):
            written += self.tables[each.table].written(old, self._stored(each)) * each.times
        reads = _reads(model.name, params, parsed)
        units = Units(
            written, sum(read_units(each.size, consistent=each.consistent) for each in reads)
        )
        items = sum(each.items for each in reads)
        self.requests.append(Request(name=name, units=units, items=items))

    def _stored(self, write: "_Write") -> Item | None:
        key = self.tables[write.table].key(write.named)
        found = self.dynamodb.get_item(TableName=write.table, Key=key, ConsistentRead=True)
        return found.get("Item")


@contextmanager
def metered(dynamodb: "DynamoDBClient", names: Mapping[str, str]) -> Iterator[Meter]:
    """Listen to every client that is made from now on; `names` are the tables' physical ones."""
    tables = {
        names[logical]: Table.of(resource["Properties"])
        for logical, resource in TEMPLATE["Resources"].items()
        if resource["Type"] == "AWS::DynamoDB::Table"
    }
    meter = Meter(dynamodb, tables)
    events = boto3._get_default_session().events
    events.register(_BEFORE, meter.before)
    events.register(_AFTER, meter.after)
    yield meter
    events.unregister(_BEFORE, meter.before)
    events.unregister(_AFTER, meter.after)


def counted(requests: Iterable[Request]) -> Counter[str]:
    """Return how many requests there are of each operation."""
    return Counter(each.name for each in requests)


def units_of(requests: Iterable[Request]) -> Units:
    """Return what DynamoDB counts for all of them."""
    return sum((each.units for each in requests), NOTHING)


@dataclass(frozen=True, slots=True)
class _Write:
    table: str
    named: Item
    """The item, or its key."""
    times: int = 1


@dataclass(frozen=True, slots=True)
class _Read:
    size: int
    consistent: bool
    items: int


def _writes(operation: str, params: Mapping[str, Any]) -> list[_Write]:
    """Return what a request writes to; a transaction counts twice."""
    match operation:
        case "PutItem" | "UpdateItem" | "DeleteItem":
            return [_Write(params["TableName"], params.get("Item") or params["Key"])]
        case "TransactWriteItems":
            parts = [next(iter(each.values())) for each in params["TransactItems"]]
            return [_Write(each["TableName"], each.get("Item") or each["Key"], 2) for each in parts]
        case "BatchWriteItem":
            return [
                _Write(table, each.get("Item") or each["Key"])
                for table, changes in params["RequestItems"].items()
                for change in changes
                for each in change.values()
            ]
    return []


def _reads(operation: str, params: Mapping[str, Any], parsed: Mapping[str, Any]) -> list[_Read]:
    """Return what a request reads: of a query all its items together, of others each by itself."""
    match operation:
        case "GetItem":
            found = parsed.get("Item")
            return [_read([found] if found else [], params)]
        case "BatchGetItem":
            asked = params["RequestItems"]
            return [
                _read(parsed["Responses"].get(table, [])[place : place + 1], each)
                for table, each in asked.items()
                for place in range(len(each["Keys"]))
            ]
        case "Query" | "Scan":
            return [_read(parsed["Items"], params)]
    return []


def _read(items: list[Item], params: Mapping[str, Any]) -> _Read:
    consistent = bool(params.get("ConsistentRead"))
    return _Read(sum(map(item_bytes, items)), consistent, len(items))
