"""The queue of connections to refresh."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from connections.adapters.aws import translated_errors
from connections.domain.errors import Unavailable
from connections.domain.identifiers import ConnectionId

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

LARGEST_BATCH = 10


@dataclass(frozen=True, slots=True)
class SqsRefreshQueue:
    """Implements `RefreshQueue`."""

    client: "SQSClient"
    url: str

    def send(self, connection_ids: Sequence[ConnectionId], since: datetime) -> None:
        """Send one message a connection, ten in a request."""
        for start in range(0, len(connection_ids), LARGEST_BATCH):
            batch = connection_ids[start : start + LARGEST_BATCH]
            with translated_errors():
                answer = self.client.send_message_batch(
                    QueueUrl=self.url,
                    Entries=[
                        {"Id": str(index), "MessageBody": refresh_message(each, since)}
                        for index, each in enumerate(batch)
                    ],
                )
            if answer.get("Failed"):
                # What was not queued is still due in the next minute.
                raise Unavailable("The refresh queue refused messages.")


def refresh_message(connection_id: ConnectionId, since: datetime) -> str:
    """Return the message that asks for a refresh."""
    return json.dumps({"connectionId": connection_id, "since": since.isoformat()})


def parse_refresh_message(body: str) -> tuple[ConnectionId, datetime]:
    """Return what a refresh message asks for.

    Raises:
        ValueError, KeyError: it is no such message.
    """
    message = json.loads(body)
    return ConnectionId(message["connectionId"]), datetime.fromisoformat(message["since"])
