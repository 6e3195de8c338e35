"""Errors as problem documents (RFC 9457): the one table between the error tree and HTTP."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from connections.domain.errors import (
    ConfigurationIncomplete,
    ConnectionsError,
    InvalidRequest,
    Unavailable,
)

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a code stands for."""

    status: HTTPStatus
    title: str
    remedy: str


KINDS = {
    "invalid-request": Kind(
        HTTPStatus.BAD_REQUEST,
        "The request is not valid",
        "Mend the places that `errors` points to and send it again. Nothing was changed.",
    ),
    "unauthenticated": Kind(
        HTTPStatus.UNAUTHORIZED,
        "The request carries no valid credential",
        "Send an organization API key, or a customer user's signed token, as `Authorization: Bearer"
        " …`. One that has expired, was deleted or was signed by an unknown key answers the same.",
    ),
    "forbidden": Kind(
        HTTPStatus.FORBIDDEN,
        "The caller may not do this",
        "Use an API key that has the scope which `detail` names; a customer's user asks an admin"
        " of the customer, or the organization.",
    ),
    "not-found": Kind(
        HTTPStatus.NOT_FOUND,
        "There is no such thing",
        "Check the id. What belongs to somebody else is answered the same way.",
    ),
    "payload-too-large": Kind(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "The request's body is too large",
        "Send at most 256 KB.",
    ),
    "conflict": Kind(
        HTTPStatus.CONFLICT,
        "Somebody else changed it at the same moment",
        "Read it again, and send the change again if it is still wanted.",
    ),
    "external-id-taken": Kind(
        HTTPStatus.CONFLICT,
        "The organization has a customer of this external id",
        "Use the customer that there is, or another external id.",
    ),
    "customer-being-deleted": Kind(
        HTTPStatus.CONFLICT,
        "The customer is being deleted",
        "Nothing can be added to it any more. When it is gone, it can be created again.",
    ),
    "built-in-component": Kind(
        HTTPStatus.CONFLICT,
        "The component is a built-in one",
        "Use it as it is, or publish a component of your own under another key.",
    ),
    "too-many": Kind(
        HTTPStatus.CONFLICT,
        "There are as many as there may be",
        "Delete one that is not in use.",
    ),
    "name-taken": Kind(
        HTTPStatus.CONFLICT,
        "The name is taken",
        "Names are unique: choose another, or use the thing that has it.",
    ),
    "in-use": Kind(
        HTTPStatus.CONFLICT,
        "It is in use",
        "`detail` names what refers to it. When nothing does any more, it can be done.",
    ),
    "template-locked": Kind(
        HTTPStatus.CONFLICT,
        "A published version uses the connection template",
        "Its values and its name stay. For others make another template, refer to that, and publish"
        " again; instances get it when they are moved to the new version.",
    ),
    "configuration-incomplete": Kind(
        HTTPStatus.CONFLICT,
        "Inputs that are required have no value",
        "Enter a value that fits at each of the places that `errors` points to, and try again. What"
        " else is missing, the organization enters.",
    ),
    "idempotency-key-reused": Kind(
        HTTPStatus.CONFLICT,
        "The Idempotency-Key made something else",
        "Send a new key for a new thing, or the same request for the same key.",
    ),
    "not-an-oauth-connection": Kind(
        HTTPStatus.CONFLICT,
        "The connection is not an OAuth 2.0 one",
        "It has no consent, no tokens and nothing to refresh: its fields are all there is.",
    ),
    "no-consent": Kind(
        HTTPStatus.CONFLICT,
        "Nobody consents to the connection",
        "It is one of client credentials: its access token is fetched by itself as soon as its"
        " inputs are complete, and at once by a refresh. The connection's log says why it is not.",
    ),
    "not-connected": Kind(
        HTTPStatus.CONFLICT,
        "The connection is not connected",
        "Create an authorization for it and send the customer to its link. One of client"
        " credentials is connected by a refresh.",
    ),
    "reconnect-required": Kind(
        HTTPStatus.CONFLICT,
        "The customer must connect again",
        "The authorization server ended the grant. Create an authorization for the connection and"
        " send the customer to its link; the connection keeps its id.",
    ),
    "no-refresh-token": Kind(
        HTTPStatus.CONFLICT,
        "The connection cannot be refreshed",
        "The authorization server gave no refresh token. If the provider needs it, ask for offline"
        " access in the scopes or in the authorize URL, and connect again.",
    ),
    "provider-refused": Kind(
        HTTPStatus.BAD_GATEWAY,
        "The authorization server refused",
        "The connection's log says what it answered and what to do.",
    ),
    "misconfigured": Kind(
        HTTPStatus.CONFLICT,
        "The connection's values do not make what its definition asks for",
        "A template cannot be filled in with the values that are stored. `detail` names the input:"
        " enter a value that fits.",
    ),
    "unavailable": Kind(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Not possible for now",
        "Nothing is wrong with the request: send it again after `Retry-After` seconds.",
    ),
    "internal-error": Kind(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "The service failed",
        "It is logged with the request id. Sending the request again may help.",
    ),
}
"""Every code that an answer can have, with its page under `/problems/`."""


@dataclass(frozen=True, slots=True)
class ProblemDocument:
    """A problem document, ready to be sent."""

    document: dict[str, Any]
    headers: dict[str, str]

    @property
    def status(self) -> int:
        """The HTTP status."""
        return int(self.document["status"])

    @property
    def body(self) -> str:
        """The document as JSON."""
        return json.dumps(self.document)


def problem_document(
    code: str,
    detail: str,
    *,
    errors: list[dict[str, str]] | None = None,
    retry_after: int | None = None,
) -> ProblemDocument:
    """Return the problem document of a code."""
    kind = KINDS[code]
    document: dict[str, Any] = {
        "type": f"/problems/{code}",
        "code": code,
        "title": kind.title,
        "status": kind.status.value,
        "detail": detail,
    }
    if errors:
        document["errors"] = errors
    headers = {"Content-Type": MEDIA_TYPE, "Cache-Control": "no-store"}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    if kind.status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="connections"'
    return ProblemDocument(document, headers)


def problem_of(error: ConnectionsError) -> ProblemDocument:
    """Return the problem document of an error of the tree."""
    errors = None
    if isinstance(error, InvalidRequest | ConfigurationIncomplete):
        errors = [{"pointer": each.pointer, "detail": each.detail} for each in error.problems]
    retry_after = error.retry_after if isinstance(error, Unavailable) else None
    return problem_document(error.code, str(error), errors=errors, retry_after=retry_after)
