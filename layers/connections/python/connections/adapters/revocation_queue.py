"""The queue of grants to revoke."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from connections.adapters.aws import translated_errors
from connections.adapters.grant_items import grant_item, sealed_grant
from connections.adapters.sealed_messages import sealed_message
from connections.domain.grant import Grant, SealedGrant

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from connections.adapters.sealing import Sealer


@dataclass(frozen=True, slots=True)
class SqsSealedRevocations:
    """Implements `SealedRevocations`: what is sealed as an item stays sealed as a message."""

    client: "SQSClient"
    url: str

    def hand_over(self, grant: SealedGrant) -> None:
        """Send a grant to be revoked."""
        self.send(grant, timedelta())

    def send(self, grant: SealedGrant, after: timedelta) -> None:
        """Send a grant to be revoked after at most 15 minutes."""
        with translated_errors():
            self.client.send_message(
                QueueUrl=self.url,
                MessageBody=json.dumps(sealed_message(grant)),
                DelaySeconds=round(after.total_seconds()),
            )


@dataclass(frozen=True, slots=True)
class SqsRevocationQueue:
    """Implements `RevocationQueue`: the grant travels sealed."""

    client: "SQSClient"
    url: str
    sealer: "Sealer"

    def send(self, grant: Grant, *, after: timedelta = timedelta()) -> None:
        """Send a grant to be revoked."""
        sealed = sealed_grant(grant_item(grant, self.sealer))
        SqsSealedRevocations(self.client, self.url).send(sealed, after)


@dataclass(frozen=True, slots=True)
class SqsPostponements:
    """Lets messages that were received come again later than the queue would have it."""

    client: "SQSClient"
    url: str

    def postpone(self, receipt_handle: str, delay: timedelta) -> None:
        """Let a message come again after so long, at most some hours from its receipt.

        Raises:
            Unavailable: it comes again when the queue's own visibility timeout is over.
        """
        with translated_errors():
            self.client.change_message_visibility(
                QueueUrl=self.url,
                ReceiptHandle=receipt_handle,
                VisibilityTimeout=round(delay.total_seconds()),
            )
