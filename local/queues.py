"""Messages of a queue go to a function in batches, as an event source mapping does it."""

import json
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.blueprint import QueueBlueprint
from local.functions import Answer, Function

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef


# One call of ReceiveMessage gives at most this many.
_MOST_RECEIVED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Drained:
    """What taking messages from a queue came to."""

    batches: int = 0
    messages: int = 0
    failures: int = 0

    def __add__(self, other: "Drained") -> "Drained":
        return Drained(
            batches=self.batches + other.batches,
            messages=self.messages + other.messages,
            failures=self.failures + other.failures,
        )


class QueuePoller:
    """One event source mapping. `lock` is held from taking a batch to deleting what succeeded."""

    def __init__(
        self, blueprint: QueueBlueprint, sqs: "SQSClient", function: Function, region: str
    ) -> None:
        self.blueprint = blueprint
        self.lock = threading.Lock()
        self._sqs = sqs
        self._function = function
        self._region = region
        name = blueprint.queue_arn.rpartition(":")[2]
        self._url = sqs.get_queue_url(QueueName=name)["QueueUrl"]

    def take_batch(self, *, window: int) -> Drained:
        """Hand one batch of what is visible now to the function; the caller holds the lock.

        What fails stays in the queue and comes back after its visibility timeout.
        """
        messages = self._receive(window)
        if not messages:
            return Drained()
        records = [_record(message, self.blueprint, self._region) for message in messages]
        failed = self._failed(messages, self._function.invoke({"Records": records}))
        done = [message for message in messages if message["MessageId"] not in failed]
        for message in done:
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return Drained(batches=1, messages=len(messages), failures=len(messages) - len(done))

    def _receive(self, window: int) -> list["MessageTypeDef"]:
        messages: list[MessageTypeDef] = []
        until = time.monotonic() + window
        while (missing := self.blueprint.batch_size - len(messages)) > 0:
            received = self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=min(missing, _MOST_RECEIVED),
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=["All"],
            ).get("Messages", [])
            messages += received
            if not received:
                # The window opens with the first message.
                if not messages or time.monotonic() >= until:
                    break
                time.sleep(0.05)
        return messages

    def _failed(self, messages: list["MessageTypeDef"], answer: Answer) -> set[str]:
        """The ids of the messages that are to come back."""
        everything = {message["MessageId"] for message in messages}
        if answer.failed:
            return everything
        if not self.blueprint.reports_failures:
            return set()
        failures = (json.loads(answer.payload) or {}).get("batchItemFailures") or []
        failed = {failure.get("itemIdentifier") for failure in failures}
        # An id that is empty or unknown makes the whole batch come back.
        return failed if failed <= everything else everything


def _record(message: "MessageTypeDef", blueprint: QueueBlueprint, region: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes", {})),
        "messageAttributes": {
            name: {
                "dataType": attribute["DataType"],
                "stringListValues": [],
                "binaryListValues": [],
                **({"stringValue": attribute["StringValue"]} if "StringValue" in attribute else {}),
            }
            for name, attribute in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": blueprint.queue_arn,
        "awsRegion": region,
    }
