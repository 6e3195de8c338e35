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
from connections.adapters.tokens_table import DynamoReadings, DynamoSealedTokens
from connections.application.disconnect import Disconnecter
from connections.application.read_credentials import CredentialsReader
from connections.application.refresh_now import RefreshNow
from connections.domain.connection import Status
from connections.domain.identifiers import ConnectionId
from connections.entrypoints.bodies import Disconnected, ReadCredentials
from connections.entrypoints.composition import DoorSettings, doors, sealer
from connections.entrypoints.connection_bodies import ReadConnection
from connections.entrypoints.doors import Doors, source_ip
from connections.entrypoints.http import API_KEY, answer, caller_of, new_router, resolver
from connections.entrypoints.invocations import invocation
from connections.entrypoints.logs import logger
from connections.entrypoints.refreshing import RefreshingSettings, refresher

router = new_router()
ConnectionPath = Annotated[str, Path(alias="connection", min_length=1, max_length=100)]


class CredentialsSettings(RefreshingSettings, DoorSettings):
    """What the function is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the routes call."""

    reader: CredentialsReader
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
    readings = DynamoReadings(client, settings.connections_table, settings.tokens_table, sealer())
    return Services(
        reader=CredentialsReader(readings=readings, refresher=refreshing, clock=clock),
        refresh_now=RefreshNow(connections=connections, refresher=refreshing, clock=clock),
        disconnecter=Disconnecter(
            connections=connections,
            states=refreshing.states,
            tokens=refreshing.tokens,
            sealed_tokens=DynamoSealedTokens(client, settings.tokens_table),
            revocations=refreshing.revocations,
            logbook=refreshing.logbook,
            clock=clock,
        ),
        doors=doors(settings, connections),
    )


@router.get(
    "/connections/<connection>/credentials",
    summary="Read live credentials",
    tags=["Connections"],
    security=API_KEY,
)
def read_credentials(
    connection: ConnectionPath,
    min_ttl: Annotated[int, Query(alias="minTtl", ge=0, le=86400)] = 60,
) -> ReadCredentials:
    """What an integration's code receives; refreshed first if it would end within `minTtl`."""
    credentials = services().reader.read(
        ConnectionId(connection), timedelta(seconds=min_ttl), invocation(router.lambda_context)
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
        key=credentials.key,
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
    found = services().refresh_now.refresh(
        ConnectionId(connection), invocation(router.lambda_context)
    )
    return ReadConnection.of(*found, caller_of(router))


@router.post(
    "/connections/<connection>/disconnect",
    summary="Disconnect",
    tags=["Connections"],
    security=API_KEY,
    status_code=202,
)
def disconnect(connection: ConnectionPath) -> Disconnected:
    """Delete the tokens here and have them revoked at the provider."""
    revocation = services().disconnecter.disconnect(ConnectionId(connection))
    return Disconnected(status=Status.PENDING, revocation=revocation)


app = resolver(router)


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an HTTP request."""
    return answer(app, event, context, lambda: services().doors)
