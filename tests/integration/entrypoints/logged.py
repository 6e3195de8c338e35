"""What the functions wrote to their logs."""

import io
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Logged:
    """The lines as CloudWatch gets them."""

    written: io.StringIO

    @property
    def text(self) -> str:
        return self.written.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, message: str) -> list[dict[str, Any]]:
        """Return the lines with that message."""
        return [line for line in self.lines if line["message"] == message]
