"""The OpenAPI 3.1 document of the whole API, generated from the routes of all functions."""

import json
from functools import cache
from typing import Any

from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer, License

from connections import __version__
from connections.domain.user_text import LONGEST_TEXT
from connections.entrypoints import authorize, callback, credentials, management
from connections.entrypoints.answers import (
    DEFINITION,
    FORMS,
    MADE,
    RESPONSE_PARAMETERS,
    links,
    refusals,
)
from connections.entrypoints.http import GIVES_YAML, TAKES_YAML, resolver
from connections.entrypoints.problems import KINDS

_ROUTERS = (*management.ROUTERS, authorize.router, callback.router, credentials.router)


@cache
def document() -> dict[str, Any]:
    """Return the document."""
    app = resolver(*_ROUTERS)
    written: dict[str, Any] = json.loads(
        app.get_openapi_json_schema(
            title="Connections",
            version=__version__,
            openapi_version="3.1.0",
            description="Keeps the connections that integrations need to third-party apps.",
            license_info=License(name="Apache-2.0", identifier="Apache-2.0"),
            security_schemes={
                "apiKey": HTTPBearer(
                    description="An organization API key, or a customer user's signed token."
                )
            },
        )
    )
    written.pop("servers", None)
    _close(written)
    written["components"]["schemas"]["Problem"] = _PROBLEM
    operations = {
        f"{method.upper()} {path}": operation
        for path, described in written["paths"].items()
        for method, operation in described.items()
    }
    ids = {route: operation["operationId"] for route, operation in operations.items()}
    for route, operation in operations.items():
        _complete(route, operation)
        if route in MADE:
            operation["responses"][MADE[route].status]["links"] = links(route, ids)
    for unused in ("HTTPValidationError", "ValidationError", "ResponseValidationError"):
        written["components"]["schemas"].pop(unused, None)
    return written


def _complete(route: str, operation: dict[str, Any]) -> None:
    """Say of an operation what the router does not know or says otherwise than it is."""
    if route in FORMS:
        content = {"application/x-www-form-urlencoded": {"schema": FORMS[route]}}
        operation["requestBody"] = {"required": "required" in FORMS[route], "content": content}
    if route in TAKES_YAML:
        operation["requestBody"] = {"required": True, "content": DEFINITION}
    if route in GIVES_YAML:
        operation["responses"]["200"]["content"] = DEFINITION
    if route == "GET /callback":
        operation["parameters"] = RESPONSE_PARAMETERS
    for parameter in operation.get("parameters", []):
        parameter["schema"] = _without_null(parameter["schema"])
        if parameter["name"] == "user":
            # The router has it percent-encoded, which is longer.
            parameter["schema"]["maxLength"] = LONGEST_TEXT
    responses = operation["responses"]
    # The router's own 422 and 500 are never answered.
    for never in ("422", "500"):
        responses.pop(never, None)
    for empty in {"204", "303"} & set(responses):
        responses[empty].pop("content", None)
    if "303" in responses:
        responses["303"]["headers"] = {"Location": {"required": True, "schema": {"type": "string"}}}
    takes_something = bool(operation.get("parameters") or operation.get("requestBody"))
    responses |= refusals(route, takes_something=takes_something)


def _close(written: Any) -> None:
    """Say of maps that they have no names but those of the pattern: others are refused."""
    if isinstance(written, dict):
        if "patternProperties" in written:
            written["additionalProperties"] = False
        written = list(written.values())
    if isinstance(written, list):
        for each in written:
            _close(each)


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter's form: what is left out is not sent as null."""
    options = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    if len(options) != 1:
        return schema
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**rest, **options[0]}


_PROBLEM = {
    "type": "object",
    "required": ["type", "code", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "code": {"type": "string", "enum": sorted(KINDS)},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
