"""Connections of one client at the demo provider, and the functions that keep them."""

import io
import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from connections.entrypoints.logs import logger
from local.demo_provider import serve
from tests.integration.aws import CREDENTIALS, ROOT, TEMPLATE, Aws, aws_in_memory
from tests.integration.entrypoints import events
from tests.integration.entrypoints.calls import Functions, forget
from tests.integration.entrypoints.demo import SECRET, Customer, Demo
from tests.integration.entrypoints.tenants import made
from tests.performance.metering import Meter, metered

SCHEDULE, WORKER = "ScheduleRefreshesFunction", "RefreshConnectionsFunction"
_REFRESHES = TEMPLATE["Resources"][WORKER]["Properties"]["Events"]["Refreshes"]
BATCH = int(_REFRESHES["Properties"]["BatchSize"])
"""Messages that the worker is given at once."""
_MOST_RECEIVED = 10
BUILT_IN, COMPONENT = "salesforce", "crm"
"""The component is published after a built-in one, so that its size is that of a real one."""
ACCESS_TOKEN_BYTES, LARGE_ACCESS_TOKEN_BYTES = 1024, 4096
"""Of opaque tokens and short JWTs; and of long ones, as Microsoft issues with many claims."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The functions, and the connections that are made for them."""

    aws: Aws
    demo: Demo
    written: io.StringIO
    """What the functions log."""
    customers: list[Customer] = field(default_factory=list)

    @property
    def functions(self) -> Functions:
        return self.demo.functions

    def publish(self, *, token_bytes: int = ACCESS_TOKEN_BYTES) -> None:
        """Publish the component with one client, whose tokens are always due.

        Answers are filled up to the size of real tokens: the demo provider's are short.
        """
        filling = {"padding": "x" * token_bytes}
        self.demo.register(COMPONENT, extra_token_fields=filling)
        made(self.functions.call("PUT", f"/components/{COMPONENT}", json=_component(self.demo.url)))

    def connect(self, count: int) -> None:
        """Let so many customers connect."""
        for _ in range(count):
            values = {"clientId": COMPONENT, "clientSecret": SECRET}
            wanted = {"component": COMPONENT, "key": "oauth2", "values": values}
            created = made(self.functions.call("POST", "/connections", json={"connection": wanted}))
            customer = Customer(demo=self.demo, id=created["id"], client_id=COMPONENT)
            self.customers.append(customer.connected())

    def sweep(self) -> dict[str, Any]:
        """Run the schedule once, with time enough for a queue that is slow in memory."""
        return self.functions.invoke(
            SCHEDULE, events.event("schedule_refreshes.every-minute"), seconds=900
        )

    def batch(self) -> dict[str, Any]:
        """Let what is due be queued, and return the event with its first messages."""
        self.sweep()
        return self.queued("RefreshesQueue", "refresh_connections.due")

    def refresh(self, batch: dict[str, Any]) -> None:
        """Let the worker refresh a batch, which must work."""
        done = self.functions.invoke(WORKER, batch, seconds=120)
        assert done == {"batchItemFailures": []}, done

    def queued(self, queue: str, name: str) -> dict[str, Any]:
        """Return the event that Lambda makes of a queue's first messages, and empty the queue."""
        wanted = events.event(name)
        (record,) = wanted["Records"]
        bodies = self.emptied(queue)
        wanted["Records"] = [
            {**record, "messageId": str(number), "body": body}
            for number, body in enumerate(bodies[:BATCH])
        ]
        return wanted

    def logged(self) -> list[str]:
        """Return the lines that were logged since the last time."""
        lines = self.written.getvalue().splitlines()
        self.written.seek(0)
        self.written.truncate()
        return lines

    def waiting(self, queue: str) -> int:
        """Return how many messages a queue holds."""
        name: Any = "ApproximateNumberOfMessages"
        url = self.aws.names[queue]
        told = self.aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])
        return int(told["Attributes"][name])

    def emptied(self, queue: str) -> list[str]:
        """Take all messages of a queue, and return their bodies."""
        url, bodies = self.aws.names[queue], list[str]()
        while True:
            taken = self.aws.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=_MOST_RECEIVED)
            if not taken.get("Messages"):
                return bodies
            for each in taken["Messages"]:
                bodies.append(each["Body"])
                self.aws.sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])


@contextmanager
def credentials() -> Iterator[pytest.MonkeyPatch]:
    """Have AWS's credentials in the environment, which may be changed within."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in CREDENTIALS.items():
            environment.setenv(name, value)
        yield environment


@contextmanager
def scene_of(aws: Aws, provider_url: str, environment: pytest.MonkeyPatch) -> Iterator[Scene]:
    """Run the functions with this AWS and this demo provider."""
    forget()
    written = io.StringIO()
    handler: Any = logger.registered_handler
    handler.setStream(written)
    host = provider_url.removeprefix("http://")
    functions = Functions(aws, environment, development_hosts=host)
    functions.make_key()
    with httpx.Client(base_url=provider_url, trust_env=False) as http:
        yield Scene(
            aws=aws, demo=Demo(functions=functions, http=http, url=provider_url), written=written
        )
    handler.setStream(sys.stdout)
    forget()


@contextmanager
def scene_in_memory() -> Iterator[tuple[Scene, Meter]]:
    """Run the functions with AWS in memory and a meter."""
    with ExitStack() as held:
        environment = held.enter_context(credentials())
        aws = held.enter_context(aws_in_memory())
        provider = serve("localhost", 0)
        held.callback(provider.stop)
        meter = held.enter_context(metered(aws.dynamodb, aws.names))
        yield held.enter_context(scene_of(aws, provider.url, environment)), meter


def _component(provider_url: str) -> dict[str, Any]:
    path = ROOT / "layers/connections/python/connections/components" / f"{BUILT_IN}.json"
    document: dict[str, Any] = json.loads(path.read_text())
    (definition,) = document["connections"]
    document["key"], inputs = COMPONENT, definition["inputs"]
    for place in ("authorize", "token", "revoke"):
        inputs[f"{place}Url"] |= {"type": "string", "default": f"{provider_url}/{place}"}
    inputs["scopes"]["default"] = "contacts.read offline_access"
    # Two hours before the end of an hour: it is due as soon as it was refreshed.
    definition["provider"] = {**definition["provider"], "refreshBuffer": 7200}
    return document
