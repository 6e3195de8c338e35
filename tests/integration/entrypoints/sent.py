"""What the functions send to AWS: counted, and made to fail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.exceptions import EndpointConnectionError

READING = frozenset({"GetItem", "BatchGetItem", "Query", "Decrypt"})
"""Operations that change nothing."""


class Killed(BaseException):
    """The function's process ends here."""


@dataclass(slots=True)
class Sent:
    """The operations that clients sent which were made since."""

    operations: list[str] = field(default_factory=list)
    fails: str = ""
    """Which operations are counted for the failure; all, if empty."""
    fails_at: int = 0
    """The how manieth of them does not reach AWS; 0 for none."""
    is_killed: bool = False
    """Whether the function ends then, without a word."""
    meanwhile: dict[str | int, Callable[[], object]] = field(default_factory=dict)
    """What somebody else does before the next operation of that name, or the one of that number."""

    @property
    def changes(self) -> list[str]:
        return [each for each in self.operations if each not in READING]

    def anew(self) -> "Sent":
        """Begin to count anew."""
        self.operations.clear()
        return self

    def failing_at(self, number: int, *, fails: str = "", killed: bool = False) -> "Sent":
        """Let the request of that number fail; 0 for none."""
        self.fails_at, self.fails, self.is_killed = number, fails, killed
        return self.anew()

    def before(self, model: Any, **_: Any) -> None:
        self.operations.append(model.name)
        for moment in (model.name, len(self.operations)):
            self.meanwhile.pop(moment, lambda: None)()
        counted = [each for each in self.operations if self.fails in ("", each)]
        if self.fails in ("", model.name) and len(counted) == self.fails_at:
            raise Killed if self.is_killed else EndpointConnectionError(endpoint_url="https://aws")


@contextmanager
def sending() -> Iterator[Sent]:
    """Listen to every client that is made from now on."""
    sent = Sent()
    events = boto3._get_default_session().events
    events.register("before-call", sent.before)
    yield sent
    events.unregister("before-call", sent.before)
