"""The invocation that does the work: who holds its claims, and when the platform ends it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One run of a function."""

    id: str
    deadline: datetime
