"""A double of the port to client registrations."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from connections.domain.client_registration import Registration
from connections.domain.identifiers import RegistrationId
from tests.doubles.store import Store


@dataclass(frozen=True)
class StoredRegistrations:
    """Implements `Registrations`; nothing is cleared away."""

    store: Store

    def many(self, ids: Collection[RegistrationId]) -> Mapping[RegistrationId, Registration]:
        if ids:
            self.store.called("registrations.many")
        known = self.store.registrations_by_id
        return {each: known[each] for each in ids if each in known}

    def save(self, registration: Registration, now: datetime) -> bool:
        self.store.called("registrations.save")
        stored = self.store.registrations_by_id.get(registration.id)
        if registration.revision != (stored.revision if stored else 0):
            return False
        following = replace(registration, revision=registration.revision + 1)
        self.store.registrations_by_id[registration.id] = following
        return True
