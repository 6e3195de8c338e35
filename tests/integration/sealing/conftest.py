"""What the adapters' own tests share: a sealer over AWS in memory, and the line to it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from connections.adapters.aws import dynamodb_client, kms_client, sqs_client
from connections.adapters.sealing import Sealer
from tests.integration.aws import Aws
from tests.integration.sealing.line import Line

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One function's clients and sealer, as it makes them, and the line to AWS."""

    aws: Aws
    dynamodb: "DynamoDBClient"
    kms: "KMSClient"
    sqs: "SQSClient"
    sealer: Sealer
    line: Line

    def table(self, name: str) -> str:
        """Return the physical name of a table."""
        return self.aws.names[name]


def start(aws: Aws) -> Service:
    """Return a function that has just started."""
    dynamodb, kms, sqs = dynamodb_client(), kms_client(), sqs_client()
    sealer = Sealer(dynamodb, kms, aws.names["BranchKeys"], aws.key_arn)
    line = Line.of(dynamodb, kms, sqs)
    return Service(aws=aws, dynamodb=dynamodb, kms=kms, sqs=sqs, sealer=sealer, line=line)


@pytest.fixture
def service(aws: Aws) -> Service:
    """A function that has just started, and there is no branch key yet."""
    aws.clear("BranchKeys")
    return start(aws)
