"""The OpenAPI 3.1 document of the whole API, generated from the routes of all functions."""

import json
from functools import cache
from typing import Any

from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer, License

from connections import __version__
from connections.entrypoints import authorize, callback, credentials, management
from connections.entrypoints.http import resolver
from connections.entrypoints.problems import KINDS, MEDIA_TYPE

_ROUTERS = (management.router, authorize.router, callback.router, credentials.router)


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
            security_schemes={"apiKey": HTTPBearer(description="An organization API key.")},
        )
    )
    written.pop("servers", None)
    written["components"]["schemas"]["Problem"] = _PROBLEM
    for path in written["paths"].values():
        for operation in path.values():
            _with_problems(operation)
    for unused in ("HTTPValidationError", "ValidationError", "ResponseValidationError"):
        written["components"]["schemas"].pop(unused, None)
    return written


def _with_problems(operation: dict[str, Any]) -> None:
    """Document the problems, in place of the router's own 422 and 500 that are never answered."""
    responses = operation["responses"]
    for never in ("422", "500"):
        responses.pop(never, None)
    if "204" in responses:
        responses["204"].pop("content")
    if "text/html" not in str(responses):
        responses["default"] = {
            "description": "What went wrong, as a problem document (RFC 9457)",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }


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
