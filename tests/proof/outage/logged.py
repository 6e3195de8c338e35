"""What the functions logged, minute by minute."""

import io
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from connections.entrypoints.logs import logger

ACCEPTED = "registration-accepted"
"""Its lines are kept to the end, and those of errors; the others are too many."""


class Lines:
    """The lines since somebody last asked, and those that are kept."""

    def __init__(self, written: io.StringIO) -> None:
        self._written = written
        self.kept: list[dict[str, Any]] = []

    def take(self) -> Sequence[dict[str, Any]]:
        """Return what was logged since the last time."""
        text = self._written.getvalue()
        self._written.seek(0)
        self._written.truncate()
        lines = [json.loads(line) for line in text.splitlines()]
        self.kept += [line for line in lines if _kept(line)]
        return lines

    def kept_of(self, event: str) -> int:
        """Return how many lines of an event are kept."""
        return sum(line["message"] == event for line in self.kept)


def _kept(line: dict[str, Any]) -> bool:
    level, message = str(line["level"]), str(line["message"])
    return level == "ERROR" or message == ACCEPTED


@contextmanager
def caught_lines() -> Iterator[Lines]:
    """Catch what the functions log."""
    written = io.StringIO()
    handler = logger.registered_handler
    handler.setStream(written)  # type: ignore[attr-defined]
    try:
        yield Lines(written)
    finally:
        handler.setStream(sys.stdout)  # type: ignore[attr-defined]
