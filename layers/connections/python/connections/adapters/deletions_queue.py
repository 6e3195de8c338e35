"""The queue of what is to be deleted: customers, connections, instances."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connections.adapters.aws import translated_errors
from connections.domain.identifiers import ConnectionId, CustomerId, InstanceId

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True, slots=True)
class SqsDeletions:
    """Implements `Deletions`."""

    client: "SQSClient"
    url: str

    def send(self, customer_id: CustomerId, *, delay_seconds: int = 0) -> None:
        """Send a customer to be deleted."""
        self._send({"customerId": customer_id}, delay_seconds)

    def send_connection(self, connection_id: ConnectionId, *, delay_seconds: int = 0) -> None:
        """Send a connection to be deleted."""
        self._send({"connectionId": connection_id}, delay_seconds)

    def send_instance(self, instance_id: InstanceId, *, delay_seconds: int = 0) -> None:
        """Send an instance to be deleted."""
        self._send({"instanceId": instance_id}, delay_seconds)

    def _send(self, message: dict[str, str], delay_seconds: int) -> None:
        with translated_errors():
            self.client.send_message(
                QueueUrl=self.url, MessageBody=json.dumps(message), DelaySeconds=delay_seconds
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionMessage:
    """What is to be deleted: one of these."""

    customer_id: CustomerId | None = None
    connection_id: ConnectionId | None = None
    instance_id: InstanceId | None = None


def parse_deletion_message(body: str) -> DeletionMessage:
    """Return what a deletion message names.

    Raises:
        ValueError, KeyError: it is no such message.
    """
    message = json.loads(body)
    if "connectionId" in message:
        return DeletionMessage(connection_id=ConnectionId(message["connectionId"]))
    if "instanceId" in message:
        return DeletionMessage(instance_id=InstanceId(message["instanceId"]))
    return DeletionMessage(customer_id=CustomerId(message["customerId"]))
