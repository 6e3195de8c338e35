"""The queue of token sets that could not be stored."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connections.adapters.aws import translated_errors
from connections.adapters.grant_items import grant_item, sealed_grant
from connections.adapters.sealed_messages import sealed_message
from connections.domain.grant import Grant

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from connections.adapters.sealing import Sealer


@dataclass(frozen=True, slots=True)
class SqsRescueQueue:
    """Implements `RescueQueue`: the successor travels sealed as it would have been stored."""

    client: "SQSClient"
    url: str
    sealer: "Sealer"

    def send(self, successor: Grant) -> None:
        """Send a grant at the generation that is to be stored."""
        message = sealed_message(sealed_grant(grant_item(successor, self.sealer)))
        with translated_errors():
            self.client.send_message(QueueUrl=self.url, MessageBody=json.dumps(message))

    def waiting(self) -> int:
        """Return about how many wait, those that are being dealt with among them."""
        with translated_errors():
            answer = self.client.get_queue_attributes(
                QueueUrl=self.url,
                AttributeNames=[
                    "ApproximateNumberOfMessages",
                    "ApproximateNumberOfMessagesNotVisible",
                ],
            )
        return sum(map(int, answer["Attributes"].values()))
