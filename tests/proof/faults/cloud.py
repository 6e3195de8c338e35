"""The seam to AWS and to the authorization server, where steps are counted and made to fail."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from moto.core.botocore_stubber import BotocoreStubber

from connections.adapters.authorization_server import HttpAuthorizationServer
from tests.integration.entrypoints.sent import Killed
from tests.proof.faults.clock import MovingClock
from tests.proof.faults.faults import Fault
from tests.proof.faults.steps import TOKEN_REQUEST, Call, call_of, parsed

Answer: TypeAlias = tuple[int, dict[str, str], bytes]
READ_TIMEOUT = 3.0
"""Seconds that clients of AWS wait for an answer."""
_THROTTLED = {
    "dynamodb": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
    "sqs": "com.amazonaws.sqs#RequestThrottled",
    "kms": "ThrottlingException",
}
_CONFLICT = "com.amazonaws.dynamodb.v20120810#TransactionConflictException"
_CANCELED = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException"


@dataclass(slots=True)
class Cloud:
    """What an invocation calls while it is watched, and which of its steps fails."""

    names: dict[str, str]
    clock: MovingClock
    watched: bool = False
    steps: list[Call] = field(default_factory=list)
    fault: Fault | None = None
    at: int = 0
    """The number of the step that fails, from 1."""
    meanwhile: Callable[[], object] = lambda: None
    """What somebody else does just before it."""
    refuses: Call | None = None
    """What AWS refuses to do as well, in every invocation."""
    dead: bool = False
    """Whether the process has ended: nothing reaches anybody any more."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    _call: str = ""
    _tries: int = 0

    @contextmanager
    def watching(
        self,
        fault: Fault | None = None,
        at: int = 0,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> Iterator[None]:
        """Count the steps of what is done meanwhile, and let one fail."""
        self.fault, self.at, self.meanwhile = fault, at, meanwhile
        self.steps, self.watched, self.dead, self._call = [], True, False, ""
        try:
            yield
        finally:
            self.watched = False

    def rule(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Be between the service and whatever it calls."""
        to_aws, to_server = BotocoreStubber.process_request, HttpAuthorizationServer.send
        monkeypatch.setattr(
            BotocoreStubber,
            "process_request",
            lambda stub, request: self._aws(request, lambda: self._alone(to_aws, stub, request)),
        )
        monkeypatch.setattr(
            HttpAuthorizationServer,
            "send",
            lambda server, *asked: self._server(lambda: to_server(server, *asked)),
        )

    def _alone(self, act: Callable[..., Any], *of: Any) -> Any:
        """Let AWS in memory do one thing at a time: its conditional writes are not atomic."""
        with self.lock:
            return act(*of)

    @property
    def _watches(self) -> bool:
        # What nobody's invocation calls is the proof's own.
        return self.watched and self.clock.ends is not None

    def _aws(self, request: Any, act: Callable[[], Any]) -> Any:
        """Let a try of a call through to AWS, or not."""
        if not self._watches:
            return act()
        if self.dead or self.clock.overran:
            raise Killed
        target, body = parsed(request.headers["X-Amz-Target"], request.body)
        call_id = str(request.headers["amz-sdk-invocation-id"])
        again = call_id == self._call
        self._call, self._tries = call_id, self._tries + 1 if again else 1
        if not again:
            self._begun(call_of(target, body, self.names))
        call = self.steps[-1]
        if self._strikes(call):
            return self._struck(request, act)
        return _refusal(_THROTTLED[call.service]) if call == self.refuses else act()

    def _begun(self, call: Call) -> None:
        self.steps.append(call)
        if len(self.steps) == self.at:
            # Somebody else's calls are none of this invocation's.
            self.watched = False
            self.meanwhile()
            self.watched = True

    def _strikes(self, call: Call) -> bool:
        """Tell whether the fault happens to this try."""
        number, struck = len(self.steps), self.steps[self.at - 1 : self.at]
        if not struck:
            return False
        match self.fault:
            case Fault.THROTTLED_ON | Fault.KMS_DENIED:
                return call == struck[0]
            case Fault.SERVICE_DOWN:
                return call.service == struck[0].service
            case Fault.AWS_DOWN:
                return True
            case Fault.THROTTLED_ONCE | Fault.LOST_ONCE:
                return number == self.at and self._tries == 1
        return number == self.at

    def _struck(self, request: Any, act: Callable[[], Any]) -> Any:
        call = self.steps[-1]
        match self.fault:
            case Fault.KILLED_BEFORE:
                self._die()
            case Fault.KILLED_AFTER:
                act()
                self._die()
            case Fault.THROTTLED_ONCE | Fault.THROTTLED | Fault.THROTTLED_ON:
                return _refusal(_THROTTLED[call.service])
            case Fault.CONFLICT:
                return _conflict(call)
            case Fault.LOST_BEFORE:
                self._time_out(request)
            case Fault.LOST_ONCE | Fault.LOST_AFTER:
                act()
                self._time_out(request)
            case Fault.SERVICE_DOWN | Fault.AWS_DOWN:
                raise EndpointConnectionError(endpoint_url=request.url)
            case Fault.KMS_DENIED:
                return _refusal("AccessDeniedException")
            case Fault.KMS_FAILED:
                return _refusal("KMSInternalException", status=500)
        return act()

    def _server(self, act: Callable[[], Any]) -> Any:
        if not self._watches:
            return act()
        if self.dead or self.clock.overran:
            raise Killed
        self._begun(TOKEN_REQUEST)
        here = len(self.steps) == self.at
        if here and self.fault is Fault.KILLED_BEFORE:
            self._die()
        try:
            return act()
        finally:
            if here and self.fault is Fault.KILLED_AFTER:
                self._die()

    def _die(self) -> None:
        self.dead = True
        raise Killed

    def _time_out(self, request: Any) -> None:
        self.clock.sleep(READ_TIMEOUT)
        raise ReadTimeoutError(endpoint_url=request.url)


def _refusal(error: str, *, status: int = 400, **more: Any) -> Answer:
    content = {"__type": error, "message": "injected", **more}
    return status, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(content).encode()


def _conflict(call: Call) -> Answer:
    if not call.transacts:
        return _refusal(_CONFLICT)
    reasons = [{"Code": "TransactionConflict"}, {"Code": "None"}]
    return _refusal(_CANCELED, CancellationReasons=reasons)
