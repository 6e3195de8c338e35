"""The management function: components, connections and their logs. It cannot reach tokens."""

import os
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header, Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import StringConstraints

from connections import __version__
from connections.adapters.aws import dynamodb_client
from connections.adapters.clock import SystemClock
from connections.adapters.connections_table import DynamoConnections
from connections.adapters.definitions_table import DynamoApiKeys, DynamoComponents
from connections.adapters.flows_table import DynamoFlows
from connections.adapters.logs_table import DynamoLogbook
from connections.application.create_api_key import ApiKeyring
from connections.application.create_connection import ConnectionCreator, NewConnection
from connections.application.offer_authorization import AuthorizationOffers
from connections.application.publish_component import ComponentPublisher
from connections.application.report_use import UseReports
from connections.domain.errors import InvalidRequest, NotFound
from connections.domain.identifiers import ConnectionId
from connections.domain.regions import DEFAULT, REGIONS
from connections.entrypoints import pages
from connections.entrypoints.bodies import (
    CreateConnection,
    Health,
    LogPage,
    ReadAuthorization,
    ReadConnection,
    ReadLogEntry,
    Region,
    Regions,
    Report,
)
from connections.entrypoints.composition import sealer
from connections.entrypoints.http import API_KEY, answer, new_router, resolver
from connections.entrypoints.identity import Identifier
from connections.entrypoints.problems import KINDS
from connections.entrypoints.settings import Hosts, Name, SealingSettings
from connections_sdk.definitions import Component

router = new_router()
OPEN_ROUTES = frozenset(
    {"GET /health", "GET /regions", "GET /openapi.json", "GET /problems/{code}"}
)
ComponentKey = Annotated[str, Path(alias="component", min_length=1, max_length=100)]
ConnectionPath = Annotated[str, Path(alias="connection", min_length=1, max_length=100)]
IdempotencyKey = Annotated[
    Annotated[str, StringConstraints(min_length=8, max_length=200)] | None,
    Header(alias="Idempotency-Key", description="Determines the id of what is created."),
]


class ManagementSettings(SealingSettings):
    """What the function is told."""

    aws_region: Name
    public_url: Name
    callback_url: Name
    domain: Name
    development_hosts: Hosts
    definitions_table: Name
    connections_table: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the routes call."""

    settings: ManagementSettings
    components: ComponentPublisher
    connections: ConnectionCreator
    offers: AuthorizationOffers
    reports: UseReports
    logs: DynamoLogbook
    keyring: ApiKeyring
    identifier: Identifier


@cache
def services() -> Services:
    """Compose the function from its environment."""
    settings = ManagementSettings.read(os.environ)
    client, clock = dynamodb_client(), SystemClock()
    components = DynamoComponents(client, settings.definitions_table)
    connections = DynamoConnections(client, settings.connections_table, sealer())
    logbook = DynamoLogbook(client, settings.connections_table)
    keyring = ApiKeyring(keys=DynamoApiKeys(client, settings.definitions_table), clock=clock)
    return Services(
        settings=settings,
        components=ComponentPublisher(components, settings.development_hosts),
        connections=ConnectionCreator(
            components=components,
            connections=connections,
            logbook=logbook,
            clock=clock,
            hosts=settings.development_hosts,
        ),
        offers=AuthorizationOffers(
            connections=connections,
            flows=DynamoFlows(client, settings.connections_table, sealer()),
            clock=clock,
        ),
        reports=UseReports(connections=connections, clock=clock),
        logs=logbook,
        keyring=keyring,
        identifier=Identifier(keyring),
    )


@router.get("/health", summary="Tell that the service answers", tags=["Around"])
def health() -> Health:
    """Open to everybody."""
    return Health(status="ok", region=services().settings.aws_region, version=__version__)


@router.get("/regions", summary="List the regions and their callback URLs", tags=["Around"])
def regions() -> Regions:
    """The callback URL is the redirect URI to register with authorization servers."""
    settings = services().settings
    listed = []
    for region in REGIONS:
        current = region.region == settings.aws_region
        url = settings.public_url if current else region.url(settings.domain)
        listed.append(
            Region(
                region=region.region,
                name=region.name,
                default=region.region == DEFAULT,
                callback_url=settings.callback_url if current else f"{url}/callback",
                api_url=url,
            )
        )
    return Regions(current=settings.aws_region, regions=listed)


@router.get("/openapi.json", summary="Read this document", tags=["Around"])
def openapi() -> dict[str, Any]:
    """Generated from the routes of all functions."""
    # Imported here: it brings in every function's routes, which no other request needs.
    from connections.entrypoints.openapi import document  # noqa: PLC0415

    return document()


@router.get(
    "/problems/<code>",
    summary="Read what a problem's code means",
    tags=["Around"],
    responses=pages.ANSWERS,
)
def problem(code: Annotated[str, Path(max_length=100)]) -> Response[str]:
    """Return a page: every problem document's `type` leads to one."""
    kind = KINDS.get(code)
    if kind is None:
        raise NotFound("There is no problem of this code.")
    return pages.response(pages.plain(kind.title, kind.remedy))


