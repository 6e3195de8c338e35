"""Doubles of the ports of access: keys, customers and the audit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar

from connections.domain.api_key import ApiKey
from connections.domain.audit import AuditEntry
from connections.domain.customer import Customer
from connections.domain.errors import InvalidRequest, Problem
from connections.domain.identifiers import (
    ApiKeyId,
    ConnectionId,
    CustomerId,
    InstanceId,
    SigningKeyId,
)
from connections.domain.organization import OrganizationProfile, ProfileChange
from connections.domain.signing_key import SigningKey
from tests.doubles.store import Store


class Identified(Protocol):
    @property
    def id(self) -> str: ...


Listed = TypeVar("Listed", bound=Identified)


def pages(
    items: Sequence[Listed], prefix: str, limit: int, cursor: str | None
) -> tuple[Sequence[Listed], str | None]:
    """Return one page of a list, newest ids first; a cursor is the last id of the page before.

    What it names may be gone meanwhile: the next page begins where it was.
    """
    ordered = sorted(items, key=lambda each: each.id, reverse=True)
    if cursor is not None and not re.fullmatch(rf"{prefix}_[0-9a-z]{{26}}", cursor):
        problem = Problem("#/query/cursor", "must be the nextCursor of the page before")
        raise InvalidRequest("The cursor is not one of this list's.", [problem])
    rest = [each for each in ordered if cursor is None or each.id < cursor]
    return rest[:limit], rest[limit - 1].id if len(rest) > limit else None


@dataclass(frozen=True)
class StoredApiKeys:
    """Implements `ApiKeys` and `KnownApiKeys`."""

    store: Store

    def add(self, key: ApiKey) -> None:
        self.store.called("api_keys.add")
        self.store.api_keys_by_id[key.id] = key

    def page(self, *, limit: int, cursor: str | None) -> tuple[Sequence[ApiKey], str | None]:
        self.store.called("api_keys.page")
        return pages(list(self.store.api_keys_by_id.values()), "key", limit, cursor)

    def get(self, key_id: ApiKeyId) -> ApiKey | None:
        self.store.called("api_keys.get")
        return self.store.api_keys_by_id.get(key_id)

    def rotated(self, key: ApiKey, former_digest: str) -> bool:
        self.store.called("api_keys.rotated")
        stored = self.store.api_keys_by_id.get(key.id)
        if stored is None or stored.digest not in (former_digest, key.digest):
            return False
        self.store.api_keys_by_id[key.id] = key
        return True

    def remove(self, key_id: ApiKeyId) -> bool:
        self.store.called("api_keys.remove")
        return self.store.api_keys_by_id.pop(key_id, None) is not None

    def used(self, key_id: ApiKeyId, at: datetime) -> None:
        self.store.called("api_keys.used")
        if key_id in self.store.api_keys_by_id:
            key = self.store.api_keys_by_id[key_id]
            self.store.api_keys_by_id[key_id] = replace(key, last_used_at=at)


@dataclass(frozen=True)
class StoredSigningKeys:
    """Implements `SigningKeys`."""

    store: Store

    def add(self, key: SigningKey) -> None:
        self.store.called("signing_keys.add")
        self.store.signing_keys_by_id[key.id] = key

    def all(self) -> Sequence[SigningKey]:
        self.store.called("signing_keys.all")
        return sorted(self.store.signing_keys_by_id.values(), key=lambda each: each.id)

    def remove(self, key_id: SigningKeyId) -> bool:
        self.store.called("signing_keys.remove")
        return self.store.signing_keys_by_id.pop(key_id, None) is not None


@dataclass(frozen=True)
class StoredCustomers:
    """Implements `Customers` and `KnownCustomers`."""

    store: Store

    def add(self, customer: Customer) -> bool:
        self.store.called("customers.add")
        taken = {each.external_id for each in self.store.customers_by_id.values()}
        if customer.id in self.store.customers_by_id or customer.external_id in taken:
            return False
        self.store.customers_by_id[customer.id] = customer
        return True

    def get(self, customer_id: CustomerId) -> Customer | None:
        self.store.called("customers.get")
        return self.store.customers_by_id.get(customer_id)

    def by_external_id(self, external_id: str) -> CustomerId | None:
        self.store.called("customers.by_external_id")
        customers = self.store.customers_by_id.values()
        return next((each.id for each in customers if each.external_id == external_id), None)

    def page(self, *, limit: int, cursor: str | None) -> tuple[Sequence[Customer], str | None]:
        self.store.called("customers.page")
        return pages(list(self.store.customers_by_id.values()), "cus", limit, cursor)

    def renamed(self, customer_id: CustomerId, name: str, now: datetime) -> Customer | None:
        self.store.called("customers.renamed")
        return self._change(customer_id, name=name, updated_at=now)

    def deleting(self, customer_id: CustomerId, now: datetime) -> Customer | None:
        self.store.called("customers.deleting")
        customer = self.store.customers_by_id.get(customer_id)
        since = (customer.deleting_since if customer else None) or now
        return self._change(customer_id, deleting_since=since, updated_at=now)

    def _change(self, customer_id: CustomerId, **changes: str | datetime) -> Customer | None:
        customer = self.store.customers_by_id.get(customer_id)
        if customer is None:
            return None
        changed = replace(customer, **changes)  # type: ignore[arg-type]  # by name, as above
        self.store.customers_by_id[customer_id] = changed
        return changed


@dataclass(frozen=True)
class ListedDeletions:
    """Implements `Deletions`."""

    store: Store

    def send(self, customer_id: CustomerId, *, delay_seconds: int = 0) -> None:
        self._send("send", customer_id, delay_seconds)

    def send_connection(self, connection_id: ConnectionId, *, delay_seconds: int = 0) -> None:
        self._send("send_connection", connection_id, delay_seconds)

    def send_instance(self, instance_id: InstanceId, *, delay_seconds: int = 0) -> None:
        self._send("send_instance", instance_id, delay_seconds)

    def _send(self, method: str, identifier: str, delay_seconds: int) -> None:
        self.store.called(f"deletions.{method}")
        self.store.to_delete.append((identifier, delay_seconds))


@dataclass(frozen=True)
class ListedAudit:
    """Implements `AuditTrail` and `Audit`."""

    store: Store

    def write(self, entry: AuditEntry) -> None:
        self.store.called("audit.write")
        if entry.id not in [each.id for each in self.store.audit_entries]:
            self.store.audit_entries.append(entry)

    def page(
        self,
        *,
        customer_id: CustomerId | None,
        connection_id: ConnectionId | None,
        limit: int,
        cursor: str | None,
        now: datetime,
    ) -> tuple[Sequence[AuditEntry], str | None]:
        self.store.called("audit.page")
        entries = [
            each
            for each in self.store.audit_entries
            if customer_id in (None, each.customer_id)
            and connection_id in (None, each.connection_id)
        ]
        return pages(entries, "adt", limit, cursor)


@dataclass(frozen=True)
class StoredOrganization:
    """Implements `OrganizationProfiles`."""

    store: Store

    def get(self) -> OrganizationProfile:
        self.store.called("organization.get")
        return self.store.organization

    def change(self, change: ProfileChange) -> OrganizationProfile:
        self.store.called("organization.change")
        former, urls = self.store.organization, change.allowed_return_urls
        self.store.organization = OrganizationProfile(
            name=former.name if change.name is None else change.name,
            allowed_return_urls=former.allowed_return_urls if urls is None else urls,
        )
        return self.store.organization
