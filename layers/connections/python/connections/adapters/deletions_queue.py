"""The queue of customers to delete."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connections.adapters.aws import translated_errors
from connections.domain.identifiers import CustomerId

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True, slots=True)
class SqsDeletions:
    """Implements `Deletions`."""

    client: "SQSClient"
    url: str

    def send(self, customer_id: CustomerId, *, delay_seconds: int = 0) -> None:
        """Send a customer to be deleted."""
        body = json.dumps({"customerId": customer_id})
        with translated_errors():
            self.client.send_message(
                QueueUrl=self.url, MessageBody=body, DelaySeconds=delay_seconds
            )


def parse_deletion_message(body: str) -> CustomerId:
    """Return the customer that a deletion message names.

    Raises:
        ValueError, KeyError: it is no such message.
    """
    return CustomerId(json.loads(body)["customerId"])
