"""What a sweep over 1,000 due connections costs, whatever number of connections there is."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import islice
from typing import Any

import boto3

from connections.adapters.state_items import shard
from connections.domain.identifiers import ConnectionId
from local.demo_provider import serve
from tests.integration import memory
from tests.integration.aws import aws_in_memory
from tests.performance.capacity import Item, Units
from tests.performance.figures import Figure, ratio
from tests.performance.metering import Meter, counted, metered, units_of
from tests.performance.scene import Scene, credentials, scene_in_memory, scene_of
from tests.proof.dynamodb_local import create_tables, dynamodb_local

DUE = 1_000
SIZES = (1_000, 10_000)
"""Connections that exist, in memory."""
MOST_ITEMS = int(os.environ.get("BENCH_ITEMS", "1000000"))
LARGE_SIZES = (MOST_ITEMS // 10, MOST_ITEMS)
"""Those in a DynamoDB on this machine."""
MOST_GROWTH = 1.1
MOST_SWEEPS = 30
_LARGEST_WRITE = 25
_NEVER = 4_000_000_000
_UNSIGNED = {
    "X-Amz-Target": "DynamoDB_20120810.BatchWriteItem",
    "X-Amz-Date": "20260101T000000Z",
    "Content-Type": "application/x-amz-json-1.0",
    "Authorization": "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-2/dynamodb/aws4_request,"
    " SignedHeaders=host, Signature=0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What it took to queue all that was due."""

    existing: int
    requests: Counter[str]
    items: int
    units: Units

    def row(self) -> tuple[str, ...]:
        """Return its line of a table."""
        each = ", ".join(f"{count} {name}" for name, count in sorted(self.requests.items()))
        read, written = self.units.read, self.units.written
        return f"{self.existing:,}", f"{self.items:,}", f"{read:g}", f"{written:g}", each


HEADINGS = ("exist", "items read", "RRU", "WRU", "requests")


def swept_in_memory(due: int = DUE, sizes: Sequence[int] = SIZES) -> list[Swept]:
    """Sweep with AWS in memory, where whole state items lie in the table."""
    with scene_in_memory() as (scene, meter):
        sample = _sample(scene, meter)
        store = partial(_store, scene)
        return _swept(scene, meter, (sample, sample), due, sizes, store)


def swept_at_large() -> list[Swept]:
    """Sweep with hundreds of thousands of connections in a DynamoDB on this machine.

    Of those that are not due there is what the due index holds: a sweep reads nothing else, and
    a million whole items would take minutes longer to load.
    """
    with _scene_at_large() as (scene, meter, url):
        sample, table = _sample(scene, meter), scene.aws.names["Connections"]
        entry = meter.tables[table].indexes["due"].entry(sample)
        assert entry is not None
        store = partial(_store_many, url, table)
        return _swept(scene, meter, (sample, entry), DUE, LARGE_SIZES, store)


def growth(few: Swept, many: Swept) -> list[Figure]:
    """Return how many times more the larger table costs, beside the budget."""
    pairs = {
        "requests": (many.requests.total(), few.requests.total()),
        "items": (many.items, few.items),
        "units": (many.units.read + many.units.written, few.units.read + few.units.written),
    }
    return [
        Figure(
            name=f"{name} of {many.existing:,} to {few.existing:,}",
            value=ratio(*pair),
            unit="times",
            budget=MOST_GROWTH,
        )
        for name, pair in pairs.items()
    ]


def _swept(
    scene: Scene,
    meter: Meter,
    samples: tuple[Item, Item],
    due: int,
    sizes: Sequence[int],
    store: Callable[[Iterable[Item]], None],
) -> list[Swept]:
    """Sweep with so many connections; the due ones are the same and due each time."""
    (sample, other), found, existing = samples, list[Swept](), due
    for size in sizes:
        store(_copy(sample, number, 1) for number in range(due))
        store(_copy(other, number, _NEVER) for number in range(existing, size))
        existing = size
        meter.taken()
        queued = _sweep_up(scene, due)
        requests = meter.taken()
        assert queued == due, queued
        memory.forget_messages(scene.aws.names["RefreshesQueue"])
        found.append(
            Swept(
                existing=size,
                requests=counted(requests),
                items=sum(each.items for each in requests),
                units=units_of(requests),
            )
        )
    return found


def _sweep_up(scene: Scene, due: int) -> int:
    """Run the schedule until all is queued, and return how many messages there are."""
    waiting = 0
    for _ in range(MOST_SWEEPS):
        scene.sweep()
        waiting = scene.waiting("RefreshesQueue")
        if waiting >= due:
            break
    return waiting


def _sample(scene: Scene, meter: Meter) -> Item:
    """Return the state item of a connection that was connected, which is deleted."""
    scene.publish()
    scene.connect(1)
    table = scene.aws.names["Connections"]
    key: Any = {"pk": {"S": scene.customers[0].id}, "sk": {"S": "state"}}
    item = meter.dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True)["Item"]
    meter.dynamodb.delete_item(TableName=table, Key=key)
    # What starts with the first sweep is not of the sweep.
    scene.sweep()
    return item


def _store(scene: Scene, wanted: Iterable[Item]) -> None:
    table, client = scene.aws.names["Connections"], scene.aws.dynamodb
    for part in _parts(wanted):
        puts: Any = [{"PutRequest": {"Item": each}} for each in part]
        assert not client.batch_write_item(RequestItems={table: puts})["UnprocessedItems"]


def _store_many(url: str, table: str, wanted: Iterable[Item]) -> None:
    """Store items in a DynamoDB that checks no signature; AWS's client takes ten times as long."""
    connection = HTTPConnection(url.removeprefix("http://"))
    for part in _parts(wanted):
        puts = [{"PutRequest": {"Item": each}} for each in part]
        connection.request("POST", "/", json.dumps({"RequestItems": {table: puts}}), _UNSIGNED)
        answer = connection.getresponse()
        content = json.loads(answer.read())
        assert answer.status == HTTPStatus.OK, content
        assert not content["UnprocessedItems"]
    connection.close()


def _copy(item: Item, number: int, due_at: int) -> Item:
    """Return an item under a number of its own, due at that time."""
    identifier = f"con_{number:026}"
    return {
        **item,
        "pk": {"S": identifier},
        "dueShard": {"S": shard(ConnectionId(identifier))},
        "refreshAt": {"N": str(due_at + number)},
    }


def _parts(wanted: Iterable[Item]) -> Iterator[list[Item]]:
    remaining = iter(wanted)
    while part := list(islice(remaining, _LARGEST_WRITE)):
        yield part


@contextmanager
def _scene_at_large() -> Iterator[tuple[Scene, Meter, str]]:
    """Run the functions with their tables in a DynamoDB of its own, at a URL, and a meter."""
    with ExitStack() as held:
        environment = held.enter_context(credentials())
        aws = held.enter_context(aws_in_memory())
        url = held.enter_context(dynamodb_local())
        dynamodb = boto3.client("dynamodb", endpoint_url=url)
        aws = replace(aws, dynamodb=dynamodb, names={**aws.names, **create_tables(dynamodb)})
        environment.setenv("AWS_ENDPOINT_URL_DYNAMODB", url)
        provider = serve("localhost", 0)
        held.callback(provider.stop)
        meter = held.enter_context(metered(dynamodb, aws.names))
        yield held.enter_context(scene_of(aws, provider.url, environment)), meter, url
