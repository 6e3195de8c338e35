"""The revoking function: ends at the authorization server what was ended here."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from connections.adapters.authorization_server import HttpAuthorizationServer
from connections.adapters.aws import dynamodb_client
from connections.adapters.clock import SystemClock
from connections.adapters.connections_table import DynamoConnections
from connections.adapters.logs_table import DynamoLogbook
from connections.adapters.revocation_queue import parse_revocation_message
from connections.application.revoke import Revoker
from connections.entrypoints.batches import process_batch
from connections.entrypoints.composition import sealer
from connections.entrypoints.invocations import invocation
from connections.entrypoints.settings import Hosts, Name, SealingSettings


class RevokingSettings(SealingSettings):
    """What the function is told."""

    development_hosts: Hosts
    connections_table: Name


@cache
def services() -> Revoker:
    """Compose the function from its environment."""
    settings = RevokingSettings.read(os.environ)
    client = dynamodb_client()
    return Revoker(
        connections=DynamoConnections(client, settings.connections_table, sealer()),
        servers=HttpAuthorizationServer(hosts=settings.development_hosts),
        logbook=DynamoLogbook(client, settings.connections_table),
        clock=SystemClock(),
    )


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Revoke a batch."""

    def work(body: str) -> None:
        services().revoke(parse_revocation_message(body, sealer()), invocation(context))

    return process_batch(event, context, work)
