"""Connections: made, listed, read, offered to be authorized, and what executions say of them."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from connections.application.change_connection import WantedChange
from connections.application.create_connection import NewConnection
from connections.application.offer_authorization import MoreScopes
from connections.application.read_connections import Wanted
from connections.application.seen_connections import entry_told_to
from connections.domain.caller import Caller, CustomerUser, Organization
from connections.domain.connection import Light, Status
from connections.domain.errors import InvalidRequest, Problem
from connections.domain.identifiers import AuthorizationId, ConnectionId, InstanceId
from connections.entrypoints.access import owner_of_new, visible, within_reach
from connections.entrypoints.bodies import (
    AuthorizationState,
    CreateAuthorization,
    CreateConnection,
    DeletingConnection,
    LogPage,
    PatchConnection,
    ReadAuthorization,
    ReadLogEntry,
    Report,
)
from connections.entrypoints.connection_bodies import ReadConnection
from connections.entrypoints.http import API_KEY, caller_of, form_body, new_router
from connections.entrypoints.listed_connections import ConnectionPage, ListedConnection
from connections.entrypoints.management_services import services
from connections.entrypoints.parameters import (
    Cursor,
    CustomerIdText,
    IdempotencyKey,
    InstanceIdText,
    Limit,
)

router = new_router()
ConnectionPath = Annotated[str, Path(alias="connection", min_length=1, max_length=100)]
AuthorizationPath = Annotated[str, Path(alias="authorization", min_length=1, max_length=100)]


def same_caller(caller: Caller) -> str:
    """Return whose an Idempotency-Key is: the organization's, or one user's."""
    if isinstance(caller, Organization):
        return "organization"
    return f"{caller.customer_id}/{caller.user_id}"


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
    caller = caller_of(router)
    values = wanted.connection.model_dump(mode="json", by_alias=True)["values"]
    new = NewConnection(
        component=wanted.connection.component,
        key=wanted.connection.key,
        values=values,
        name=wanted.name,
        owner=owner_of_new(caller, wanted.customer_id),
        template=wanted.connection.template,
        redirects=wanted.oauth_redirects,
        shared_only=isinstance(caller, CustomerUser),
    )
    made = services().connections.create(new, idempotency_key, by=same_caller(caller))
    return ReadConnection.of(*made, caller)


@router.get("/connections", summary="List connections", tags=["Connections"], security=API_KEY)
def list_connections(
    customer_id: Annotated[CustomerIdText | None, Query(alias="customerId")] = None,
    instance_id: Annotated[InstanceIdText | None, Query(alias="instanceId")] = None,
    component: Annotated[str | None, Query(max_length=100)] = None,
    status: Annotated[Status | None, Query()] = None,
    light: Annotated[Light | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ConnectionPage:
    """Newest first. A page is filtered after it is cut: it may be short and have a next one."""
    caller = caller_of(router)
    wanted = Wanted(
        customer_id=within_reach(caller, customer_id),
        instance_id=InstanceId(instance_id) if instance_id is not None else None,
        component=component,
        status=status,
        light=light,
    )
    found, following = services().reader.page(
        wanted, lambda each: visible(caller, each.owner), limit=limit, cursor=cursor
    )
    return ConnectionPage(
        items=[ListedConnection.of(each, caller) for each in found], next_cursor=following
    )


@router.get(
    "/connections/<connection>", summary="Read a connection", tags=["Connections"], security=API_KEY
)
def read_connection(connection: ConnectionPath) -> ReadConnection:
    """Status, light and values; secrets only as set."""
    return ReadConnection.of(*services().reader.read(ConnectionId(connection)), caller_of(router))


@router.patch(
    "/connections/<connection>",
    summary="Change a connection's name or values",
    tags=["Connections"],
    security=API_KEY,
)
def patch_connection(connection: ConnectionPath, changes: PatchConnection) -> ReadConnection:
    """What is left out stays, null takes away. A grant goes on under the inputs it has.

    An instance's connection is changed at the instance.
    """
    caller = caller_of(router)
    entered = changes.connection.model_dump(mode="json") if changes.connection else {}
    wanted = WantedChange(
        name=changes.name,
        values=entered.get("values", {}),
        redirects=changes.changed_redirects,
        by_customer=isinstance(caller, CustomerUser),
    )
    changed = services().editor.change(ConnectionId(connection), wanted)
    return ReadConnection.of(*services().reader.seen(*changed), caller)


@router.delete(
    "/connections/<connection>",
    summary="Delete a connection",
    tags=["Connections"],
    security=API_KEY,
    status_code=202,
)
def delete_connection(connection: ConnectionPath) -> DeletingConnection:
    """It answers 404 from now on; its tokens are revoked, and everything of it is removed.

    An instance's connection is deleted with the instance.
    """
    services().editor.delete(ConnectionId(connection))
    return DeletingConnection(id=connection)


@router.get(
    "/connections/<connection>/logs",
    summary="Read a connection's log",
    tags=["Connections"],
    security=API_KEY,
)
def list_logs(
    connection: ConnectionPath,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> LogPage:
    """Newest first; what went wrong stands there in words that say what to do."""
    identifier = services().reader.exists(ConnectionId(connection))
    entries, following = services().logs.page(identifier, limit=limit, cursor=cursor)
    caller = caller_of(router)
    items = [ReadLogEntry.of(entry_told_to(caller, each)) for each in entries]
    return LogPage(items=items, next_cursor=following)


@router.post(
    "/connections/<connection>/authorizations",
    summary="Create a link under which the customer can CONNECT",
    tags=["Connections"],
    security=API_KEY,
    status_code=201,
)
def create_authorization(
    connection: ConnectionPath, wanted: CreateAuthorization | None = None
) -> ReadAuthorization:
    """Send a browser to `url` within the hour."""
    if not _left_out_or_object(router.current_event.raw_event):
        # NOTE: a list in the place of a body that may be left out is taken for none, or for its
        # first element.
        raise InvalidRequest("The body is wrong.", [Problem("#", "must be an object, or left out")])
    options = wanted or CreateAuthorization()
    offered = services().offers.offer(
        ConnectionId(connection),
        caller_of(router),
        return_url=options.return_url,
        confirm=options.confirm,
        more=MoreScopes(scopes=options.scopes, keep=options.keep_scopes),
    )
    authorization = offered.authorization
    url = f"{services().settings.public_url}/authorize?authorization={offered.link}"
    return ReadAuthorization(id=authorization.id, url=url, expires_at=authorization.expires_at)


def _left_out_or_object(event: dict[str, Any]) -> bool:
    body = form_body(event).strip()
    return body in ("", "null") or body.startswith("{")


@router.get(
    "/connections/<connection>/authorizations/<authorization>",
    summary="Say what became of an authorization",
    tags=["Connections"],
    security=API_KEY,
)
def read_authorization(
    connection: ConnectionPath, authorization: AuthorizationPath
) -> AuthorizationState:
    """For the page that opened the link's window; it is known for a day after the link expired."""
    status, error = services().offers.status(
        ConnectionId(connection), AuthorizationId(authorization)
    )
    return AuthorizationState(status=status, error=error)


@router.post(
    "/connections/<connection>/reports",
    summary="Report what an execution saw",
    tags=["Connections"],
    security=API_KEY,
    status_code=204,
)
def report_use(connection: ConnectionPath, report: Report) -> Response[None]:
    """The light follows: green after a success, red after anything else.

    After `unauthorized` the connection is refreshed: read its credentials again until they have
    another generation. Any number of reports of one generation cause one refresh.
    """
    services().reports.report(
        ConnectionId(connection),
        report.outcome,
        generation=report.generation,
        execution_id=report.execution_id,
    )
    return Response(status_code=204)
