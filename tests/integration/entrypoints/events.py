"""The events of `events/`, as AWS sends them, and changes of them."""

import base64
import copy
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from tests.integration.aws import ROOT, TEMPLATE

FILES = ROOT / "events"


@dataclass(frozen=True, slots=True)
class Route:
    """A route of the HTTP API, and the function behind it."""

    key: str
    function: str

    def parameters(self, method: str, path: str) -> dict[str, str] | None:
        """Return the path's parameters; None if it is another route's."""
        own_method, _, own_path = self.key.partition(" ")
        pairs = list(zip(own_path.split("/"), path.split("/"), strict=False))
        if method != own_method or own_path.count("/") != path.count("/"):
            return None
        if any(own != given for own, given in pairs if not own.startswith("{")):
            return None
        return {own.strip("{}"): given for own, given in pairs if own.startswith("{")}


def _routes() -> list[Route]:
    return [
        Route(f"{event['Properties']['Method']} {event['Properties']['Path']}", name)
        for name, resource in TEMPLATE["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
        for event in resource["Properties"].get("Events", {}).values()
        if event["Type"] == "HttpApi"
    ]


ROUTES = _routes()
"""Those of template.yaml."""


def names() -> list[str]:
    """Return the names of all events."""
    return sorted(each.stem for each in FILES.glob("*.json"))


def event(name: str) -> dict[str, Any]:
    """Return an event as it stands in its file."""
    read: dict[str, Any] = json.loads((FILES / f"{name}.json").read_text())
    return read


def route_of(method: str, path: str) -> tuple[Route, dict[str, str]]:
    """Return the route that API Gateway takes, and its parameters: the plainest path first."""
    for route in sorted(ROUTES, key=lambda each: each.key.count("{")):
        parameters = route.parameters(method, path)
        if parameters is not None:
            return route, parameters
    raise LookupError(f"{method} {path} is no route of the template")


def request(method: str, path: str) -> tuple[str, dict[str, Any]]:
    """Return the function behind a route, and an event of it without query, cookies and body."""
    route, parameters = route_of(method, path)
    wanted = copy.deepcopy(_alike(route))
    for absent in ("cookies", "queryStringParameters", "pathParameters", "body"):
        wanted.pop(absent, None)
    for absent in ("authorization", "content-type", "content-length", "idempotency-key"):
        wanted["headers"].pop(absent, None)
    # As API Gateway does: the path is decoded, and so are its parameters.
    wanted |= {"routeKey": route.key, "rawPath": unquote(path), "rawQueryString": ""}
    wanted |= {"isBase64Encoded": False}
    wanted["requestContext"]["routeKey"] = route.key
    wanted["requestContext"]["http"] |= {"method": method, "path": unquote(path)}
    if parameters:
        wanted["pathParameters"] = {name: unquote(each) for name, each in parameters.items()}
    return route.function, wanted


def with_query(wanted: dict[str, Any], query: str | dict[str, str]) -> None:
    """Give an event a query: encoded already, or its parameters."""
    raw = query if isinstance(query, str) else urlencode(query)
    joined: dict[str, str] = {}
    for name, value in parse_qsl(raw, keep_blank_values=True):
        # As API Gateway does: values of the same name, joined by commas.
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    wanted["rawQueryString"] = raw
    if joined:
        wanted["queryStringParameters"] = joined


def with_body(wanted: dict[str, Any], body: str, content_type: str | None) -> None:
    """Give an event a body; what is neither text nor JSON comes in base64."""
    wanted["headers"]["content-length"] = str(len(body.encode()))
    if content_type is not None:
        wanted["headers"]["content-type"] = content_type
    text = content_type is not None and content_type.startswith(("text/", "application/json"))
    wanted["body"] = body if text else base64.b64encode(body.encode()).decode()
    wanted["isBase64Encoded"] = not text


def _alike(route: Route) -> dict[str, Any]:
    """Return the event of that route, or for want of one an event of the same function."""
    function = folder_of(route.function)
    own = [name for name in names() if name.startswith(f"{function}.")]
    http = [each for each in map(event, own) if "routeKey" in each]
    exact = [each for each in http if each["routeKey"] == route.key]
    return (exact or http)[0]


def folder_of(function: str) -> str:
    """Return the folder of a function's handler, by its logical id."""
    return str(TEMPLATE["Resources"][function]["Properties"]["CodeUri"]).removeprefix("functions/")
