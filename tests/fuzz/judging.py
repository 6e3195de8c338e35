"""How answers are judged: schemathesis's checks, what takes their place, and what they let pass."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import schemathesis
from schemathesis.checks import CheckContext
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.core.transport import Response
from schemathesis.generation.case import Case
from schemathesis.openapi.checks import (
    EnsureResourceAvailability,
    RejectedPositiveData,
    UseAfterFree,
)

from connections.entrypoints.http import YAML_TYPES

CHECKS: dict[str, Any] = {
    # A method that a path has not is answered by API Gateway, with 404 where the check wants 405.
    # `unknown_methods_reach_no_function` takes its place.
    "unsupported_method": {"enabled": False},
    # A body that breaks its document by its size is answered 413.
    "negative_data_rejection": {
        "expected-statuses": ["400", "401", "403", "404", "409", "413"],
    },
    "positive_data_acceptance": {
        "expected-statuses": ["2xx", "303", "401", "403", "404", "409"],
    },
    "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx"]},
}

BEYOND_THE_DOCUMENT: Mapping[str, tuple[str, ...]] = {
    # A cursor is opaque.
    "GET /api-keys": ("#/query/cursor",),
    "GET /audit": ("#/query/cursor",),
    "GET /components": ("#/query/cursor",),
    "GET /connection-templates": ("#/query/cursor",),
    "GET /connections": ("#/query/cursor",),
    "GET /connections/{connection}/logs": ("#/query/cursor",),
    "GET /customers": ("#/query/cursor",),
    # Ahead of now.
    "POST /api-keys": ("#/expiresAt",),
    # A public key is a point on a curve, a URL's host is a public one, and it is one of both.
    "POST /signing-keys": ("#/publicKey", "#/jwksUrl"),
    # What a component asks for.
    "POST /connection-templates": ("#/connection",),
    "PATCH /connection-templates/{template}": ("#/connection",),
    # Where a browser may be sent.
    "POST /connections": ("#/customerId", "#/connection", "#/oauthRedirects"),
    "PATCH /connections/{connection}": ("#/connection", "#/oauthRedirects"),
    "POST /connections/{connection}/authorizations": ("#/returnUrl", "#/scopes"),
    "PATCH /organization": ("#/allowedReturnUrls",),
    # What a draft refers to, names that it has once, and whom it can be offered to.
    "GET /integrations": ("#/query/cursor",),
    "POST /integrations": ("#/offered",),
    "PATCH /integrations/{integration}": ("#/offered",),
    "PUT /integrations/{integration}/definition": ("#",),
    "POST /integrations/{integration}/steps": ("#",),
    "PATCH /integrations/{integration}/steps/{step}": ("#",),
    "POST /integrations/{integration}/config-variables": ("#",),
    "PATCH /integrations/{integration}/config-variables/{variable}": ("#",),
    "GET /integrations/{integration}/versions": ("#/query/cursor",),
    # What there is for the customer, the names that its version has, and whose id is somebody's.
    "GET /instances": ("#/query/cursor",),
    "POST /instances": ("#/customerId", "#/integrationId", "#/version"),
    "PATCH /instances/{instance}": ("#/version",),
    "PATCH /instances/{instance}/config-variables": ("#",),
    "GET /instances/{instance}/users/{user}/config-pages": ("#/path/user",),
    "PATCH /instances/{instance}/users/{user}/config-variables": ("#",),
    "POST /instances/{instance}/users/{user}/deploy": ("#/path/user",),
    # A user is to be named where each has a connection.
    "GET /instances/{instance}/credentials": ("#/query/userId",),
    # The path says the key, too; rules that bind several members: a secret has no default, ...
    "PUT /components/{component}": ("#/key", "#/connections", "#"),
}
"""By operation, the places where what the document allows can be refused, and why it cannot say."""

PAGES = frozenset({"POST /authorize", "GET /callback", "POST /callback"})
"""What browsers bring there was made by the service: whatever else comes is refused with a page."""

NOBODYS = "0" * 26
"""With what an id ends that nothing has."""
NOT_FOUND = b'{"message": "Not Found"}'


@schemathesis.check
def unknown_methods_reach_no_function(
    ctx: CheckContext, response: Response, case: Case[Any]
) -> bool | None:
    """A method that a path has not is API Gateway's to refuse."""
    known = case.operation.schema.raw_schema["paths"][case.path]
    if case.method.lower() not in known:
        assert response.status_code == 404, "a method that is not there is not found"
        assert response.content == NOT_FOUND, "API Gateway answers, and no function"
    return None


def counts(failure: Failure, case: Case[Any], response: Response) -> bool:
    """Tell whether a failed check is a failure of ours."""
    if response.content == NOT_FOUND and _is_elsewhere(case, response):
        # A value with a slash that schemathesis does not escape: no path of the operation's.
        return False
    if isinstance(failure, EnsureResourceAvailability):
        # What the run needs was spared, or the key that may go was named: not what was made.
        named = case.operation.label == "DELETE /api-keys/{key}"
        return not named and NOBODYS not in str(case.path_parameters)
    if isinstance(failure, UseAfterFree) and case.path == "/customers/{customer}":
        # A customer's deletion takes a while, as its 202 says; until then it is being deleted.
        return not response.json()["deletingSince"]
    if isinstance(failure, AcceptedNegativeData) and case.media_type in YAML_TYPES:
        # Of YAML the document says that it is text: what is sent as bytes is not seen to be that.
        return False
    if not isinstance(failure, RejectedPositiveData) or response.status_code != 400:
        return True
    if case.operation.label in PAGES:
        return response.headers["content-type"] != ["text/html; charset=utf-8"]
    places = BEYOND_THE_DOCUMENT.get(case.operation.label, ())
    errors = response.json().get("errors", [])
    return not errors or not all(_within(each["pointer"], places) for each in errors)


def _is_elsewhere(case: Case[Any], response: Response) -> bool:
    path = urlsplit(response.request.url or "").path
    return path.count("/") != case.path.count("/")


def _within(pointer: str, places: tuple[str, ...]) -> bool:
    return any(pointer == place or pointer.startswith(f"{place}/") for place in places)
