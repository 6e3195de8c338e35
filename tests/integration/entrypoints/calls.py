"""The functions, called as Lambda calls them."""

import importlib.util
import json as json_module
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from connections.entrypoints import (
    authorize,
    callback,
    composition,
    credentials,
    delete_connections,
    integration_services,
    lapse_flows,
    management,
    refresh_connections,
    revoke_tokens,
    schedule_refreshes,
)
from connections.oauth.stored_definitions import _definition
from tests.integration.aws import ROOT, TEMPLATE, Aws, environment_of
from tests.integration.entrypoints import events

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]
FUNCTIONS: dict[str, str] = {
    name: events.folder_of(name)
    for name, resource in TEMPLATE["Resources"].items()
    if resource["Type"] == "AWS::Serverless::Function"
}
_CACHES = (
    management.services, authorize.services, callback.services, credentials.services,
    schedule_refreshes.services, refresh_connections.services, revoke_tokens.services,
    delete_connections.services, lapse_flows.services, composition.sealer,
    integration_services.integration_services, integration_services.instance_services, _definition,
)  # fmt: skip


class Context(LambdaContext):
    """The context of one invocation.

    Powertools' class stands for Lambda's own and declares the remaining time without `self`.
    """

    def __init__(self, function: str, seconds: float) -> None:
        self._function_name = function
        self._function_version = "$LATEST"
        self._invoked_function_arn = f"arn:aws:lambda:us-east-2:123456789012:function:{function}"
        self._memory_limit_in_mb = 1024
        self._aws_request_id = str(uuid.uuid4())
        self._seconds = seconds

    def get_remaining_time_in_millis(self) -> int:  # type: ignore[override]
        return int(self._seconds * 1000)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a function answered over HTTP; header names are in lower case."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: str

    @property
    def json(self) -> Any:
        return json_module.loads(self.body)

    @classmethod
    def of(cls, answered: dict[str, Any]) -> "Answer":
        assert answered["isBase64Encoded"] is False
        return cls(
            status=answered["statusCode"],
            headers={name.lower(): value for name, value in answered["headers"].items()},
            cookies=answered.get("cookies", []),
            body=answered.get("body") or "",
        )


@dataclass(slots=True)
class Functions:
    """The stack's functions; each starts at its first call, with its own environment."""

    aws: Aws
    monkeypatch: pytest.MonkeyPatch
    development_hosts: str = ""
    key: str = ""
    started: dict[str, Handler] = field(default_factory=dict)

    def start(self, function: str, without: str = "") -> Handler:
        """Start a function, without one of its variables."""
        environment = environment_of(function, self.aws, DEVELOPMENT_HOSTS=self.development_hosts)
        allowed = TEMPLATE["Resources"][function]["Properties"]["Environment"]["Variables"]
        for name in _every_variable():
            if name in allowed and name != without:
                self.monkeypatch.setenv(name, environment[name])
            else:
                self.monkeypatch.delenv(name, raising=False)
        path = ROOT / "functions" / FUNCTIONS[function] / "handler.py"
        spec = importlib.util.spec_from_file_location(f"handler_of_{FUNCTIONS[function]}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        handler: Handler = module.handler
        self.started[function] = handler
        return handler

    def invoke(
        self, function: str, event: dict[str, Any], *, seconds: float = 30.0
    ) -> dict[str, Any]:
        """Invoke a function with an event; so much of its time is left."""
        handler = self.started.get(function) or self.start(function)
        return handler(event, Context(function, seconds))

    def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        form: str | None = None,
        body: str | None = None,
        content_type: str | None = None,
        query: str | dict[str, str] = "",
        cookies: list[str] | None = None,
        headers: dict[str, str] | None = None,
        seconds: float = 30.0,
    ) -> Answer:
        """Send a request, with the API key if there is one."""
        function, wanted = events.request(method, path)
        if self.key:
            wanted["headers"]["authorization"] = f"Bearer {self.key}"
        wanted["headers"] |= headers or {}
        if query:
            events.with_query(wanted, query)
        if cookies:
            wanted["cookies"] = cookies
        if json is not None:
            events.with_body(wanted, json_module.dumps(json), "application/json")
        if form is not None:
            events.with_body(wanted, form, "application/x-www-form-urlencoded")
        if body is not None:
            events.with_body(wanted, body, content_type)
        return Answer.of(self.invoke(function, wanted, seconds=seconds))

    def make_key(self) -> dict[str, Any]:
        """Make an API key, and use it from now on."""
        made = self.invoke("ManagementFunction", events.event("management.create-api-key"))
        self.key = made["key"]
        return made


def _every_variable() -> set[str]:
    return {
        name
        for function in FUNCTIONS
        for name in TEMPLATE["Resources"][function]["Properties"]["Environment"]["Variables"]
    }


def forget() -> None:
    """Let every function start anew."""
    for each in _CACHES:
        each.cache_clear()
