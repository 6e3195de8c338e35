"""The deleting function: removes connections, instances and customers that the queue names.

It hands tokens over as they are sealed: it can open none.
"""

import os
from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from connections.adapters.aws import dynamodb_client, sqs_client
from connections.adapters.clock import SystemClock
from connections.adapters.connection_remains import DynamoConnectionRemains
from connections.adapters.customer_remains import DynamoCustomerRemains
from connections.adapters.deletions_queue import SqsDeletions, parse_deletion_message
from connections.adapters.marked_instances import DynamoMarkedInstances
from connections.adapters.revocation_queue import SqsSealedRevocations
from connections.adapters.tokens_table import DynamoSealedTokens
from connections.application.delete_connection import ConnectionDeleter
from connections.application.delete_customer import CustomerDeleter
from connections.application.delete_instance import InstanceDeleter
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the function works with."""

    connections: ConnectionDeleter
    instances: InstanceDeleter
    customers: CustomerDeleter


@cache
def services() -> Services:
    """Compose the function from its environment."""
    settings = DeletingSettings.read(os.environ)
    dynamodb, sqs, clock = dynamodb_client(), sqs_client(), SystemClock()
    table, definitions = settings.connections_table, settings.definitions_table
    remains = DynamoCustomerRemains(dynamodb, table, definitions)
    deletions = SqsDeletions(sqs, settings.deletions_queue_url)
    connections = ConnectionDeleter(
        remains=DynamoConnectionRemains(dynamodb, table, definitions),
        tokens=DynamoSealedTokens(dynamodb, settings.tokens_table),
        revocations=SqsSealedRevocations(sqs, settings.revocations_queue_url),
        clock=clock,
    )
    instances = InstanceDeleter(
        instances=DynamoMarkedInstances(dynamodb, definitions),
        connections=connections,
        deletions=deletions,
    )
    customers = CustomerDeleter(
        customers=remains,
        remains=remains,
        connections=connections,
        instances=instances,
        deletions=deletions,
        clock=clock,
    )
    return Services(connections=connections, instances=instances, customers=customers)


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Do a pass over whatever each message of a batch names."""

    def work(body: str) -> None:
        message = parse_deletion_message(body)
        if message.connection_id is not None:
            services().connections.delete(message.connection_id)
        if message.instance_id is not None:
            services().instances.delete(message.instance_id, invocation(context))
        if message.customer_id is not None:
            services().customers.delete(message.customer_id, invocation(context))

    return process_batch(event, context, work)
