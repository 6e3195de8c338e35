"""The whole stack on one machine, made from the template: start it, use it, stop it."""

import concurrent.futures
import itertools
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
from botocore.config import Config

from local import alarms, blueprint, deployment, leading_keys, metrics, policies, template
from local.aws import AwsServer, hasten_messages
from local.errors import StackError
from local.events import Events
from local.functions import Function
from local.gateway import Gateway
from local.permissions import Permissions
from local.queues import QueuePoller
from local.schedules import Schedule

DEVELOPER = "developer"
_NUMBERS = itertools.count(1)


class Stack:
    """The stack of a template.

    Parameters of the template that a development stack decides (Domain, DevelopmentUrl,
    DevelopmentHosts) are set where the template has them; `parameters` overrides them.

    Raises:
        PortInUse: another program listens on the port.
    """

    def __init__(
        self,
        *,
        template_path: Path,
        root: Path,
        logs: Path,
        parameters: Mapping[str, str] | None = None,
        development_hosts: str = "",
        port: int = 0,
        region: str = "us-east-2",
        name: str = "connections",
    ) -> None:
        self._template_path = template_path
        self._root = root
        self.logs = logs
        self._given = dict(parameters or {})
        self._development_hosts = development_hosts
        # moto keeps the stacks of a process together.
        self._name = f"{name}-{next(_NUMBERS)}"
        self._clients: dict[tuple[str, str], Any] = {}
        self.region = region
        self.functions: dict[str, Function] = {}
        self.outputs: Mapping[str, str] = {}
        self._events = Events([], [], alarms.Alarms([], []))
        self._gateway = Gateway(port)
        self._aws = AwsServer()

    @property
    def url(self) -> str:
        """Where the HTTP API listens."""
        return self._gateway.url

    @property
    def aws_url(self) -> str:
        """The endpoint for all of AWS."""
        return self._aws.url

    def start(self) -> None:
        """Make everything and be ready when this returns.

        Raises:
            StackError: the template or a function is wrong.
        """
        self.logs.mkdir(parents=True, exist_ok=True)
        self._aws.start()
        deployed = self._deployed()
        self.outputs = deployed.outputs
        self._start_functions(blueprint.functions(deployed, self._root))
        self._aws.outage.of(deployed.data_arns)
        self._aws.partition_keys = leading_keys.partition_keys(deployed)
        self._aws.permissions = Permissions(
            {name: function.blueprint.role for name, function in self.functions.items()},
            deployed.data_arns,
            policies.key_policies(deployed),
        )
        self._events = self._made_events(deployed)
        self._events.start()
        self._gateway.tools = {
            "POST tick": self._events.tick,
            # The same as if so much time had passed that every message can be seen.
            "POST later": lambda: self._events.tick(hasten_messages),
            "POST outage": self._aws.outage.begin,
            "GET permissions": self._aws.permissions.report,
            "GET alarms": self._events.alarms.look,
        }
        self._gateway.serve(blueprint.routes(deployed), self.functions)

    def stop(self) -> None:
        """End everything that was started; what is in memory is gone."""
        self._events.stop()
        for function in self.functions.values():
            function.stop()
        self._gateway.stop()
        self._events.join()
        self._aws.stop()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def client(self, service: str, caller: str = DEVELOPER) -> Any:
        """A client of one AWS service, with the rights of a function or of the developer."""
        if (service, caller) in self._clients:
            return self._clients[service, caller]
        session = boto3.Session(
            aws_access_key_id=caller, aws_secret_access_key=caller, region_name=self.region
        )
        # moto's errors are ours to correct: another attempt would not help.
        config = Config(retries={"total_max_attempts": 1})
        client = session.client(service, endpoint_url=self._aws.url, config=config)  # type: ignore[call-overload]
        return self._clients.setdefault((service, caller), client)

    def _deployed(self) -> deployment.Deployment:
        sam = template.load(self._template_path)
        parameters = template.parameter_values(sam, self._parameters(sam))
        return deployment.deploy(
            self.client("cloudformation"),
            template.translate(sam, parameters, self.region),
            parameters,
            name=self._name,
            region=self.region,
            url=self.url,
        )

    def _parameters(self, sam: Mapping[str, Any]) -> dict[str, str]:
        defaults = {
            "Domain": "localhost.test",
            "DevelopmentUrl": self.url,
            "DevelopmentHosts": self._development_hosts,
        }
        declared = sam.get("Parameters", {})
        chosen = {name: value for name, value in defaults.items() if name in declared}
        return {**chosen, **self._given}

    def _start_functions(self, blueprints: list[blueprint.FunctionBlueprint]) -> None:
        for one in blueprints:
            self.functions[one.name] = Function(
                one, region=self.region, aws_url=self.aws_url, logs=self.logs
            )
        # Imports are bound by the processor: more at once than there are would gain nothing.
        pool = concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count())
        try:
            starts = [pool.submit(function.start) for function in self.functions.values()]
            errors = [str(error) for start in starts if (error := start.exception()) is not None]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        if errors:
            raise StackError("; ".join(errors) + f" (see the logs in {self.logs})")

    def _made_events(self, deployed: deployment.Deployment) -> Events:
        sqs = self.client("sqs")
        return Events(
            [
                QueuePoller(one, sqs, self.functions[one.function], self.region)
                for one in blueprint.queues(deployed)
            ],
            [
                Schedule(
                    one,
                    self.functions[one.function],
                    self.region,
                    lambda caller: self.client("sqs", caller),
                )
                for one in blueprint.schedules(deployed)
            ],
            self._made_alarms(deployed),
        )

    def _made_alarms(self, deployed: deployment.Deployment) -> alarms.Alarms:
        filters = metrics.filters(deployed)
        found = alarms.alarms(deployed, filters)
        watched = {metric for alarm in found for metric, _ in alarm.parts}
        of_queues = [metric for metric in watched if metric.namespace == metrics.QUEUES]
        of_functions = [metric for metric in watched if metric.namespace == metrics.FUNCTIONS]
        sources = [
            metrics.log_lines(filters, self.logs),
            metrics.queue_depths(of_queues, self.client("sqs")),
            metrics.function_errors(of_functions, self.functions),
        ]
        return alarms.Alarms(found, sources)
