"""The deleting function: removes the customers that the queue names, with all they have.

It hands tokens over as they are sealed: it can open none.
"""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from connections.adapters.aws import dynamodb_client, sqs_client
from connections.adapters.clock import SystemClock
from connections.adapters.customer_remains import DynamoCustomerRemains
from connections.adapters.deletions_queue import SqsDeletions, parse_deletion_message
from connections.adapters.revocation_queue import SqsSealedRevocations
from connections.adapters.tokens_table import DynamoSealedTokens
from connections.application.delete_customer import CustomerDeleter
from connections.entrypoints.batches import process_batch
from connections.entrypoints.invocations import invocation
from connections.entrypoints.settings import Name, Settings


class DeletingSettings(Settings):
    """What the function is told."""

    definitions_table: Name
    connections_table: Name
    tokens_table: Name
    deletions_queue_url: Name
    revocations_queue_url: Name


@cache
def services() -> CustomerDeleter:
    """Compose the function from its environment."""
    settings = DeletingSettings.read(os.environ)
    dynamodb, sqs = dynamodb_client(), sqs_client()
    remains = DynamoCustomerRemains(
        dynamodb, settings.connections_table, settings.definitions_table
    )
    return CustomerDeleter(
        customers=remains,
        remains=remains,
        tokens=DynamoSealedTokens(dynamodb, settings.tokens_table),
        revocations=SqsSealedRevocations(sqs, settings.revocations_queue_url),
        deletions=SqsDeletions(sqs, settings.deletions_queue_url),
        clock=SystemClock(),
    )


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Do a pass over each customer of a batch."""

    def work(body: str) -> None:
        services().delete(parse_deletion_message(body), invocation(context))

    return process_batch(event, context, work)
