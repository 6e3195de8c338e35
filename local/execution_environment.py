"""An execution environment: the process in which one Lambda function's handler runs.

It is started by functions.py, as a file and isolated from the repository, so that a function sees
what it sees on Lambda and no more: its own folder, its layers, installed packages. It imports the
standard library only. Events come in and answers go out as lines of JSON over the pipes that were
its standard input and output; what the function prints goes to the log.
"""

import importlib.machinery
import json
import logging
import os
import queue
import sys
import threading
import time
import traceback
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

Handler = Callable[[Any, "Context"], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What Lambda hands to a handler beside the event."""

    aws_request_id: str
    invoked_function_arn: str
    deadline: float
    function_name: str = field(default_factory=lambda: os.environ["AWS_LAMBDA_FUNCTION_NAME"])
    function_version: str = "$LATEST"
    memory_limit_in_mb: str = field(
        default_factory=lambda: os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
    )
    log_group_name: str = field(default_factory=lambda: os.environ["AWS_LAMBDA_LOG_GROUP_NAME"])
    log_stream_name: str = field(default_factory=lambda: os.environ["AWS_LAMBDA_LOG_STREAM_NAME"])
    identity: None = None
    client_context: None = None

    def get_remaining_time_in_millis(self) -> int:
        """The time until the environment is killed."""
        return max(0, int((self.deadline - time.time()) * 1000))


def main() -> None:
    """Import the handler, say so, and answer one event after the other."""
    events, answers = _take_pipes()
    settings = json.loads(sys.argv[1])
    sys.path[:0] = settings["path"]
    logging.basicConfig(format="[%(levelname)s] %(asctime)s %(name)s %(message)s")
    try:
        handler = _load(settings["handler"])
    except Exception as error:  # noqa: BLE001 - the function's own, whatever it is
        traceback.print_exc()
        _send(answers, {"error": _described(error)})
        return
    _send(answers, {"ready": True})
    incoming = _read_in_background(events)
    while True:
        _send(answers, _answer(handler, json.loads(incoming.get())))


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the parent, out of the reach of what the function reads and prints."""
    events, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return events, answers


def _read_in_background(events: BinaryIO) -> "queue.SimpleQueue[bytes]":
    """The events as they come. When the parent is gone, so is this process, at once."""
    incoming: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def read() -> None:
        for line in events:
            incoming.put(line)
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    return incoming


def _load(name: str) -> Handler:
    module, _, function = name.rpartition(".")
    file = os.path.join(os.environ["LAMBDA_TASK_ROOT"], *module.split(".")) + ".py"
    if not os.path.exists(file):
        raise ModuleNotFoundError(f"there is no {file}")
    loader = _Uncached(module, file)
    loaded = types.ModuleType(module)
    loaded.__file__, loaded.__loader__ = file, loader
    sys.modules[module] = loaded
    loader.exec_module(loaded)
    handler: Handler = getattr(loaded, function)
    return handler


class _Uncached(importlib.machinery.SourceFileLoader):
    """Leaves no __pycache__ in the function's folder, which would be packaged with it."""

    def set_data(self, path: str, data: Any, *, _mode: int = 0o666) -> None:
        """Keep nothing."""


def _answer(handler: Handler, message: dict[str, Any]) -> dict[str, Any]:
    request_id = message["id"]
    context = Context(
        aws_request_id=request_id,
        invoked_function_arn=message["arn"],
        deadline=message["deadline"],
    )
    os.environ["_X_AMZN_TRACE_ID"] = message["trace"]
    try:
        return {"payload": json.dumps(handler(message["event"], context))}
    except Exception as error:  # noqa: BLE001 - the function's own, whatever it is
        traceback.print_exc()
        return {"error": {**_described(error), "requestId": request_id}}


def _described(error: Exception) -> dict[str, Any]:
    """The error as Lambda's runtime for Python describes it."""
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "stackTrace": traceback.format_tb(error.__traceback__),
    }


def _send(answers: BinaryIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    main()
