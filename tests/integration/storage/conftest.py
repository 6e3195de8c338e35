"""What the tests of storage share: the adapters as a function composes them."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from connections.adapters.connection_list import DynamoNewConnections
from connections.adapters.connections_table import DynamoConnections
from connections.adapters.flows_table import DynamoFlows
from connections.adapters.logs_table import DynamoLogbook
from connections.adapters.revocation_queue import SqsRevocationQueue
from connections.adapters.sealing import Sealer
from connections.adapters.states_table import DynamoStates
from connections.adapters.tokens_table import DynamoReadings, DynamoTokens
from tests.integration.aws import Aws


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """The adapters, and AWS below them."""

    aws: Aws
    sealer: Sealer
    new_connections: DynamoNewConnections
    connections: DynamoConnections
    states: DynamoStates
    tokens: DynamoTokens
    readings: DynamoReadings
    flows: DynamoFlows
    logbook: DynamoLogbook
    revocations: SqsRevocationQueue


def a_sealer(aws: Aws) -> Sealer:
    """Return a sealer that has cached nothing yet."""
    return Sealer(aws.dynamodb, aws.kms, aws.names["BranchKeys"], aws.key_arn)


@pytest.fixture
def adapters(aws: Aws) -> Adapters:
    sealer = a_sealer(aws)
    client, table = aws.dynamodb, aws.names["Connections"]
    return Adapters(
        aws=aws,
        sealer=sealer,
        new_connections=DynamoNewConnections(client, table, aws.names["Definitions"], sealer),
        connections=DynamoConnections(client, table, sealer),
        states=DynamoStates(client, table),
        tokens=DynamoTokens(client, aws.names["Tokens"], sealer),
        readings=DynamoReadings(client, table, aws.names["Tokens"], sealer),
        flows=DynamoFlows(client, table, sealer),
        logbook=DynamoLogbook(client, table),
        revocations=SqsRevocationQueue(aws.sqs, aws.names["RevocationsQueue"], sealer),
    )


@pytest.fixture
def requests(aws: Aws) -> Iterator[list[str]]:
    """The names of the requests that are made to AWS, in order."""
    made: list[str] = []

    def note(model: object, **_: object) -> None:
        made.append(str(getattr(model, "name", "")))

    clients = (aws.dynamodb, aws.kms, aws.sqs)
    for client in clients:
        client.meta.events.register("before-call", note)
    yield made
    for client in clients:
        client.meta.events.unregister("before-call", note)
