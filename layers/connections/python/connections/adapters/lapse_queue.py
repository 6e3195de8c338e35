"""The queue that brings flows back when their time is over."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connections.adapters.aws import translated_errors
from connections.domain.flow import LAPSED_AFTER

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True, slots=True)
class SqsLapseQueue:
    """Implements `LapseQueue`."""

    client: "SQSClient"
    url: str

    def send(self, state_digest: str) -> None:
        """Send a flow, to be looked at `LAPSED_AFTER` from now."""
        with translated_errors():
            self.client.send_message(
                QueueUrl=self.url,
                MessageBody=json.dumps({"stateDigest": state_digest}),
                DelaySeconds=int(LAPSED_AFTER.total_seconds()),
            )


def parse_lapse_message(body: str) -> str:
    """Return the digest of the state of the flow that a message names.

    Raises:
        ValueError, KeyError: it is no such message.
    """
    return str(json.loads(body)["stateDigest"])
