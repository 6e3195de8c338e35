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
from connections.adapters.definitions_table import DynamoApiKeys
from connections.adapters.tokens_table import DynamoReadings
from connections.application.create_api_key import ApiKeyring
from connections.application.disconnect import Disconnecter
from connections.application.read_credentials import CredentialsReader
from connections.application.refresh_now import RefreshNow
from connections.domain.connection import Status
from connections.domain.identifiers import ConnectionId
from connections.entrypoints.bodies import Disconnected, ReadConnection, ReadCredentials
from connections.entrypoints.composition import sealer
from connections.entrypoints.http import API_KEY, answer, new_router, resolver
from connections.entrypoints.identity import Identifier
from connections.entrypoints.invocations import invocation
from connections.entrypoints.refreshing import RefreshingSettings, refresher
from connections.entrypoints.settings import Name

router = new_router()
ConnectionPath = Annotated[str, Path(alias="connection", min_length=1, max_length=100)]


class CredentialsSettings(RefreshingSettings):
    """What the function is told."""

    definitions_table: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the routes call."""

    reader: CredentialsReader
    refresh_now: RefreshNow
    disconnecter: Disconnecter
    identifier: Identifier


@cache
def services() -> Services:
    """Compose the function from its environment."""
    settings = CredentialsSettings.read(os.environ)
    client, clock = dynamodb_client(), SystemClock()
    connections = DynamoConnections(client, settings.connections_table, sealer())
    refreshing = refresher(settings)
    readings = DynamoReadings(client, settings.connections_table, settings.tokens_table, sealer())
    keys = DynamoApiKeys(client, settings.definitions_table)
    return Services(
        reader=CredentialsReader(readings=readings, refresher=refreshing, clock=clock),
        refresh_now=RefreshNow(connections=connections, refresher=refreshing, clock=clock),
        disconnecter=Disconnecter(
            connections=connections,
            states=refreshing.states,
            tokens=refreshing.tokens,
            revocations=refreshing.revocations,
            logbook=refreshing.logbook,
            clock=clock,
        ),
        identifier=Identifier(ApiKeyring(keys=keys, clock=clock)),
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
    return ReadCredentials(
        key=credentials.key,
        fields=dict(credentials.fields),
        token=dict(credentials.token) if credentials.token is not None else None,
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
    return ReadConnection.of(*found)


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
    return answer(app, event, context, identifier=lambda: services().identifier)
