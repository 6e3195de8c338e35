"""What a month costs: a million connections that are refreshed every hour."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from tests.performance import prices
from tests.performance.capacity import READ_BYTES
from tests.performance.figures import Figure
from tests.performance.handler_times import Times
from tests.performance.refreshing import Steady
from tests.performance.scene import BATCH, SCHEDULE, WORKER

CONNECTIONS = 1_000_000
HOURS = 730
"""Of a month: as many refreshes of each connection."""
BUDGET_CENTS = 1
"""A connection and month."""

WHOLE_PROCESSOR_MB = 1769
"""Of Lambda's memory, with which a function has one processor."""
ANSWER_SECONDS = 0.3
"""What a large provider takes for a token response."""
DYNAMODB_SECONDS = 0.005
QUEUE_SECONDS = 0.012
"""Of one SendMessageBatch, our part included: what the schedule does all the time."""
PLATFORM_LOG_BYTES = 700
"""What Lambda itself logs of an invocation: its start and its report."""
OUTBOUND_BYTES = 2_500
"""Of a refresh to a provider on the internet: a TLS handshake, headers, the form."""
TRACED = 0.05
"""X-Ray's share, after the first of each second."""
SQS_CHUNK = 64 * 1024
_SCHEDULES = HOURS * 60
_PURPOSES = 2
_VALUES = 8
"""Of a metric's dimension, each of which is a metric of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """A part of the bill, in dollars a month."""

    name: str
    amount: float
    """How many of the priced unit."""
    unit: str
    price: float

    @property
    def dollars(self) -> float:
        """What it comes to."""
        return self.amount * self.price

    def row(self) -> tuple[str, ...]:
        """Return its line of a table."""
        cents = f"{self.dollars / CONNECTIONS * 100:.4f}"
        return self.name, f"{self.amount:,.0f} {self.unit}", f"{self.dollars:,.2f}", cents


HEADINGS = ("part", "amount a month", "dollars", "cents a connection")


def bill(steady: Steady, times: Times, template: Mapping[str, Any]) -> list[Cost]:
    """Return the parts of a month's bill, the dearest first."""
    parts = [
        *_storage(steady),
        *_compute(steady, times, template),
        *_messages(steady),
        *_watching(template),
    ]
    return sorted(parts, key=lambda each: -each.dollars)


def total(parts: list[Cost]) -> Figure:
    """Return what a connection costs in a month, beside the budget."""
    dollars = sum(each.dollars for each in parts)
    return Figure(
        name=f"a connection and month, of ${dollars:,.0f} in all",
        value=dollars / CONNECTIONS * 100,
        unit="cents",
        budget=BUDGET_CENTS,
    )


def refreshes() -> int:
    """Return how many there are in a month."""
    return CONNECTIONS * HOURS


def batch_seconds(times: Times, memory_mb: int) -> float:
    """Return how long the worker takes for a batch.

    It waits for providers as often as was measured, and for DynamoDB four times meanwhile; our CPU
    time is stretched by the share of a processor that the memory gives.
    """
    waited = max(1.0, times.answers_waited) * (ANSWER_SECONDS + 4 * DYNAMODB_SECONDS)
    return waited + BATCH * times.refresh_cpu * max(1.0, WHOLE_PROCESSOR_MB / memory_mb)


def _storage(steady: Steady) -> list[Cost]:
    batches, gigabytes = refreshes() / BATCH, CONNECTIONS * steady.stored_bytes / prices.GB
    # Nobody waits for what the index tells: it is read eventually consistently.
    swept = refreshes() * steady.due_entry_bytes / READ_BYTES / 2
    read = batches * steady.units.read + swept
    return [
        Cost(
            name="DynamoDB writes",
            amount=batches * steady.units.written,
            unit="WRU",
            price=prices.WRITE_UNIT,
        ),
        Cost(name="DynamoDB reads", amount=read, unit="RRU", price=prices.READ_UNIT),
        Cost(
            name="DynamoDB storage",
            amount=gigabytes,
            unit="GB",
            price=prices.STORED_GB_MONTH,
        ),
        Cost(
            name="point-in-time recovery",
            amount=gigabytes,
            unit="GB",
            price=prices.RECOVERABLE_GB_MONTH,
        ),
    ]


