"""Sixteen workers refresh one connection at the same moment, round after round: one request each.

The handlers are those of the functions, the authorization server is oidc-provider, which ends a
grant whose refresh token comes twice; what counts is what its ledger says that it received.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from connections.domain.connection import Status
from tests.proof.races.cloud import running_cloud
from tests.proof.races.connected import Connected, connected
from tests.proof.races.crew import DEMAND, PROCESSES, READ, WORKERS, Answers, Crew, crew

LEFT = timedelta(seconds=30)
"""What the access token has left in each round; readers ask for more, so they want another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Twist:
    """How a round differs from others."""

    asks: str
    """What is asked beside the messages of the schedule."""
    spread: float
    """Within how many seconds all begin."""
    late: int
    """By how many milliseconds the server's answer is late; a request's limit is ten seconds."""

    @property
    def most(self) -> int:
        """How many refreshes there may be: who demands one after another is done gets their own."""
        return 1 if self.asks == READ else 1 + PROCESSES


TWISTS = (
    Twist(asks=READ, spread=0.0, late=0),
    Twist(asks=READ, spread=0.0, late=30),
    Twist(asks=DEMAND, spread=0.0, late=30),
    Twist(asks=READ, spread=0.03, late=10),
    Twist(asks=READ, spread=0.2, late=100),
    Twist(asks=DEMAND, spread=0.1, late=50),
)


@dataclass(kw_only=True)
class Report:
    """What the races came to."""

    rounds: int
    seconds: float = 0.0
    refreshes: int = 0
    double_spends: int = 0
    refused: int = 0
    """Token requests that the server answered with anything but tokens."""
    dead_grants: int = 0
    faults: list[str] = field(default_factory=list)
    """What was wrong beside that."""

    def check(self) -> None:
        """Raises: AssertionError when a refresh token came twice, or anything else was wrong."""
        assert (self.double_spends, self.refused, self.dead_grants) == (0, 0, 0), str(self)
        assert self.faults == [], self.faults[:5]

    def __str__(self) -> str:
        return (
            f"{self.rounds} rounds of {WORKERS} workers: {self.refreshes} refreshes,"
            f" {self.double_spends} double spends, {self.refused} refused,"
            f" {self.dead_grants} dead grants, {self.rounds / self.seconds:.1f} rounds a second"
        )


def race(rounds: int, *arguments: str, crews: int = 1) -> Report:
    """Divide the rounds among crews that work side by side, each with a connection of its own.

    The arguments are those of the workers.
    """
    report = Report(rounds=rounds)
    with ExitStack() as held:
        folder = Path(held.enter_context(TemporaryDirectory()))
        aws = held.enter_context(running_cloud())
        connections = held.enter_context(connected(aws, folder, crews))
        log = folder / "workers.log"
        ready = [held.enter_context(crew(each, log, *arguments)) for each in connections]
        pool = held.enter_context(ThreadPoolExecutor(crews))
        began = time.monotonic()
        share = rounds // crews
        for faults in pool.map(_rounds, connections, ready, [share] * crews):
            report.faults += faults
        report.seconds = time.monotonic() - began
        for connection in connections:
            _add(report, connection)
        if "unhandled-error" in log.read_text():
            report.faults.append("a worker logged an unhandled error")
    return report


def _rounds(connection: Connected, workers: Crew, rounds: int) -> list[str]:
    """Run the rounds of one connection, and return what was wrong with them."""
    faults: list[str] = []
    for twist in islice(cycle(TWISTS), rounds):
        connection.provider.delay_token_responses(twist.late)
        connection.age(LEFT)
        before = connection.state().generation
        answers = workers.round(connection, twist.asks, twist.spread)
        grown = connection.state().generation - before
        if not 1 <= grown <= twist.most:
            faults.append(f"{grown} refreshes in a round of {twist}")
        faults += _unexpected(answers)
    return faults


def _unexpected(answers: Answers) -> list[str]:
    """Return the answers that are not as they should be."""
    return [str(each) for each in answers.batches if each != {"batchItemFailures": []}] + [
        str(each) for each in answers.calls if each.get("statusCode") != 200
    ]


def _add(report: Report, connection: Connected) -> None:
    """Count what the server saw of a connection, and see whether what is stored still works."""
    connection.provider.delay_token_responses(0)
    refreshes = connection.ledger().token_requests("refresh_token")
    report.refreshes += len(refreshes)
    report.double_spends += len(connection.ledger().presented_twice())
    report.refused += sum(each.status != 200 for each in refreshes)
    report.dead_grants += not _lives(connection)
    state, grant = connection.state(), connection.grant()
    issued = 1 + sum(each.status == 200 for each in refreshes)
    # The last one is what `_lives` asked for.
    if not state.generation == grant.generation == issued + 1:
        report.faults.append(f"{issued} token sets issued, generation {grant.generation} stored")
    if (state.status, state.claim, state.spending) != (Status.ACTIVE, None, None):
        report.faults.append(f"left {state.status} with {state.claim} and {state.spending}")


def _lives(connection: Connected) -> bool:
    """Tell whether the stored refresh token gives an access token that the server takes."""
    if connection.customer.call("POST", "/refresh").status != 200:
        return False
    try:
        connection.provider.userinfo(connection.grant().tokens.access_token)
    except httpx.HTTPStatusError:
        return False
    return True
