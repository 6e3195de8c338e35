"""The queue of connections to refresh."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import translated_errors
from connections.domain.errors import Unavailable
from connections.domain.identifiers import ConnectionId, GrantId, RegistrationId
from connections.domain.refresh import Cause, Need, Wish

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

LARGEST_BATCH = 10


@dataclass(frozen=True, slots=True)
class SqsRefreshQueue:
    """Implements `RefreshQueue`."""

    client: "SQSClient"
    url: str

    def send(self, wishes: Sequence[Wish]) -> None:
        """Send one message a wish, ten in a request."""
        for start in range(0, len(wishes), LARGEST_BATCH):
            batch = wishes[start : start + LARGEST_BATCH]
            with translated_errors():
                answer = self.client.send_message_batch(
                    QueueUrl=self.url,
                    Entries=[
                        {"Id": str(index), "MessageBody": wish_message(each)}
                        for index, each in enumerate(batch)
                    ],
                )
            if answer.get("Failed"):
                # What was not queued is still due in the next minute.
                raise Unavailable("The refresh queue refused messages.")

    def waiting(self) -> int:
        """Return about how many messages wait there: SQS counts some seconds late."""
        with translated_errors():
            answer = self.client.get_queue_attributes(
                QueueUrl=self.url, AttributeNames=["ApproximateNumberOfMessages"]
            )
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def wish_message(wish: Wish) -> str:
    """Return the message that tells a wish; whoever has a `minTtl` waits for no queue."""
    told: dict[str, Any] = {
        "connectionId": wish.connection_id,
        "cause": wish.need.cause.value,
        "since": wish.need.since.isoformat(),
    }
    if wish.need.seen is not None:
        told["grantId"], told["generation"] = wish.need.seen
    if wish.registration is not None:
        told["registration"] = wish.registration
    return json.dumps(told)


def parse_wish(body: str) -> Wish:
    """Return the wish that a message tells.

    Raises:
        ValueError, KeyError, TypeError: it is no such message.
    """
    told = json.loads(body)
    connection_id, since = told["connectionId"], datetime.fromisoformat(told["since"])
    seen = None
    if "generation" in told:
        grant = told["grantId"]
        seen = (None if grant is None else GrantId(grant), int(told["generation"]))
    registration = told.get("registration")
    return Wish(
        connection_id=ConnectionId(connection_id),
        need=Need(cause=Cause(told["cause"]), since=since, seen=seen),
        registration=None if registration is None else RegistrationId(registration),
    )
