"""What is due: a connection whose refresh time has come."""

from dataclasses import dataclass
from datetime import datetime

from connections.domain.identifiers import ConnectionId, RegistrationId


@dataclass(frozen=True, slots=True, kw_only=True)
class DueConnection:
    """A connection as the index of what is due knows it."""

    id: ConnectionId
    due_at: datetime
    """Its refresh time."""
    registration: RegistrationId | None = None
    """The client registration under which it is refreshed, if that is known."""
