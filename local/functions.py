"""Functions as Lambda runs them: each execution environment a process with one event at a time."""

import os
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.blueprint import FunctionBlueprint
from local.deployment import ACCOUNT
from local.errors import StackError
from local.partition import partition
from local.process import START_LIMIT, Gone, Late, Message, Process

# More processes than this would only wait for the processor.
MOST_ENVIRONMENTS = 8
# All that a function inherits from the developer's shell.
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an invocation gave: JSON text, which describes the error if there was one."""

    request_id: str
    payload: Any
    failed: bool = False


class Busy(Exception):
    """The caller's patience ended before the function's answer."""


class Function:
    """One function with its environments: started when all are busy, up to its concurrency.

    `errors` counts the answers that told of one.
    """

    def __init__(
        self, blueprint: FunctionBlueprint, *, region: str, aws_url: str, logs: Path
    ) -> None:
        self.blueprint = blueprint
        self.errors = 0
        self.arn = f"arn:{partition(region)}:lambda:{region}:{ACCOUNT}:function:{blueprint.name}"
        self._variables = _variables(blueprint, region, aws_url)
        self._log = (logs / f"{blueprint.name}.log").open("wb")
        self._limit = min(MOST_ENVIRONMENTS, blueprint.concurrency or MOST_ENVIRONMENTS)
        self._idle: list[Process] = []
        self._processes: set[Process] = set()
        self._places = 0
        self._stopped = False
        self._change = threading.Condition()

    def start(self) -> None:
        """Have one environment ready.

        Raises:
            StackError: the function's module cannot be imported.
        """
        with self._change:
            self._places += 1
        process, error = self._started()
        if process is None:
            reason = f"{error['errorType']}: {error['errorMessage']}"
            raise StackError(f"{self.blueprint.name} does not start: {reason}")
        self._give_back(process)

    def invoke(self, event: Any, patience: float = float("inf")) -> Answer:
        """Let the function answer the event; it is killed when its time is over.

        Raises:
            Busy: there was no answer within the caller's patience, in seconds; the function may
                still be at work.
        """
        request_id = str(uuid.uuid4())
        until = time.monotonic() + patience
        process, error = self._taken(until)
        if process is None:
            return self._failed(request_id, error)
        end = time.monotonic() + self.blueprint.timeout
        message = Message(
            id=request_id,
            arn=self.arn,
            event=event,
            deadline=time.time() + self.blueprint.timeout,
        )
        try:
            process.send(message)
            return self._settled(process, request_id, process.receive(min(end, until)))
        except Late:
            if until < end:
                finish = threading.Thread(target=self._finish, args=(process, end), daemon=True)
                finish.start()
                raise Busy from None
            return self._lost(process, request_id, self._timed_out(request_id))
        except Gone:
            return self._lost(process, request_id, _exited(process, request_id))

    def stop(self) -> None:
        """End all environments."""
        with self._change:
            self._stopped = True
            processes = list(self._processes)
            idle, self._idle = self._idle, []
            self._change.notify_all()
        for process in processes:
            process.kill()
        for process in idle:
            process.close()
        self._log.close()

    def _taken(self, until: float) -> tuple[Process | None, dict[str, Any]]:
        """An environment for one event, or why a new one does not start."""
        with self._change:
            while not self._idle and self._places >= self._limit and not self._stopped:
                remaining = until - time.monotonic()
                if remaining <= 0 or not self._change.wait(min(remaining, 3600.0)):
                    raise Busy
            if self._stopped:
                raise Busy
            if self._idle:
                return self._idle.pop(), {}
            self._places += 1
        return self._started()

    def _started(self) -> tuple[Process | None, dict[str, Any]]:
        process = Process(self.blueprint, self._variables, self._log)
        with self._change:
            self._processes.add(process)
            stopped = self._stopped
        if stopped:
            process.kill()
        try:
            answer = process.receive(time.monotonic() + START_LIMIT)
        except Late:
            answer = {"error": {"errorType": "Sandbox.Timedout", "errorMessage": "Init timed out"}}
        except Gone:
            answer = {"error": _exited(process, "init")}
        if "ready" in answer:
            return process, {}
        self._forget(process)
        return None, answer["error"]

    def _settled(self, process: Process, request_id: str, answer: dict[str, Any]) -> Answer:
        self._give_back(process)
        if "error" in answer:
            return self._failed(request_id, answer["error"])
        return Answer(request_id=request_id, payload=answer["payload"])

    def _finish(self, process: Process, end: float) -> None:
        """Wait for an answer that nobody wants any more."""
        try:
            process.receive(end)
        except (Late, Gone):
            self._forget(process)
        else:
            self._give_back(process)

    def _lost(self, process: Process, request_id: str, error: dict[str, Any]) -> Answer:
        self._forget(process)
        return self._failed(request_id, error)

    def _failed(self, request_id: str, error: dict[str, Any]) -> Answer:
        with self._change:
            self.errors += 1
        return Answer(request_id=request_id, payload=error, failed=True)

    def _give_back(self, process: Process) -> None:
        with self._change:
            if not self._stopped:
                self._idle.append(process)
                self._change.notify()
                return
        process.close()

    def _forget(self, process: Process) -> None:
        process.close()
        with self._change:
            self._processes.discard(process)
            self._places -= 1
            self._change.notify()

    def _timed_out(self, request_id: str) -> dict[str, Any]:
        seconds = f"{self.blueprint.timeout:.2f}"
        return {
            "errorType": "Sandbox.Timedout",
            "errorMessage": f"RequestId: {request_id} Error:"
            f" Task timed out after {seconds} seconds",
        }


def _exited(process: Process, request_id: str) -> dict[str, Any]:
    process.kill()
    return {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {request_id} Error: Runtime exited with error:"
        f" exit status {process.exit_code}",
    }


def _variables(function: FunctionBlueprint, region: str, aws_url: str) -> Mapping[str, str]:
    """The environment: the developer's least, Lambda's own, and what the template says."""
    return {
        **{name: os.environ[name] for name in INHERITED if name in os.environ},
        "TZ": ":UTC",
        "LAMBDA_TASK_ROOT": str(function.folder),
        "_HANDLER": function.handler,
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ENDPOINT_URL": aws_url,
        "AWS_EC2_METADATA_DISABLED": "true",
        # The access key says who calls: the function's role decides what it may do.
        "AWS_ACCESS_KEY_ID": function.name,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_SESSION_TOKEN": "local",
        **function.environment,
    }
