"""The queue of grants to revoke."""

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connections.adapters.aws import translated_errors
from connections.adapters.grant_items import grant_item, open_grant
from connections.adapters.sealing import Sealer
from connections.domain.grant import Grant

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True, slots=True)
class SqsRevocationQueue:
    """Implements `RevocationQueue`: the grant travels sealed."""

    client: "SQSClient"
    url: str
    sealer: Sealer

    def send(self, grant: Grant) -> None:
        """Send a grant to be revoked."""
        item = grant_item(grant, self.sealer)
        body = json.dumps({**item, "sealed": base64.b64encode(item["sealed"]).decode()})
        with translated_errors():
            self.client.send_message(QueueUrl=self.url, MessageBody=body)


def parse_revocation_message(body: str, sealer: Sealer) -> Grant:
    """Return the grant of a revocation message.

    Raises:
        ValueError, KeyError: it is no such message.
        SealBroken: it was sealed for another grant.
    """
    message = json.loads(body)
    return open_grant({**message, "sealed": base64.b64decode(message["sealed"])}, sealer)
