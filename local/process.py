"""The parent's side of one execution environment: start, ask, kill."""

import contextlib
import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from local.blueprint import FunctionBlueprint

CHILD = Path(__file__).with_name("execution_environment.py")
# Imports compete for two processors while the stack starts; Lambda itself gives ten seconds.
START_LIMIT = 60.0
_CHUNK = 1 << 20


class Late(Exception):
    """The process did not answer in time; it is still running."""


class Gone(Exception):
    """The process ended without an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One event for a handler; the deadline in seconds since the epoch."""

    id: str
    arn: str
    event: Any
    deadline: float
    trace: str = "Root=1-00000000-000000000000000000000000;Sampled=0"

    def line(self) -> bytes:
        """As it goes over the pipe."""
        content = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(content).encode() + b"\n"


class Process:
    """One running environment. Whoever holds it is the only one to use it."""

    def __init__(
        self, function: FunctionBlueprint, variables: Mapping[str, str], log: IO[bytes]
    ) -> None:
        settings = {
            "handler": function.handler,
            "path": [str(folder) for folder in (function.folder, *function.layers)],
        }
        self._child = subprocess.Popen(  # noqa: S603 - the repository's own file
            # Isolated: neither the repository nor PYTHON* variables may reach the function.
            [sys.executable, "-I", "-u", str(CHILD), json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=dict(variables),
            cwd=function.folder,
            # Ctrl-C is for the parent, which ends its children itself.
            start_new_session=True,
        )
        self._in, self._out = _pipe(self._child.stdin), _pipe(self._child.stdout)
        os.set_blocking(self._out.fileno(), False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._out, selectors.EVENT_READ)
        self._read = b""

    @property
    def exit_code(self) -> int | None:
        """How it ended, or nothing while it runs."""
        return self._child.poll()

    def send(self, message: Message) -> None:
        """Hand an event to the process.

        Raises:
            Gone: it has ended.
        """
        try:
            self._in.write(message.line())
            self._in.flush()
        except (OSError, ValueError) as error:
            raise Gone from error

    def receive(self, deadline: float) -> dict[str, Any]:
        """Wait for the answer until the deadline, in seconds of the monotonic clock.

        Raises:
            Late: there was none in time.
            Gone: the process ended instead.
        """
        while b"\n" not in self._read:
            if not self._selector.select(max(0.0, deadline - time.monotonic())):
                raise Late
            # The pipe is closed by kill(), perhaps in this moment.
            with contextlib.suppress(BlockingIOError):
                if not (chunk := os.read(self._out.fileno(), _CHUNK)):
                    raise Gone
                self._read += chunk
        line, _, self._read = self._read.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def kill(self) -> None:
        """End the process now and reap it."""
        self._child.kill()
        self._child.wait()

    def close(self) -> None:
        """Kill it and let go of the pipes; nobody may be waiting for an answer."""
        self.kill()
        self._selector.close()
        with contextlib.suppress(BrokenPipeError):
            self._in.close()
        self._out.close()


def _pipe(end: IO[bytes] | None) -> IO[bytes]:
    if end is None:
        raise ValueError("the process was started without a pipe")
    return end
