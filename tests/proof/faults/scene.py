"""One connected connection, the functions that refresh it, and what comes after a fault."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest

from connections.adapters.aws import dynamodb_client, from_item, kms_client
from connections.adapters.sealing import Sealer
from connections.adapters.states_table import DynamoStates
from connections.adapters.tokens_table import DynamoTokens
from connections.application.invocation import Invocation
from connections.domain.claim import Claim
from connections.domain.grant import Grant
from connections.domain.identifiers import ConnectionId
from connections.entrypoints import composition, credentials, refresh_connections
from tests.integration import memory
from tests.integration.aws import TEMPLATE, Aws
from tests.integration.entrypoints.calls import Answer, Context, Functions, forget
from tests.integration.entrypoints.demo import Customer, Demo
from tests.integration.entrypoints.events import event, request
from tests.integration.entrypoints.sent import Killed
from tests.proof.faults import provider as providers
from tests.proof.faults.clock import MovingClock
from tests.proof.faults.cloud import Cloud
from tests.proof.faults.provider import Provider

LIFETIME = 3600
"""Seconds that an access token works."""
_TABLES = ("Definitions", "Connections", "Tokens")
REFRESH, READ = "RefreshConnectionsFunction", "CredentialsFunction"
_SERVICES: dict[str, Any] = {REFRESH: refresh_connections.services, READ: credentials.services}
QUEUES = {
    "RefreshesQueue": (REFRESH, "refresh_connections.due"),
    "RescuesQueue": (REFRESH, "refresh_connections.due"),
    "RevocationsQueue": ("RevokeTokensFunction", "revoke_tokens.disconnected"),
}
"""Who takes messages of a queue, and what an event of them looks like."""
MOST_DELIVERIES = 10


class _Timed(Context):
    """The context of an invocation whose time runs by the proof's clock."""

    def __init__(self, function: str, clock: MovingClock, ends: float) -> None:
        super().__init__(function, 0.0)
        self._clock, self._ends = clock, ends

    def get_remaining_time_in_millis(self) -> int:  # type: ignore[override]
        return max(0, int((self._ends - self._clock.seconds()) * 1000))