def _compute(steady: Steady, times: Times, template: Mapping[str, Any]) -> list[Cost]:
    batches = refreshes() / BATCH
    worker_mb, schedule_mb = memory_of(WORKER, template), memory_of(SCHEDULE, template)
    seconds = batch_seconds(times, worker_mb)
    environments = ceil(batches * seconds / HOURS / 3600)
    scheduled = batches * QUEUE_SECONDS
    gigabyte_seconds = (batches * seconds * worker_mb + scheduled * schedule_mb) / 1024
    return [
        Cost(
            name=f"Lambda, {environments} workers at once, {seconds:.2f} s a batch",
            amount=gigabyte_seconds,
            unit="GB-s",
            price=prices.LAMBDA_GB_SECOND,
        ),
        Cost(
            name="Lambda requests",
            amount=batches + _SCHEDULES,
            unit="requests",
            price=prices.LAMBDA_REQUEST,
        ),
        Cost(
            name="data to providers",
            amount=refreshes() * OUTBOUND_BYTES / prices.GB,
            unit="GB",
            price=prices.OUTBOUND_GB,
        ),
        Cost(name="KMS key", amount=1, unit="key", price=prices.KMS_KEY_MONTH),
        # A branch key is remembered for an hour by each execution environment.
        Cost(
            name="KMS requests",
            amount=environments * HOURS * _PURPOSES,
            unit="requests",
            price=prices.KMS_REQUEST,
        ),
    ]


def _messages(steady: Steady) -> list[Cost]:
    # A batch is sent, received and deleted.
    requests = 3 * ceil(steady.message_bytes / SQS_CHUNK) * refreshes() / BATCH
    return [
        Cost(name="SQS requests", amount=requests, unit="requests", price=prices.SQS_REQUEST)
    ] + [
        Cost(name=name, amount=amount, unit="GB", price=price)
        for name, amount, price in _logs(steady)
    ]


def _logs(steady: Steady) -> list[tuple[str, float, float]]:
    gigabytes = (steady.log_bytes + PLATFORM_LOG_BYTES) * refreshes() / BATCH / prices.GB
    return [
        ("logs taken in", gigabytes, prices.LOG_GB),
        ("logs kept for 90 days", gigabytes * 3, prices.LOG_GB_MONTH),
    ]


def _watching(template: Mapping[str, Any]) -> list[Cost]:
    resources = template["Resources"].values()
    kinds = Counter(each["Type"] for each in resources)
    traces = (refreshes() / BATCH + _SCHEDULES) * TRACED + HOURS * 3600
    amounts = {
        "alarms": (kinds["AWS::CloudWatch::Alarm"], prices.ALARM_MONTH),
        "metrics": (sum(map(_metrics, resources)), prices.METRIC_MONTH),
        "dashboards": (kinds["AWS::CloudWatch::Dashboard"], prices.DASHBOARD_MONTH),
        "traces": (traces, prices.TRACE),
    }
    return [
        Cost(name=name, amount=amount, unit=name, price=price)
        for name, (amount, price) in amounts.items()
    ]


def _metrics(resource: Mapping[str, Any]) -> int:
    """Return how many metrics a resource makes of log lines."""
    if resource["Type"] != "AWS::Logs::MetricFilter":
        return 0
    transformations = resource["Properties"]["MetricTransformations"]
    return sum(_VALUES if "Dimensions" in each else 1 for each in transformations)


def memory_of(function: str, template: Mapping[str, Any]) -> int:
    """Return a function's memory in MB."""
    properties = template["Resources"][function]["Properties"]
    return int(properties.get("MemorySize") or template["Globals"]["Function"]["MemorySize"])
