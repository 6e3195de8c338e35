"""Queues and the function behind them, in simulated time: batches of ten, ten at a time."""

from dataclasses import dataclass
from typing import Any

from tests.integration.aws import TEMPLATE
from tests.integration.entrypoints.calls import Functions
from tests.proof.outage.clock import SimulatedClock

CONSUMER = "RefreshConnectionsFunction"
BATCH = 10
WORKERS = 10
"""Invocations that run at the same time."""


@dataclass(frozen=True, slots=True)
class Consumption:
    """What event source mappings do with the queues of the refreshing function."""

    functions: Functions
    clock: SimulatedClock

    def drain(self) -> None:
        """Take messages until there are none; ten batches take the time of the slowest."""
        batches = 0
        for queue in ("RefreshesQueue", "RescuesQueue"):
            while messages := self._received(queue):
                self._consume(queue, messages)
                batches += 1
                if batches % WORKERS == 0:
                    self.clock.join()
        self.clock.join()

    def _received(self, queue: str) -> list[Any]:
        aws = self.functions.aws
        answer = aws.sqs.receive_message(
            QueueUrl=aws.names[queue],
            MaxNumberOfMessages=BATCH,
            MessageSystemAttributeNames=["All"],
        )
        return list(answer.get("Messages", []))

    def _consume(self, queue: str, messages: list[Any]) -> None:
        aws = self.functions.aws
        url = aws.names[queue]
        batch = {"Records": [_record(url, each) for each in messages]}
        with self.clock.beside():
            answered = self.functions.invoke(CONSUMER, batch, seconds=timeout_of(CONSUMER))
        # Whatever the provider does, the messages are done: what failed is due again.
        assert answered == {"batchItemFailures": []}
        done: list[Any] = [
            {"Id": str(number), "ReceiptHandle": each["ReceiptHandle"]}
            for number, each in enumerate(messages)
        ]
        aws.sqs.delete_message_batch(QueueUrl=url, Entries=done)


def timeout_of(function: str) -> float:
    """Return after how many seconds the platform ends an invocation of the function."""
    return float(TEMPLATE["Resources"][function]["Properties"]["Timeout"])


def _record(url: str, message: Any) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-2:123456789012:{url.rpartition('/')[2]}",
        "awsRegion": "us-east-2",
    }
