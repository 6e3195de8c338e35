"""The HTTP API: routes from the template, events and answers in payload format version 2.0."""

import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from local import payload
from local.blueprint import RouteBlueprint
from local.functions import Busy, Function
from local.payload import Request
from local.server import LoopbackServer, RequestHandler

# API Gateway's own limits.
LARGEST_BODY = 10 * 1024 * 1024
LARGEST_HEADERS = 10_240
PATIENCE = 30.0
# The stack's own doors; no route of an API begins like this.
LOCAL = "/_local/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A route that can be matched with a path."""

    blueprint: RouteBlueprint
    pattern: re.Pattern[str]

    @property
    def key(self) -> str:
        """The route as API Gateway names it."""
        return f"{self.blueprint.method} {self.blueprint.path}"


class Gateway(LoopbackServer):
    """Serves the routes; `tools` answer below /_local/, by method and name."""

    def __init__(self, port: int) -> None:
        self.functions: Mapping[str, Function] = {}
        self.tools: Mapping[str, Callable[[], Any]] = {}
        self._routes: list[Route] = []
        super().__init__(port, _Exchange)

    def serve(self, routes: list[RouteBlueprint], functions: Mapping[str, Function]) -> None:
        """Answer these routes from now on."""
        self.functions = functions
        # The most specific route wins: fixed segments before parameters, methods before ANY.
        ordered = sorted(routes, key=lambda route: (route.path.count("{"), route.method == "ANY"))
        self._routes = [Route(blueprint=route, pattern=_pattern(route.path)) for route in ordered]
        self.start()

    def route(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route of a request, and its path parameters, percent-decoded."""
        for route in self._routes:
            match = route.pattern.fullmatch(path)
            if match is not None and route.blueprint.method in (method, "ANY"):
                names = re.findall(r"\{([^}]+)\}", route.blueprint.path)
                values = map(unquote, match.groups())
                return route, dict(zip(names, values, strict=True))
        return None


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{[^}]+\}", path)
    return re.compile("([^/]+)".join(map(re.escape, parts)))


class _Exchange(RequestHandler):
    server: Gateway

    def _handle(self) -> None:
        # All of it is read: a caller that is still sending would not see the answer.
        body = self.read_body()
        if len(body) > LARGEST_BODY:
            self._refuse(413, "Request Entity Too Large")
            return
        path, _, query = self.path.partition("?")
        if path.startswith(LOCAL):
            self._use_tool(path.removeprefix(LOCAL))
            return
        if sum(len(name) + len(value) for name, value in self.headers.items()) > LARGEST_HEADERS:
            self._refuse(431, "Request Header Fields Too Large")
            return
        found = self.server.route(self.command, path)
        if found is None:
            self._refuse(404, "Not Found")
            return
        route, parameters = found
        request = Request(
            method=self.command,
            path=path,
            query=query,
            headers=tuple(self.headers.items()),
            body=body,
            source_ip=self.client_address[0],
            protocol=self.request_version,
        )
        self._invoke(route, payload.event(request, route.key, parameters))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _handle  # noqa: N815
    do_TRACE = do_QUERY = _handle  # noqa: N815 - no route has them: they are not found

    def _invoke(self, route: Route, event: dict[str, Any]) -> None:
        function = self.server.functions[route.blueprint.function]
        try:
            answer = function.invoke(event, PATIENCE)
        except Busy:
            self._refuse(503, "Service Unavailable")
            return
        response = None if answer.failed else payload.response(json.loads(answer.payload))
        if response is None:
            self._refuse(500, "Internal Server Error")
            return
        headers = [*response.headers, ("apigw-requestid", event["requestContext"]["requestId"])]
        self.answer(response.status, headers, response.body)

    def _use_tool(self, name: str) -> None:
        tool = self.server.tools.get(f"{self.command} {name}")
        if tool is None:
            self._refuse(404, "Not Found")
            return
        try:
            content = json.dumps(tool())
        except Exception as error:  # noqa: BLE001 - whoever uses a tool wants to know
            self._refuse(500, repr(error))
            return
        self.answer(200, [("Content-Type", "application/json")], content.encode())

    def _refuse(self, status: int, message: str) -> None:
        headers = [("Content-Type", "application/json"), ("apigw-requestid", str(uuid.uuid4()))]
        self.answer(status, headers, json.dumps({"message": message}).encode())
