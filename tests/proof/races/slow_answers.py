"""Answers that come later than a token request may take: the outcome is unknown, and waits."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from connections.domain.connection import Connection, Reason, Status
from tests.proof.races.cloud import running_cloud
from tests.proof.races.connected import Connected, connected
from tests.proof.races.crew import DEMAND, READ, Crew, crew

LIMIT_SECONDS = 1
LATE_MILLISECONDS = 2500
LONG, SHORT = timedelta(minutes=10), timedelta(seconds=30)
"""What the access token has left: enough to wait with a refresh token that may have been used,
and so little that it is time to try that again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How often the refresh token was sent, and what the state said, after each step."""

    lost: tuple[int, Status, Reason | None]
    """An answer was lost, whoever asked for the refresh."""
    waiting: tuple[int, Status, Reason | None]
    """All asked again, by messages, readings and demands."""
    ended: tuple[int, Status, Reason | None]
    """The access token was about to end, so it was tried again: the server ended the grant."""
    answered: frozenset[int]
    """With which status readings were answered while the access token lived."""

    def check(self) -> None:
        """Raises: AssertionError when it was sent before its time, or not told as it is."""
        unknown = (1, Status.DEGRADED, Reason.OUTCOME_UNKNOWN)
        assert (self.lost, self.waiting) == (unknown, unknown), self
        assert self.answered == {200}, self
        assert self.ended == (2, Status.RECONNECT_REQUIRED, Reason.ANSWER_LOST), self

    def __str__(self) -> str:
        steps = {"lost": self.lost, "asked again": self.waiting, "in its time": self.ended}
        return "slow answers: " + "; ".join(
            f"{step}: sent {sent}, {status}, {reason}"
            for step, (sent, status, reason) in steps.items()
        )


def lose_an_answer() -> Report:
    """Let the answer to a refresh be lost while sixteen workers race, and see what they do."""
    with ExitStack() as held:
        folder = Path(held.enter_context(TemporaryDirectory()))
        aws = held.enter_context(running_cloud())
        (connection,) = held.enter_context(
            connected(aws, folder, 1, tokenRequestSeconds=LIMIT_SECONDS)
        )
        workers = held.enter_context(crew(connection, folder / "workers.log"))
        connection.provider.delay_token_responses(LATE_MILLISECONDS)
        answered = _round(connection, workers, READ, LONG)
        lost = _now(connection)
        connection.provider.delay_token_responses(0)
        answered |= _round(connection, workers, READ, LONG)
        _round(connection, workers, DEMAND, LONG)
        waiting = _now(connection)
        _round(connection, workers, DEMAND, SHORT)
        return Report(
            lost=lost, waiting=waiting, ended=_now(connection), answered=frozenset(answered)
        )


def _round(connection: Connected, workers: Crew, asks: str, left: timedelta) -> set[int]:
    connection.age(left)
    return {each["statusCode"] for each in workers.round(connection, asks, 0.0).calls}


def _now(connection: Connected) -> tuple[int, Status, Reason | None]:
    state: Connection = connection.state()
    sent = len(connection.ledger().token_requests("refresh_token"))
    return sent, state.status, state.reason
