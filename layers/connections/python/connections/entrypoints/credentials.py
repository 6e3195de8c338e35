"""The credentials function: hands out live credentials, refreshes and ends one connection."""

import os
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from connections.adapters.aws import dynamodb_client
from connections.adapters.clock import SystemClock
from connections.adapters.connections_table import DynamoConnections
from connections.adapters.known_instances import DynamoHeldByUser, DynamoKnownInstances
from connections.adapters.settled_revocations import DynamoSettledRevocations
from connections.adapters.tokens_table import DynamoReadings, DynamoSealedTokens
from connections.application.disconnect import Disconnecter
from connections.application.find_held_connection import HeldConnectionFinder
from connections.application.read_credentials import CredentialsReader
from connections.application.refresh_now import RefreshNow
from connections.application.revoke import Revoker
from connections.domain.connection import Status
from connections.domain.identifiers import ConnectionId, InstanceId
from connections.entrypoints.bodies import Disconnected, ReadCredentials
from connections.entrypoints.composition import DoorSettings, connections_belong, doors, sealer
from connections.entrypoints.connection_bodies import ReadConnection
from connections.entrypoints.doors import Doors, source_ip
from connections.entrypoints.http import API_KEY, answer, caller_of, new_router, resolver
from connections.entrypoints.invocations import invocation
from connections.entrypoints.logs import logger
from connections.entrypoints.refreshing import RefreshingSettings, refresher
from connections_sdk.forms import VariableKey

router = new_router()
ConnectionPath = Annotated[str, Path(alias="connection", min_length=1, max_length=100)]
InstancePath = Annotated[str, Path(alias="instance", min_length=1, max_length=100)]
MinTtl = Annotated[int, Query(alias="minTtl", ge=0, le=86400)]


class CredentialsSettings(RefreshingSettings, DoorSettings):
    """What the function is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the routes call."""

    reader: CredentialsReader
    finder: HeldConnectionFinder
    refresh_now: RefreshNow
    disconnecter: Disconnecter
    doors: Doors


@cache
def services() -> Services:
    """Compose the function from its environment."""
    settings = CredentialsSettings.read(os.environ)
    client, clock = dynamodb_client(), SystemClock()
    connections = DynamoConnections(client, settings.connections_table, sealer())
    refreshing = refresher(settings)
    settlements = DynamoSettledRevocations(client, settings.connections_table)
    readings = DynamoReadings(client, settings.connections_table, settings.tokens_table, sealer())
    return Services(
        reader=CredentialsReader(readings=readings, refresher=refreshing, clock=clock),
        finder=HeldConnectionFinder(
            instances=DynamoKnownInstances(client, settings.definitions_table),
            users=DynamoHeldByUser(client, settings.definitions_table),
        ),
        refresh_now=RefreshNow(connections=connections, refresher=refreshing, clock=clock),
        disconnecter=Disconnecter(
            connections=connections,
            states=refreshing.states,
            tokens=refreshing.tokens,
            sealed_tokens=DynamoSealedTokens(client, settings.tokens_table),
            revocations=refreshing.revocations,
            revoker=Revoker(
                connections=connections,
                settlements=settlements,
                servers=refreshing.servers,
                logbook=refreshing.logbook,
                clock=clock,
            ),
            settlements=settlements,
            logbook=refreshing.logbook,
            clock=clock,
        ),
        doors=doors(settings, {"connection": connections_belong(connections)}),
    )


@router.get(
    "/connections/<connection>/credentials",
    summary="Read live credentials",
    tags=["Connections"],
    security=API_KEY,
)
def read_credentials(
    connection: ConnectionPath,
    min_ttl: MinTtl = 60,
) -> ReadCredentials:
    """What an integration's code receives; refreshed first if it would end within `minTtl`."""
    return _handed_out(ConnectionId(connection), min_ttl)


@router.get(
    "/instances/<instance>/credentials",
    summary="Read live credentials by the name of a config variable",
    tags=["Customers"],
    security=API_KEY,
)
def read_held_credentials(
    instance: InstancePath,
    config_variable: Annotated[VariableKey, Query(alias="configVariable")],
    user_id: Annotated[str | None, Query(alias="userId", min_length=1, max_length=200)] = None,
    min_ttl: MinTtl = 60,
) -> ReadCredentials:
    """The same by the name that code uses; `userId` where each user has a connection."""
    found = services().finder.find(InstanceId(instance), config_variable, user_id)
    return _handed_out(found, min_ttl)


def _handed_out(connection: ConnectionId, min_ttl: int) -> ReadCredentials:
    credentials = services().reader.read(
        connection, timedelta(seconds=min_ttl), invocation(router.lambda_context)
    )
    # Who read what, from where: the caller's id is on every line of this event's.
    logger.info(
        "credentials-read",
        extra={
            "connectionId": connection,
            "generation": credentials.generation,
            "sourceIp": source_ip(router.current_event.raw_event),
        },
    )
    return ReadCredentials(
        connection_id=connection,
        key=credentials.key,
        config_var_key=credentials.config_var_key,
        fields=dict(credentials.fields),
        token=dict(credentials.token) if credentials.token is not None else None,
        context=dict(credentials.context),
        generation=credentials.generation,
        expires_at=credentials.expires_at,
    )


@router.post(
    "/connections/<connection>/refresh",
    summary="Refresh now",
    tags=["Connections"],
    security=API_KEY,
)
def refresh(connection: ConnectionPath) -> ReadConnection:
    """Refresh once, joining a refresh that is under way, and return the connection."""
    caller = caller_of(router)
    found = services().refresh_now.refresh(
        ConnectionId(connection), caller, invocation(router.lambda_context)
    )
    return ReadConnection.of(*found, caller)


@router.post(
    "/connections/<connection>/disconnect",
    summary="Disconnect",
    tags=["Connections"],
    security=API_KEY,
    status_code=202,
)
def disconnect(connection: ConnectionPath) -> Disconnected:
    """Delete the tokens here and revoke them at the provider: at once, or by a queue for a day."""
    revocation = services().disconnecter.disconnect(
        ConnectionId(connection), invocation(router.lambda_context)
    )
    return Disconnected(status=Status.PENDING, revocation=revocation)


app = resolver(router)


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an HTTP request."""
    return answer(app, event, context, lambda: services().doors)
