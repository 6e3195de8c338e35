"""What a refresh through the worker asks of AWS in steady state, counted."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tests.performance.capacity import Item, Units, item_bytes
from tests.performance.figures import Figure
from tests.performance.metering import Meter, counted, units_of
from tests.performance.scene import ACCESS_TOKEN_BYTES, BATCH, Scene, scene_in_memory

REQUESTS_BUDGET = 4
"""A refresh: claim, look, commit, state."""
BATCH_BUDGET = 1
"""More for all of a batch: the registrations are read together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steady:
    """A batch of one registration that is refreshed as usual, and what is kept of a connection."""

    token_bytes: int
    requests: Counter[str]
    """Of the worker for the whole batch."""
    units: Units
    log_lines: list[str]
    message_bytes: int
    stored_bytes: float
    """What a connection takes in all tables and indexes, with what its consent left."""
    due_entry_bytes: int
    """What the schedule reads of a connection that is due."""

    def figures(self) -> list[Figure]:
        """Return them beside their budgets."""
        dynamodb = sum(n for name, n in self.requests.items() if name.startswith("dynamodb "))
        others = self.requests.total() - dynamodb
        lines = len(self.log_lines) / BATCH
        return [
            Figure(
                name="DynamoDB requests a refresh",
                value=dynamodb / BATCH,
                unit="",
                budget=REQUESTS_BUDGET + BATCH_BUDGET / BATCH,
            ),
            *(
                Figure(name=f"  {name}", value=count / BATCH, unit="")
                for name, count in sorted(self.requests.items())
            ),
            Figure(name="KMS and SQS requests a refresh", value=others / BATCH, unit="", budget=0),
            Figure(name="write units a refresh", value=self.units.written / BATCH, unit="WRU"),
            Figure(name="read units a refresh", value=self.units.read / BATCH, unit="RRU"),
            Figure(name="log lines a refresh", value=lines, unit="lines"),
            Figure(name="log bytes a refresh", value=self.log_bytes / BATCH, unit="bytes"),
            Figure(name="stored bytes a connection", value=self.stored_bytes, unit="bytes"),
        ]

    @property
    def log_bytes(self) -> int:
        """What the worker logs for the batch."""
        return sum(len(line.encode()) for line in self.log_lines)


def steady(token_bytes: int = ACCESS_TOKEN_BYTES) -> Steady:
    """Refresh connections twice and look at the second time."""
    with scene_in_memory() as (scene, meter):
        scene.publish(token_bytes=token_bytes)
        scene.connect(BATCH)
        return counted_in(scene, meter, token_bytes)


def counted_in(scene: Scene, meter: Meter, token_bytes: int) -> Steady:
    """Refresh the connections of a scene twice and look at the second time."""
    scene.refresh(scene.batch())
    batch = scene.batch()
    meter.taken()
    scene.logged()
    scene.refresh(batch)
    requests, lines = meter.taken(), scene.logged()
    tables = {name: meter.tables[scene.aws.names[name]] for name in ("Connections", "Tokens")}
    items = {name: scene.aws.items(name) for name in tables}
    stored = sum(tables[name].stored(each) for name in tables for each in items[name])
    entries = [tables["Connections"].indexes["due"].entry(each) for each in items["Connections"]]
    return Steady(
        token_bytes=token_bytes,
        requests=counted(requests),
        units=units_of(requests),
        log_lines=lines,
        message_bytes=sum(len(each["body"]) for each in batch["Records"]),
        stored_bytes=stored / len(scene.customers),
        due_entry_bytes=_largest(each for each in entries if each),
    )


def _largest(entries: Iterable[Item]) -> int:
    return max(map(item_bytes, entries))
