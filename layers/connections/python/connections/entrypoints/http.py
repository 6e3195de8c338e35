"""What the HTTP functions share: the router, its errors, and the checks before it."""

import base64
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import ServiceError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
    ResponseValidationError,
)
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from aws_lambda_powertools.utilities.typing import LambdaContext

from connections.domain.caller import Caller
from connections.domain.errors import ConnectionsError, NotFound, Unavailable
from connections.entrypoints.doors import Doors
from connections.entrypoints.invalid_requests import invalid_request
from connections.entrypoints.logs import log_unavailable, log_unhandled, logger
from connections.entrypoints.problems import ProblemDocument, problem_document, problem_of
from connections.entrypoints.rules import RULES

LARGEST_BODY = 256 * 1024
TAKES_YAML = frozenset({"PUT /integrations/{integration}/definition"})
"""Routes whose body may be YAML (RFC 9512) as well as JSON; they read it themselves."""
GIVES_YAML = frozenset({"GET /integrations/{integration}/definition"})
"""Routes that answer YAML as well as JSON, as `Accept` says."""
YAML_TYPES = frozenset({"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"})
API_KEY: list[dict[str, list[str]]] = [{"apiKey": []}]
"""The security requirement of a route that is not open."""


def new_router() -> APIGatewayHttpRouter:
    """Return a function's own router, so that one document can include them all."""
    return APIGatewayHttpRouter()  # type: ignore[no-untyped-call]


def resolver(
    *routers: APIGatewayHttpRouter, render: Callable[[ProblemDocument], Response[str]] | None = None
) -> APIGatewayHttpResolver:
    """Return a router whose errors are problem documents, or what `render` makes of them."""
    show = render or _response
    app = APIGatewayHttpResolver(enable_validation=True, response_validation_error_http_code=500)
    for router in routers:
        app.include_router(router)
    app.exception_handler(ConnectionsError)(lambda error: show(_told(error)))
    app.exception_handler(RequestValidationError)(lambda error: show(invalid_request(error)))
    app.exception_handler(RequestUnsupportedContentType)(lambda _: show(_UNSUPPORTED))
    app.exception_handler(RecursionError)(lambda _: show(_UNREADABLE))
    app.exception_handler(ServiceError)(lambda error: show(_service_error(error)))
    app.exception_handler([ResponseValidationError, Exception])(lambda error: show(_failed(error)))
    return app


def answer(
    app: APIGatewayHttpResolver,
    event: dict[str, Any],
    context: LambdaContext,
    doors: Callable[[], Doors] | None = None,
) -> dict[str, Any]:
    """Answer one request: its size, its caller, then its route; and write changes into the audit.

    Which routes are open the table of `access` says; a function without doors has no others.
    """
    logger.set_correlation_id(event["requestContext"]["requestId"])
    logger.append_keys(apiKeyId=None, customerId=None, userId=None)
    if len((event.get("body") or "").encode()) > LARGEST_BODY:
        answered = _plain(problem_document("payload-too-large", "The body is larger than 256 KB."))
    elif RULES[event["routeKey"]].open:
        answered = _routed(app, event, context, json_only=doors is not None)
    else:
        assert doors is not None, "a function with closed routes has doors"  # noqa: S101
        answered = _admitted(app, event, context, doors)
    headers = answered.setdefault("headers", {})
    # What a caller gets is theirs alone, and never another type than it says.
    headers.setdefault("Cache-Control", "no-store")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    return answered


def caller_of(router: APIGatewayHttpRouter) -> Caller:
    """Return who was let in with the event that is being answered."""
    caller: Caller = router.current_event.raw_event["requestContext"]["authorizer"]
    return caller


def _admitted(
    app: APIGatewayHttpResolver,
    event: dict[str, Any],
    context: LambdaContext,
    doors: Callable[[], Doors],
) -> dict[str, Any]:
    try:
        visit = doors().let_in(event)
    except ConnectionsError as error:
        return _plain(_told(error))
    except Exception as error:  # noqa: BLE001 - as the router does for what is behind the doors
        return _plain(_failed(error))
    # Where API Gateway puts what an authorizer says: no request can bring it.
    event["requestContext"]["authorizer"] = visit.caller
    answered = _routed(app, event, context, json_only=True)
    doors().see_out(event, visit, answered)
    return answered


def _routed(
    app: APIGatewayHttpResolver, event: dict[str, Any], context: LambdaContext, *, json_only: bool
) -> dict[str, Any]:
    if json_only and (fault := _body_fault(event)):
        return _plain(fault)
    return app.resolve(_routable(event), context)


def _routable(event: dict[str, Any]) -> dict[str, Any]:
    """Return the event with a user's id percent-encoded in its path.

    API Gateway decodes the path, and the organization's ids may hold what the router takes in
    none, such as a slash.
    """
    parameters = event.get("pathParameters") or {}
    if "user" not in parameters:
        return event
    encoded = {name: quote(value, safe="") for name, value in parameters.items()}
    return {**event, "rawPath": event["routeKey"].partition(" ")[2].format_map(encoded)}


def _body_fault(event: dict[str, Any]) -> ProblemDocument | None:
    """Return what is wrong with the form of a body: the router trusts it to be readable JSON."""
    body = event.get("body")
    if not body:
        return None
    media_type = event["headers"].get("content-type", "").split(";")[0].strip().lower()
    takes_yaml = event["routeKey"] in TAKES_YAML
    if takes_yaml and media_type in YAML_TYPES:
        return None
    if media_type != "application/json":
        return _UNSUPPORTED_DEFINITION if takes_yaml else _UNSUPPORTED
    try:
        json.loads(base64.b64decode(body) if event.get("isBase64Encoded") else body)
    except (ValueError, RecursionError):
        return _UNREADABLE
    return None


def form_body(event: dict[str, Any]) -> str:
    """Return the body of a browser's form, whatever bytes it has."""
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        return base64.b64decode(body).decode(errors="replace")
    return str(body)


def _response(document: ProblemDocument) -> Response[str]:
    return Response(
        status_code=document.status,
        content_type=document.headers["Content-Type"],
        headers=document.headers,
        body=document.body,
    )


def _plain(document: ProblemDocument) -> dict[str, Any]:
    return {
        "statusCode": document.status,
        "headers": document.headers,
        "body": document.body,
        "isBase64Encoded": False,
    }


_UNREADABLE = problem_document("invalid-request", "The body cannot be read as JSON.")
_UNSUPPORTED = problem_document(
    "invalid-request", "Send the body as `Content-Type: application/json`."
)
_UNSUPPORTED_DEFINITION = problem_document(
    "invalid-request", "Send the body as `Content-Type: application/yaml` or `application/json`."
)


def _service_error(error: ServiceError) -> ProblemDocument:
    """Translate the router's own errors."""
    if error.status_code == HTTPStatus.NOT_FOUND:
        return problem_of(NotFound("There is no such route."))
    return problem_document("invalid-request", "The request cannot be read.")


def _told(error: ConnectionsError) -> ProblemDocument:
    if isinstance(error, Unavailable):
        log_unavailable(error)
    return problem_of(error)


def _failed(error: Exception) -> ProblemDocument:
    log_unhandled(error)
    return problem_document("internal-error", "The request failed. It is logged.")
