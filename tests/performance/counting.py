"""One operation after the other, each with the requests that it sends to AWS."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.integration.entrypoints import events
from tests.integration.entrypoints.calls import Answer
from tests.integration.entrypoints.tenants import made
from tests.performance.metering import Meter, counted
from tests.performance.scene import Scene

Returned = TypeVar("Returned")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """Does things with the functions, and counts."""

    scene: Scene
    meter: Meter
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    """By route, or by what is done."""

    def count(self, name: str, call: Callable[[], Returned]) -> Returned:
        """Do something, and note what it sends under that name."""
        self.meter.taken()
        returned = call()
        self.counts[name] = counted(self.meter.taken())
        return returned

    def call(self, method: str, path: str, **more: Any) -> Answer:
        """Send a request, which must work, and note what it sends under its route."""
        route, _ = events.route_of(method, path)
        functions = self.scene.functions
        answer = self.count(route.key, lambda: functions.call(method, path, **more))
        assert answer.status < 400, f"{route.key}: {answer.status} {answer.body}"
        return answer

    def invoke(self, name: str, function: str, event: dict[str, Any]) -> None:
        """Invoke a function with messages, which it must work off."""
        functions = self.scene.functions
        done = self.count(name, lambda: functions.invoke(function, event, seconds=120))
        assert done == {"batchItemFailures": []}, f"{name}: {done}"

    def made(self, path: str, wanted: dict[str, Any]) -> str:
        """Make something, and return its id."""
        return str(made(self.call("POST", path, json=wanted))["id"])

    def first(self, queue: str, name: str) -> dict[str, Any]:
        """Empty a queue, and return the event of its first message, also if it is delayed."""
        event = events.event(name)
        event["Records"][0]["body"] = self.scene.aws.messages(queue)[0]
        return event
