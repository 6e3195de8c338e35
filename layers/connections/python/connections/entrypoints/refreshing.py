"""The refresher, as the functions that refresh compose it."""

from connections.adapters.authorization_server import HttpAuthorizationServer
from connections.adapters.aws import dynamodb_client, sqs_client
from connections.adapters.clock import SystemClock
from connections.adapters.logs_table import DynamoLogbook
from connections.adapters.revocation_queue import SqsRevocationQueue
from connections.adapters.states_table import DynamoStates
from connections.adapters.tokens_table import DynamoTokens
from connections.application.refresh import Refresher
from connections.entrypoints.composition import sealer
from connections.entrypoints.settings import Hosts, Name, SealingSettings


class RefreshingSettings(SealingSettings):
    """What a function that refreshes is told."""

    development_hosts: Hosts
    connections_table: Name
    tokens_table: Name
    revocations_queue_url: Name


def refresher(settings: RefreshingSettings) -> Refresher:
    """Compose the one part that spends refresh tokens."""
    client = dynamodb_client()
    return Refresher(
        states=DynamoStates(client, settings.connections_table),
        tokens=DynamoTokens(client, settings.tokens_table, sealer()),
        servers=HttpAuthorizationServer(hosts=settings.development_hosts),
        revocations=SqsRevocationQueue(sqs_client(), settings.revocations_queue_url, sealer()),
        logbook=DynamoLogbook(client, settings.connections_table),
        clock=SystemClock(),
    )