@router.get(
    "/components/<component>", summary="Read a component", tags=["Definitions"], security=API_KEY
)
def read_component(component: ComponentKey) -> Component:
    """Return the component as it was published."""
    return services().components.read(component)


@router.put(
    "/components/<component>",
    summary="Publish or replace a component",
    tags=["Definitions"],
    security=API_KEY,
)
def publish_component(component: ComponentKey, document: Component) -> Component:
    """Connections that were made before keep the definition they were made from."""
    return services().components.publish(component, document)


@router.post(
    "/connections",
    summary="Create a connection",
    tags=["Connections"],
    security=API_KEY,
    status_code=201,
)
def create_connection(
    wanted: CreateConnection, idempotency_key: IdempotencyKey = None
) -> ReadConnection:
    """Make a connection of a published component from its definition and values."""
    values = wanted.connection.model_dump(mode="json", by_alias=True)["values"]
    new = NewConnection(
        component=wanted.connection.component,
        key=wanted.connection.key,
        values=values,
        name=wanted.name,
    )
    return ReadConnection.of(*services().connections.create(new, idempotency_key))


@router.get(
    "/connections/<connection>", summary="Read a connection", tags=["Connections"], security=API_KEY
)
def read_connection(connection: ConnectionPath) -> ReadConnection:
    """Status, light and values; secrets only as set."""
    return ReadConnection.of(*services().connections.read(ConnectionId(connection)))


@router.get(
    "/connections/<connection>/logs",
    summary="Read a connection's log",
    tags=["Connections"],
    security=API_KEY,
)
def list_logs(
    connection: ConnectionPath,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> LogPage:
    """Newest first; what went wrong stands there in words that say what to do."""
    identifier = services().connections.exists(ConnectionId(connection))
    entries, following = services().logs.page(identifier, limit=limit, cursor=cursor)
    return LogPage(items=[ReadLogEntry.of(each) for each in entries], next_cursor=following)


@router.post(
    "/connections/<connection>/authorizations",
    summary="Create a link under which the customer can CONNECT",
    tags=["Connections"],
    security=API_KEY,
    status_code=201,
)
def create_authorization(connection: ConnectionPath) -> ReadAuthorization:
    """Send a browser to `url` within the hour."""
    if router.current_event.body not in {None, "", "{}"}:
        raise InvalidRequest("An authorization takes no options: send no body.")
    authorization = services().offers.offer(ConnectionId(connection))
    url = f"{services().settings.public_url}/authorize?authorization={authorization.id}"
    return ReadAuthorization(id=authorization.id, url=url, expires_at=authorization.expires_at)


@router.post(
    "/connections/<connection>/reports",
    summary="Report what an execution saw",
    tags=["Connections"],
    security=API_KEY,
    status_code=204,
)
def report_use(connection: ConnectionPath, report: Report) -> Response[None]:
    """The light follows: green after a success, red after a connection error."""
    services().reports.report(ConnectionId(connection), report.outcome)
    return Response(status_code=204)


app = resolver(router)


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an HTTP request, or make an API key for whoever may invoke the function by IAM.

    No request over HTTP has a top-level `createApiKey`: API Gateway makes those events.
    """
    if "createApiKey" in event:
        made = services().keyring.create(str(event["createApiKey"]["name"]))
        return {"id": made.id, "key": made.key}
    return answer(
        app,
        event,
        context,
        identifier=lambda: services().identifier,
        open_routes=OPEN_ROUTES,
    )
