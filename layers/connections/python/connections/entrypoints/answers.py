"""What each route answers beside success, for the API's document.

What follows from the table of `access` is derived from it; what only a route's own rules bring
stands here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from connections.domain.caller import Scope
from connections.entrypoints.problems import KINDS, MEDIA_TYPE
from connections.entrypoints.rules import RULES, Reach, Rule

PAGES = frozenset({"GET /authorize", "POST /authorize", "GET /callback", "POST /callback"})
"""Routes whose errors are pages, too: a person reads them."""
_ASKS_WHICH_CUSTOMER = frozenset(
    {
        "GET /connections", "POST /connections", "GET /integrations", "POST /integrations",
        "GET /instances", "POST /instances",
    }
)  # fmt: skip
_CONFLICTS: Mapping[str, str] = {
    "PUT /components/{component}": "built-in-component",
    "DELETE /components/{component}": "built-in-component, in-use",
    "POST /connection-templates": "name-taken, idempotency-key-reused",
    "PATCH /connection-templates/{template}": "template-locked, in-use, name-taken, conflict",
    "DELETE /connection-templates/{template}": "in-use, conflict",
    "POST /connections": "idempotency-key-reused, customer-being-deleted",
    "GET /connections/{connection}": "misconfigured",
    "PATCH /connections/{connection}": "in-use, misconfigured, conflict",
    "DELETE /connections/{connection}": "in-use",
    "POST /connections/{connection}/authorizations": "not-an-oauth-connection,"
    " no-consent, configuration-incomplete, misconfigured",
    "POST /connections/{connection}/refresh": "not-an-oauth-connection, not-connected,"
    " configuration-incomplete, reconnect-required, no-refresh-token, misconfigured",
    "POST /connections/{connection}/disconnect": "not-an-oauth-connection, misconfigured",
    "GET /connections/{connection}/credentials": "not-connected, reconnect-required, misconfigured,"
    " configuration-incomplete",
    "GET /authorize": "misconfigured",
    "POST /authorize": "misconfigured",
    "POST /integrations": "idempotency-key-reused, customer-being-deleted",
    "PATCH /integrations/{integration}": "conflict",
    "DELETE /integrations/{integration}": "in-use, conflict",
    "PUT /integrations/{integration}/definition": "conflict",
    "POST /integrations/{integration}/steps": "conflict",
    "PATCH /integrations/{integration}/steps/{step}": "conflict",
    "DELETE /integrations/{integration}/steps/{step}": "conflict",
    "POST /integrations/{integration}/config-variables": "conflict",
    "PATCH /integrations/{integration}/config-variables/{variable}": "in-use, conflict",
    "DELETE /integrations/{integration}/config-variables/{variable}": "in-use, conflict",
    "POST /integrations/{integration}/versions": "conflict",
    "POST /instances": "idempotency-key-reused, customer-being-deleted, misconfigured",
    "PATCH /instances/{instance}": "conflict, misconfigured",
    "GET /instances/{instance}/config-pages": "misconfigured",
    "PATCH /instances/{instance}/config-variables": "conflict, misconfigured",
    "POST /instances/{instance}/deploy": "configuration-incomplete, conflict, misconfigured",
    "GET /instances/{instance}/users/{user}/config-pages": "misconfigured",
    "PATCH /instances/{instance}/users/{user}/config-variables": "conflict, misconfigured",
    "POST /instances/{instance}/users/{user}/deploy": "configuration-incomplete, conflict,"
    " misconfigured",
    "GET /instances/{instance}/credentials": "not-connected, reconnect-required, misconfigured,"
    " configuration-incomplete",
    "POST /customers": "external-id-taken, idempotency-key-reused",
    "POST /api-keys/{key}/rotate": "conflict",
    "POST /signing-keys": "too-many",
}
"""The codes with which a route answers 409."""
_ASKS_THE_PROVIDER = frozenset({"POST /connections/{connection}/refresh"})
_RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds to wait",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    }
}
_CHALLENGE = {
    "WWW-Authenticate": {"required": True, "schema": {"const": 'Bearer realm="connections"'}}
}
_HTML = {"text/html": {"schema": {"type": "string"}}}
_THROTTLED = {
    "description": "API Gateway's own: more requests than it lets through",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["message"],
                "properties": {"message": {"type": "string"}},
            }
        }
    },
}


def refusals(route: str, *, takes_something: bool) -> dict[str, Any]:
    """Return what a route answers when it does not do what it is asked, by status."""
    described: dict[str, Any] = {"429": _THROTTLED}
    for status in _statuses(route, takes_something=takes_something):
        described[str(status.value)] = _described(route, status)
    return described


def _statuses(route: str, *, takes_something: bool) -> Iterator[HTTPStatus]:
    rule = RULES[route]
    method, _, path = route.partition(" ")
    if takes_something or method != "GET":
        yield HTTPStatus.BAD_REQUEST
    if not rule.open:
        yield HTTPStatus.UNAUTHORIZED
        if not _for_everybody(rule):
            yield HTTPStatus.FORBIDDEN
    # Also by the router, to a path with characters that no id has.
    if "{" in path or route in _ASKS_WHICH_CUSTOMER or path == "/authorize":
        yield HTTPStatus.NOT_FOUND
    if route in _CONFLICTS:
        yield HTTPStatus.CONFLICT
    if method in ("POST", "PUT", "PATCH"):
        yield HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if route in _ASKS_THE_PROVIDER:
        yield HTTPStatus.BAD_GATEWAY
    if not rule.open or route in PAGES:
        yield HTTPStatus.SERVICE_UNAVAILABLE


def _for_everybody(rule: Rule) -> bool:
    return rule.scopes == set(Scope) and Reach.NOTHING not in (rule.admin, rule.user)


def _described(route: str, status: HTTPStatus) -> dict[str, Any]:
    titles = [kind.title for kind in KINDS.values() if kind.status is status]
    # A body that is too large is refused before it is clear whose it is.
    if route in PAGES and status is not HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        described: dict[str, Any] = {"description": "A page that says what to do", "content": _HTML}
    else:
        conflict = status is HTTPStatus.CONFLICT
        told = f"One of: {_CONFLICTS[route]}" if conflict else titles[0]
        schema = {"$ref": "#/components/schemas/Problem"}
        described = {"description": told, "content": {MEDIA_TYPE: {"schema": schema}}}
    if status is HTTPStatus.UNAUTHORIZED:
        described["headers"] = _CHALLENGE
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        described["headers"] = _RETRY_AFTER
    return described


FORMS: Mapping[str, dict[str, Any]] = {
    "POST /authorize": {
        "type": "object",
        "required": ["authorization", "token"],
        "properties": {
            "authorization": {"type": "string", "maxLength": 100},
            "token": {"type": "string", "maxLength": 100},
        },
    },
    "POST /callback": {
        "type": "object",
        "properties": {name: {"type": "string"} for name in ("state", "code", "error", "iss")},
        "additionalProperties": {"type": "string"},
    },
}
"""The forms that browsers post."""
DEFINITION: Mapping[str, Any] = {
    "application/json": {"schema": {"type": "object"}},
    "application/yaml": {"schema": {"type": "string"}},
}
"""An integration as code, which comes and goes in two media types."""
RESPONSE_PARAMETERS = [
    {"name": name, "in": "query", "description": told, "schema": {"type": "string"}}
    for name, told in (
        ("state", "What the authorization request carried"),
        ("code", "The authorization code (RFC 6749 section 4.1.2)"),
        ("error", "Why there is no code (RFC 6749 section 4.1.2.1)"),
        ("iss", "The issuer (RFC 9207)"),
    )
]
"""Of an authorization response; others come as well, and code receives them as `context`."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a route makes: the status that says so, and the parameter that takes its id."""

    status: str
    parameter: str
    taken_below: str
    """How the paths begin that take it."""


MADE: Mapping[str, Made] = {
    "POST /connection-templates": Made("201", "path.template", "/connection-templates/{template}"),
    "POST /connections": Made("201", "path.connection", "/connections/{connection}"),
    "POST /customers": Made("201", "path.customer", "/customers/{customer}"),
    "POST /integrations": Made("201", "path.integration", "/integrations/{integration}"),
    "POST /instances": Made("201", "path.instance", "/instances/{instance}"),
    "POST /api-keys": Made("201", "path.key", "/api-keys/{key}"),
    "POST /signing-keys": Made("201", "path.key", "/signing-keys/{key}"),
}


def links(route: str, operations: Mapping[str, str]) -> dict[str, Any]:
    """Return where to go with the id of what a route made; `operations` has the id of each."""
    made = MADE[route]
    return {
        operation: {
            "operationId": operation,
            "parameters": {made.parameter: "$response.body#/id"},
        }
        for following, operation in operations.items()
        if following.partition(" ")[2].startswith(made.taken_below) and following != route
    }
