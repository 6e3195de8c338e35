"""The line to AWS: counts the requests of a client, and lets them fail."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import EndpointConnectionError


@dataclass(frozen=True, slots=True)
class _Refused:
    status_code: int = 400


@dataclass(slots=True)
class Line:
    """What one or several clients ask of AWS, by operation."""

    requests: Counter[str] = field(default_factory=Counter)
    _faults: dict[str, list[Callable[[], Any]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, *clients: Any) -> "Line":
        """Listen to these clients."""
        line = cls()
        for client in clients:
            client.meta.events.register("before-call", line._before_call)
        return line

    def refuse(self, operation: str, code: str, **response: Any) -> None:
        """Let the next request of that operation be answered with an error."""
        answer = {"Error": {"Code": code, "Message": "The test says so."}, **response}
        self._faults[operation].append(lambda: (_Refused(), answer))

    def answer(self, operation: str, **response: Any) -> None:
        """Let the next request of that operation be answered so."""
        self._faults[operation].append(lambda: (_Refused(200), response))

    def break_down(self, operation: str) -> None:
        """Let the next request of that operation find nobody."""

        def nobody() -> None:
            raise EndpointConnectionError(endpoint_url="https://aws.example")

        self._faults[operation].append(nobody)

    def before(self, operation: str, action: Callable[[], None]) -> None:
        """Do something just before the next request of that operation."""
        self._faults[operation].append(action)

    def since(self, action: Callable[[], object]) -> dict[str, int]:
        """Return the requests that an action makes."""
        self.requests.clear()
        action()
        return dict(self.requests)

    def _before_call(self, model: Any, **_: Any) -> Any:
        self.requests[model.name] += 1
        faults = self._faults[model.name]
        return faults.pop(0)() if faults else None
