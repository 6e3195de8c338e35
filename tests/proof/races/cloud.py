"""AWS for the races: dynoxide is DynamoDB, moto on loopback is the rest; processes share both."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from local.aws import AwsServer
from tests.integration.aws import CREDENTIALS, TEMPLATE, Aws
from tests.proof.dynamodb_local import create_tables, dynamodb_local


@contextmanager
def running_cloud() -> Iterator[Aws]:
    """Run both until the block ends, with the template's tables, queues and key.

    The environment, which processes inherit, leads every client of AWS there.
    """
    moto = AwsServer()
    with dynamodb_local() as dynamodb, pytest.MonkeyPatch.context() as environment:
        places = {"AWS_ENDPOINT_URL": moto.url, "AWS_ENDPOINT_URL_DYNAMODB": dynamodb}
        for name, value in (CREDENTIALS | places).items():
            environment.setenv(name, value)
        moto.start()
        try:
            yield _made()
        finally:
            moto.stop()


def _made() -> Aws:
    clients: dict[str, Any] = {name: boto3.client(name) for name in ("dynamodb", "kms", "sqs")}
    queues = {
        name: clients["sqs"].create_queue(QueueName=name)["QueueUrl"]
        for name, resource in TEMPLATE["Resources"].items()
        if resource["Type"] == "AWS::SQS::Queue"
    }
    key_arn = clients["kms"].create_key()["KeyMetadata"]["Arn"]
    names = create_tables(clients["dynamodb"]) | queues
    return Aws(**clients, names=names, key_arn=key_arn)