@dataclass(slots=True, kw_only=True)
class Scene:
    """A customer's connection at one provider, and everything around it."""

    aws: Aws
    clock: MovingClock
    cloud: Cloud
    provider: Provider
    demo: Demo
    customer: Customer
    connected_at: float
    kept: dict[str, Any]
    tokens: DynamoTokens
    failing: str = REFRESH
    """The function whose steps fail."""
    pending: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Records that come again, by queue."""

    @property
    def id(self) -> ConnectionId:
        return ConnectionId(self.customer.id)

    @property
    def ends(self) -> float:
        """When the access token ends that the connection began with."""
        return self.connected_at + LIFETIME

    @property
    def stored(self) -> Grant | None:
        return self.tokens.get(self.id)

    @property
    def state(self) -> dict[str, Any]:
        """The state item."""
        items = map(from_item, self.aws.items("Connections"))
        (found,) = [each for each in items if (each["pk"], each["sk"]) == (self.id, "state")]
        return found

    def begin(self, seconds: float, failing: str) -> None:
        """Bring everything back to how it was when the customer had connected, so long ago."""
        self.failing = failing
        for table, held in self.kept.items():
            memory.put_back(self.aws.names[table], held)
        for queue in QUEUES:
            memory.forget_messages(self.aws.names[queue])
        self.pending.clear()
        self.provider.go_back()
        for endpoint in ("/_ledger", "/_faults"):
            self.demo.http.delete(endpoint).raise_for_status()
        self.clock.overran, self.cloud.refuses = False, None
        self.clock.go_to(self.connected_at + seconds)
        self.start_anew()

    def take(self) -> None:
        """Take what waits in the queues, delayed or not, to deliver it."""
        for queue, (_, name) in QUEUES.items():
            (alike,) = event(name)["Records"]
            if not memory.waiting_messages(self.aws.names[queue]):
                continue
            for body in self.aws.messages(queue):
                attributes = {**alike["attributes"], "ApproximateReceiveCount": "0"}
                record = {**alike, "body": body, "attributes": attributes}
                # Of two queues' batches one function makes different things.
                queue_name = self.aws.names[queue].rpartition("/")[2]
                record["eventSourceARN"] = f"arn:aws:sqs:us-east-2:123456789012:{queue_name}"
                self.pending.setdefault(queue, []).append(record)

    def start_anew(self) -> None:
        """Have a new process of the function that fails, which knows nothing of before."""
        self.demo.functions.started.pop(self.failing, None)
        _SERVICES[self.failing].cache_clear()
        composition.sealer.cache_clear()

    def invoke(self, function: str, wanted: dict[str, Any]) -> dict[str, Any]:
        """Invoke a function, which ends with its time.

        Raises:
            Killed: it came to no end of its own.
        """
        functions = self.demo.functions
        handler = functions.started.get(function) or functions.start(function)
        seconds = TEMPLATE["Resources"][function]["Properties"].get("Timeout", 29)
        self.clock.ends = self.clock.seconds() + seconds
        try:
            return handler(wanted, _Timed(function, self.clock, self.clock.ends))
        finally:
            self.clock.ends = None

    def deliver(self, queue: str) -> None:
        """Give a function what was taken from a queue; what fails comes again.

        Raises:
            Killed: the function ended without a word, so all of it comes again.
        """
        records = self.pending.pop(queue, [])
        if not records:
            return
        for number, each in enumerate(records):
            count = int(each["attributes"]["ApproximateReceiveCount"]) + 1
            assert count <= MOST_DELIVERIES, f"a message of {queue} comes again and again"
            each["attributes"]["ApproximateReceiveCount"] = str(count)
            each["messageId"] = str(number)
        failed = {each["messageId"] for each in records}
        try:
            answered = self.invoke(QUEUES[queue][0], {"Records": records})
            failed = {each["itemIdentifier"] for each in answered["batchItemFailures"]}
        finally:
            self.pending[queue] = [each for each in records if each["messageId"] in failed]

    def schedule(self) -> None:
        """Let the schedule look what is due."""
        self.invoke("ScheduleRefreshesFunction", event("schedule_refreshes.every-minute"))

    def read(self) -> Answer:
        """Read the credentials, as integration code does."""
        _, wanted = request("GET", f"/connections/{self.id}/credentials")
        wanted["headers"]["authorization"] = f"Bearer {self.demo.functions.key}"
        return Answer.of(self.invoke(READ, wanted))

    def disconnect(self) -> None:
        """Have the customer disconnect, in a process of its own."""
        if READ not in self.demo.functions.started:
            self.demo.functions.start(READ)
        deadline = self.clock.now() + timedelta(seconds=29)
        disconnecter = credentials.services().disconnecter
        disconnecter.disconnect(self.id, Invocation(id="of-the-customer", deadline=deadline))

    def overtake(self) -> None:
        """Have somebody else claim the connection for a minute, who then ends without a word."""
        states = DynamoStates(dynamodb_client(), self.aws.names["Connections"])
        now = self.clock.now()
        claim = Claim(holder="of-another/0", until=now + timedelta(minutes=1))
        assert states.claim(self.id, claim, now) is not None

    def reconnect(self) -> None:
        """Have the customer connect anew."""
        self.customer.connected()

    def watched(self, act: Callable[["Scene"], object], **fault: Any) -> None:
        """Do one thing while its steps are counted and one may fail; survive its end."""
        with self.cloud.watching(**fault):
            try:
                act(self)
            except Killed:
                self.cloud.dead = True
        if self.cloud.dead:
            self.start_anew()


@contextmanager
def connected(aws: Aws, client: dict[str, Any], facts: dict[str, Any]) -> Iterator[Scene]:
    """Connect a customer's connection to a provider that behaves in one way."""
    clock = MovingClock()
    cloud = Cloud(aws.names, clock)
    with pytest.MonkeyPatch.context() as monkeypatch, providers.running(clock) as provider:
        clock.rule(monkeypatch)
        cloud.rule(monkeypatch)
        forget()
        host = provider.url.removeprefix("http://")
        functions = Functions(aws, monkeypatch, development_hosts=host)
        functions.make_key()
        with httpx.Client(base_url=provider.url, trust_env=False) as http:
            demo = Demo(functions=functions, http=http, url=provider.url)
            customer = demo.connection(client=client, provider={"issuer": provider.url, **facts})
            connected_at = clock.seconds()
            customer.connected()
            provider.keep()
            provider.state.stored = lambda: aws.items("Tokens")
            sealer = Sealer(dynamodb_client(), kms_client(), aws.names["BranchKeys"], aws.key_arn)
            yield Scene(
                aws=aws,
                clock=clock,
                cloud=cloud,
                provider=provider,
                demo=demo,
                customer=customer,
                connected_at=connected_at,
                kept={table: memory.kept_items(aws.names[table]) for table in _TABLES},
                tokens=DynamoTokens(dynamodb_client(), aws.names["Tokens"], sealer),
            )
        forget()
    aws.empty()
