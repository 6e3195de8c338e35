"""What is run on one machine, read from the resolved resources: functions and their triggers."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local import policies
from local.deployment import Deployment
from local.errors import StackError
from local.permissions import Role
from local.resources import check_keys, of_type

Resources = Mapping[str, Mapping[str, Any]]
# What Lambda does with asynchronous events unless it is told otherwise.
DEFAULT_RETRIES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionBlueprint:
    """One Lambda function; times in seconds, memory in MB."""

    name: str
    folder: Path
    layers: tuple[Path, ...]
    handler: str
    timeout: int
    memory: int
    concurrency: int | None
    environment: Mapping[str, str]
    role: Role
    retries: int
    on_failure: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteBlueprint:
    """A method and a path, with {parameters}, that a function answers."""

    method: str
    path: str
    function: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueBlueprint:
    """A queue whose messages a function takes in batches."""

    queue_arn: str
    function: str
    batch_size: int
    window: int
    reports_failures: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleBlueprint:
    """A function invoked every so many seconds."""

    rule: str
    function: str
    seconds: int
    input: str | None


def functions(deployment: Deployment, root: Path) -> list[FunctionBlueprint]:
    """The template's functions.

    Raises:
        StackError: a folder is missing, or a property is not understood.
    """
    invocations = _invocations(deployment.local)
    return [
        _function_blueprint(name, resource["Properties"], deployment.local, root, invocations)
        for name, resource in of_type("AWS::Lambda::Function", deployment.local).items()
    ]


def _function_blueprint(
    name: str,
    properties: Mapping[str, Any],
    resources: Resources,
    root: Path,
    invocations: Mapping[str, tuple[int, str | None]],
) -> FunctionBlueprint:
    _, role, _ = properties["Role"].rsplit("-", 2)
    layers = [arn.split(":")[-2] for arn in properties.get("Layers", [])]
    retries, on_failure = invocations.get(name, (DEFAULT_RETRIES, None))
    concurrency = properties.get("ReservedConcurrentExecutions")
    check_keys(f"{name}.Environment", properties.get("Environment", {}), {"Variables"})
    variables = properties.get("Environment", {}).get("Variables", {})
    return FunctionBlueprint(
        name=name,
        folder=_folder(name, properties["Code"], root),
        layers=tuple(
            folder for layer in layers for folder in _layer_folder(layer, resources[layer], root)
        ),
        handler=properties["Handler"],
        timeout=int(properties.get("Timeout", 3)),
        memory=int(properties.get("MemorySize", 128)),
        concurrency=None if concurrency is None else int(concurrency),
        environment={key: _text(value) for key, value in variables.items()},
        role=policies.role(role, properties["Role"], resources[role]["Properties"]),
        retries=retries,
        on_failure=on_failure,
    )


def routes(deployment: Deployment) -> list[RouteBlueprint]:
    """The HTTP API's routes.

    Raises:
        StackError: there are several HTTP APIs, or one has something that is not understood.
    """
    apis = of_type("AWS::ApiGatewayV2::Api", deployment.local)
    if len(apis) > 1:
        raise StackError(f"{', '.join(apis)}: the local stack serves one HTTP API")
    for name, stage in of_type("AWS::ApiGatewayV2::Stage", deployment.local).items():
        if stage["Properties"].get("StageName") != "$default":
            raise StackError(f"{name}.StageName: the local stack serves $default only")
    found = []
    for name, api in apis.items():
        body = api["Properties"]["Body"]
        check_keys(f"{name}.Body", body, {"openapi", "info", "paths", "tags"})
        for path, methods in body.get("paths", {}).items():
            for method, operation in methods.items():
                found.append(_route(f"{name} {method.upper()} {path}", method, path, operation))
    return found


def queues(deployment: Deployment) -> list[QueueBlueprint]:
    """The queues that functions take messages from."""
    return [
        _queue(name, resource["Properties"])
        for name, resource in of_type("AWS::Lambda::EventSourceMapping", deployment.local).items()
    ]


def schedules(deployment: Deployment) -> list[ScheduleBlueprint]:
    """The schedules' rules.

    Raises:
        StackError: a rule is no rate, or its target is no function.
    """
    found = []
    for name, resource in of_type("AWS::Events::Rule", deployment.local).items():
        properties = resource["Properties"]
        for target in properties["Targets"]:
            check_keys(f"{name}.Targets", target, {"Arn", "Id", "Input"})
            found.append(
                ScheduleBlueprint(
                    rule=name,
                    function=_function(name, target["Arn"]),
                    seconds=_rate(name, properties["ScheduleExpression"]),
                    input=target.get("Input"),
                )
            )
    return found


def _folder(name: str, code: Mapping[str, str], root: Path) -> Path:
    folder = root / code["S3Key"]
    if not folder.is_dir():
        raise StackError(f"{name}: there is no folder {folder}")
    return folder.resolve()


def _layer_folder(name: str, layer: Mapping[str, Any], root: Path) -> list[Path]:
    if "BuildMethod" in layer["Metadata"]:
        # What is built for Lambda stands in the virtualenv here.
        return []
    return [_folder(name, {"S3Key": layer["Properties"]["Content"]["S3Key"] + "/python"}, root)]


def _invocations(resources: Resources) -> dict[str, tuple[int, str | None]]:
    """Per function how often an asynchronous event is retried, and where failures go."""
    found = {}
    for name, resource in of_type("AWS::Lambda::EventInvokeConfig", resources).items():
        properties = resource["Properties"]
        destinations = properties.get("DestinationConfig", {})
        check_keys(f"{name}.DestinationConfig", destinations, {"OnFailure"})
        on_failure = destinations.get("OnFailure", {}).get("Destination")
        if on_failure is not None and ":sqs:" not in on_failure:
            raise StackError(f"{name}.DestinationConfig.OnFailure must be a queue")
        retries = int(properties.get("MaximumRetryAttempts", DEFAULT_RETRIES))
        found[_function(name, properties["FunctionName"])] = (retries, on_failure)
    return found


def _route(where: str, method: str, path: str, operation: Mapping[str, Any]) -> RouteBlueprint:
    integration = "x-amazon-apigateway-integration"
    check_keys(where, operation, {integration, "responses", "parameters"})
    known = {"type", "httpMethod", "uri", "payloadFormatVersion"}
    check_keys(f"{where}.{integration}", operation[integration], known)
    if operation[integration]["payloadFormatVersion"] != "2.0":
        raise StackError(f"{where}: the local stack speaks payload format version 2.0 only")
    if "+}" in path or not path.startswith("/"):
        raise StackError(f"{where}: the local stack has no greedy and no default routes")
    method = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
    function = operation[integration]["uri"].removesuffix("/invocations")
    return RouteBlueprint(method=method, path=path, function=_function(where, function))


def _queue(name: str, properties: Mapping[str, Any]) -> QueueBlueprint:
    if ":sqs:" not in properties["EventSourceArn"]:
        raise StackError(f"{name}.EventSourceArn: the local stack polls queues only")
    if properties["EventSourceArn"].endswith(".fifo"):
        raise StackError(f"{name}.EventSourceArn: the local stack knows no FIFO queues")
    return QueueBlueprint(
        queue_arn=properties["EventSourceArn"],
        function=_function(name, properties["FunctionName"]),
        batch_size=int(properties.get("BatchSize", 10)),
        window=int(properties.get("MaximumBatchingWindowInSeconds", 0)),
        reports_failures="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", []),
    )


def _rate(name: str, expression: str) -> int:
    seconds = {"minute": 60, "hour": 3600, "day": 86400}
    match = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression)
    if match is None:
        raise StackError(f"{name}.ScheduleExpression: {expression} is not rate(… minutes)")
    return int(match[1]) * seconds[match[2]]


def _function(where: str, reference: str) -> str:
    """The function's name, of its name or its ARN."""
    kind = reference.split(":")
    if len(kind) > 1 and "lambda" not in kind:
        raise StackError(f"{where}: {reference} is no Lambda function")
    return kind[-1]


def _text(value: Any) -> str:
    """An environment variable's value as CloudFormation writes it."""
    return json.dumps(value) if isinstance(value, bool) else str(value)
