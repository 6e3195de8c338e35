"""The refresher, as the functions that refresh compose it."""

from connections.adapters.authorization_server import HttpAuthorizationServer
from connections.adapters.aws import dynamodb_client, sqs_client
from connections.adapters.clock import SystemClock
from connections.adapters.connections_table import DynamoConnections
from connections.adapters.logs_table import DynamoLogbook
from connections.adapters.registrations_table import DynamoRegistrations
from connections.adapters.rescue_queue import SqsRescueQueue
from connections.adapters.revocation_queue import SqsRevocationQueue
from connections.adapters.states_table import DynamoStates
from connections.adapters.tokens_table import DynamoTokens
from connections.application.discover import Discoverer
from connections.application.refresh import Refresher
from connections.entrypoints.composition import sealer
from connections.entrypoints.settings import Hosts, Name, SealingSettings


class RefreshingSettings(SealingSettings):
    """What a function that refreshes is told."""

    development_hosts: Hosts
    connections_table: Name
    tokens_table: Name
    revocations_queue_url: Name
    rescues_queue_url: Name


def refresher(settings: RefreshingSettings) -> Refresher:
    """Compose the one part that spends refresh tokens."""
    client, clock = dynamodb_client(), SystemClock()
    servers = HttpAuthorizationServer(hosts=settings.development_hosts)
    return Refresher(
        connections=DynamoConnections(client, settings.connections_table, sealer()),
        states=DynamoStates(client, settings.connections_table),
        tokens=DynamoTokens(
            client, settings.tokens_table, sealer(), brief=dynamodb_client(brief=True)
        ),
        servers=servers,
        discoverer=Discoverer(servers=servers, hosts=settings.development_hosts, clock=clock),
        registrations=DynamoRegistrations(client, settings.connections_table),
        revocations=SqsRevocationQueue(sqs_client(), settings.revocations_queue_url, sealer()),
        rescues=SqsRescueQueue(sqs_client(brief=True), settings.rescues_queue_url, sealer()),
        logbook=DynamoLogbook(client, settings.connections_table),
        clock=clock,
    )
