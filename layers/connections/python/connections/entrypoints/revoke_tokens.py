"""The revoking function: ends at the authorization server what was ended here."""

import os
from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from connections.adapters.authorization_server import HttpAuthorizationServer
from connections.adapters.aws import dynamodb_client, sqs_client
from connections.adapters.clock import SystemClock
from connections.adapters.connections_table import DynamoConnections
from connections.adapters.logs_table import DynamoLogbook
from connections.adapters.revocation_queue import SqsPostponements
from connections.adapters.sealed_messages import parse_sealed_message
from connections.adapters.settled_revocations import DynamoSettledRevocations
from connections.application.revoke import DELAYS, TRIES, Revoker
from connections.domain.errors import Unavailable
from connections.entrypoints.batches import process_records
from connections.entrypoints.composition import sealer
from connections.entrypoints.invocations import invocation
from connections.entrypoints.settings import Hosts, Name, SealingSettings


class RevokingSettings(SealingSettings):
    """What the function is told."""

    development_hosts: Hosts
    connections_table: Name
    revocations_queue_url: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What a message needs."""

    revoker: Revoker
    postponements: SqsPostponements


@cache
def services() -> Services:
    """Compose the function from its environment."""
    settings = RevokingSettings.read(os.environ)
    client = dynamodb_client()
    return Services(
        revoker=Revoker(
            connections=DynamoConnections(client, settings.connections_table, sealer()),
            settlements=DynamoSettledRevocations(client, settings.connections_table),
            servers=HttpAuthorizationServer(hosts=settings.development_hosts),
            logbook=DynamoLogbook(client, settings.connections_table),
            clock=SystemClock(),
        ),
        postponements=SqsPostponements(sqs_client(), settings.revocations_queue_url),
    )


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Revoke a batch; what is not confirmed comes again, after a delay that grows."""

    def work(record: SQSRecord) -> None:
        grant = parse_sealed_message(record.body, sealer())
        tries = int(record.attributes.approximate_receive_count)
        last = tries >= TRIES
        try:
            services().revoker.revoke_queued(grant, invocation(context), last=last)
        except Unavailable:
            if not last:
                services().postponements.postpone(record.receipt_handle, DELAYS[tries - 1])
            raise

    return process_records(event, context, work)
