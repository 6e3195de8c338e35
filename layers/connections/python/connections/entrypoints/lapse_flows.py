"""The lapsing function: says in connections' logs that nobody came back from a consent."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from connections.adapters.authorizations_table import DynamoAuthorizations
from connections.adapters.aws import dynamodb_client
from connections.adapters.clock import SystemClock
from connections.adapters.lapse_queue import parse_lapse_message
from connections.adapters.logs_table import DynamoLogbook
from connections.application.lapse_flow import FlowLapses
from connections.entrypoints.batches import process_batch
from connections.entrypoints.settings import Name, Settings


class LapsingSettings(Settings):
    """What the function is told."""

    connections_table: Name


@cache
def services() -> FlowLapses:
    """Compose the function from its environment."""
    settings = LapsingSettings.read(os.environ)
    client = dynamodb_client()
    return FlowLapses(
        flows=DynamoAuthorizations(client, settings.connections_table),
        logbook=DynamoLogbook(client, settings.connections_table),
        clock=SystemClock(),
    )


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Look at a batch of flows whose time is over."""

    def work(body: str) -> None:
        services().lapse(parse_lapse_message(body))

    return process_batch(event, context, work)
