"""Sixteen workers in four processes, which do the same to one connection at the same moment."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from connections.adapters.refresh_queue import wish_message
from connections.domain.refresh import Cause, Need, Wish
from tests.integration.aws import ROOT, environment_of
from tests.integration.entrypoints import events
from tests.proof.races.connected import Connected

PROCESSES = 4
SWEPT = 3
"""How many in each process are messages of the schedule; one more is a call for credentials."""
WORKERS = PROCESSES * (SWEPT + 1)
HEAD_START_SECONDS = 0.01
READ, DEMAND = "GET", "POST"
_STEPS = {READ: "credentials", DEMAND: "refresh"}
_REFRESH, _CREDENTIALS = "RefreshConnectionsFunction", "CredentialsFunction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What one round came to."""

    batches: list[dict[str, Any]]
    """The answers to the messages."""
    calls: list[dict[str, Any]]
    """The answers to the calls for credentials."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Four running processes, for one round at a time."""

    processes: Sequence[subprocess.Popen[str]]
    chance: Random

    def round(self, connection: Connected, asks: str, spread: float) -> Answers:
        """Let all of them act on the connection within so many seconds; none: at one moment."""
        since, start = datetime.now(UTC), time.time() + HEAD_START_SECONDS
        work = [(_REFRESH, _due(connection, since))] * SWEPT
        work.append((_CREDENTIALS, _asked(connection, asks)))
        done = self.run(
            [
                {"function": function, "event": event, "at": start + self.chance.uniform(0, spread)}
                for function, event in work
            ]
            for _ in self.processes
        )
        return Answers(
            batches=[each for answers in done for each in answers[:SWEPT]],
            calls=[each for answers in done for each in answers[SWEPT:]],
        )

    def run(self, calls: Iterable[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
        """Hand each process its calls, and return their answers."""
        for process, its_own in zip(self.processes, calls, strict=True):
            assert process.stdin is not None
            process.stdin.write(json.dumps(its_own) + "\n")
            process.stdin.flush()
        return [json.loads(_line(process)) for process in self.processes]


@contextmanager
def crew(connection: Connected, log: Path, *arguments: str) -> Iterator[Crew]:
    """Run the processes, with these arguments, until the block ends."""
    with ExitStack() as held:
        written = held.enter_context(log.open("ab"))
        started = Crew(
            [
                held.enter_context(_process(connection, written, arguments))
                for _ in range(PROCESSES)
            ],
            Random(connection.id),  # noqa: S311 - no secret
        )
        started.run([[] for _ in range(PROCESSES)])
        yield started


@contextmanager
def _process(
    connection: Connected, log: Any, arguments: Sequence[str]
) -> Iterator[subprocess.Popen[str]]:
    functions = connection.customer.functions
    environment = dict(os.environ)
    for function in (_REFRESH, _CREDENTIALS):
        environment |= environment_of(
            function, functions.aws, DEVELOPMENT_HOSTS=functions.development_hosts
        )
    with subprocess.Popen(
        [sys.executable, "-m", "tests.proof.races.worker", *arguments],
        cwd=ROOT,
        env=environment | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, f"a worker ended with {process.poll()}"
    return line


def _due(connection: Connected, since: datetime) -> dict[str, Any]:
    wish = Wish(connection_id=connection.id, need=Need(cause=Cause.DUE, since=since))
    event = events.event("refresh_connections.due")
    (record,) = event["Records"]
    record["body"] = wish_message(wish)
    return event


def _asked(connection: Connected, method: str) -> dict[str, Any]:
    _, event = events.request(method, f"/connections/{connection.id}/{_STEPS[method]}")
    event["headers"]["authorization"] = f"Bearer {connection.customer.functions.key}"
    return event
