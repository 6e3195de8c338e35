"""A batch of messages: which are deleted, which come back, and how long it is waited for."""

import json
import time
from typing import Any, cast

import pytest

from local.blueprint import QueueBlueprint
from local.functions import Answer, Function
from local.queues import Drained, QueuePoller


class QueueDouble:
    """A queue that gives what it was told to, one list per call."""

    def __init__(self, *receipts: list[str]) -> None:
        self.receipts = list(receipts)
        self.deleted: list[str] = []

    def get_queue_url(self, **_: Any) -> dict[str, str]:
        return {"QueueUrl": "http://queue"}

    def receive_message(self, **_: Any) -> dict[str, Any]:
        ids = self.receipts.pop(0) if self.receipts else []
        return {
            "Messages": [
                {"MessageId": name, "ReceiptHandle": name, "Body": name, "MD5OfBody": ""}
                for name in ids
            ]
        }

    def delete_message(self, **arguments: Any) -> None:
        self.deleted.append(arguments["ReceiptHandle"])


class FunctionDouble:
    """A function that gives one answer and keeps its events."""

    def __init__(self, payload: Any, *, failed: bool = False) -> None:
        self.answer = Answer(request_id="1", payload=payload, failed=failed)
        self.batches: list[list[str]] = []

    def invoke(self, event: dict[str, Any]) -> Answer:
        self.batches.append([record["body"] for record in event["Records"]])
        return self.answer


def a_poller(
    queue: QueueDouble, function: FunctionDouble, *, reports: bool = True, size: int = 3
) -> QueuePoller:
    blueprint = QueueBlueprint(
        queue_arn="arn:aws:sqs:us-east-2:123456789012:queue",
        function="Function",
        batch_size=size,
        window=0,
        reports_failures=reports,
    )
    return QueuePoller(blueprint, cast("Any", queue), cast("Function", function), "us-east-2")


def failures(*ids: str | None) -> str:
    return json.dumps({"batchItemFailures": [{"itemIdentifier": each} for each in ids]})


@pytest.mark.parametrize(
    ("function", "reports", "deleted"),
    [
        (FunctionDouble("null"), True, ["a", "b", "c"]),
        (FunctionDouble(failures()), True, ["a", "b", "c"]),
        (FunctionDouble(failures("b")), True, ["a", "c"]),
        (FunctionDouble(failures("b")), False, ["a", "b", "c"]),
        # An id that is no message of the batch, or none at all, fails all of it.
        (FunctionDouble(failures("b", "x")), True, []),
        (FunctionDouble(failures(None)), True, []),
        (FunctionDouble({"errorMessage": "as asked"}, failed=True), True, []),
    ],
)
def test_what_succeeds_is_deleted(
    function: FunctionDouble, reports: bool, deleted: list[str]
) -> None:
    queue = QueueDouble(["a", "b", "c"])
    drained = a_poller(queue, function, reports=reports).take_batch(window=0)
    assert queue.deleted == deleted
    assert drained == Drained(batches=1, messages=3, failures=3 - len(deleted))


def test_an_empty_queue_invokes_nothing() -> None:
    function = FunctionDouble("null")
    assert a_poller(QueueDouble(), function).take_batch(window=9) == Drained()
    assert function.batches == []


def test_a_window_waits_for_more_until_the_batch_is_full() -> None:
    function = FunctionDouble("null")
    queue = QueueDouble(["a"], [], ["b"], [], ["c"], ["d"])
    a_poller(queue, function).take_batch(window=9)
    assert function.batches == [["a", "b", "c"]]


def test_a_window_ends() -> None:
    function = FunctionDouble("null")
    began = time.monotonic()
    a_poller(QueueDouble(["a"]), function).take_batch(window=1)
    assert 0.9 < time.monotonic() - began < 3
    assert function.batches == [["a"]]
