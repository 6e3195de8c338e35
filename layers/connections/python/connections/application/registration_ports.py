"""What the use cases need of client registrations. Every method may raise `Unavailable`."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from connections.domain.client_registration import Registration
from connections.domain.identifiers import RegistrationId


class Registrations(Protocol):
    """What is on record of client registrations."""

    def many(self, ids: Collection[RegistrationId]) -> Mapping[RegistrationId, Registration]:
        """Return those of which something is on record, consistently read.

        A hundred take one request, and none takes none.
        """

    def save(self, registration: Registration, now: datetime) -> bool:
        """Store a registration that was read at its revision, which grows by one.

        False, and nothing changed, if it is stored at another by now. What is stored nobody
        changes for 30 days is gone after that.
        """
