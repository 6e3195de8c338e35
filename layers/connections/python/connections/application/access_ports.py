"""What the use cases of access need of the world: keys, customers and what is theirs, the audit.

As with the other ports, every method may raise `Unavailable`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from connections.domain.api_key import ApiKey
from connections.domain.audit import AuditEntry
from connections.domain.connection import Connection, Inputs
from connections.domain.customer import Customer
from connections.domain.grant import SealedGrant
from connections.domain.identifiers import (
    ApiKeyId,
    ConnectionId,
    CustomerId,
    InstanceId,
    SigningKeyId,
)
from connections.domain.organization import OrganizationProfile, ProfileChange
from connections.domain.signing_key import SigningKey


class ApiKeys(Protocol):
    """The organization's API keys, by digest only, for who manages them."""

    def add(self, key: ApiKey) -> None:
        """Store a new key."""

    def page(self, *, limit: int, cursor: str | None) -> tuple[Sequence[ApiKey], str | None]:
        """Return keys, newest first, and the cursor of the next page.

        Raises:
            InvalidRequest: the cursor is not one of this list's.
        """

    def get(self, key_id: ApiKeyId) -> ApiKey | None:
        """Return the key of that id."""

    def rotated(self, key: ApiKey, former_digest: str) -> bool:
        """Store a rotated key; False if its digest is not the former one any more."""

    def remove(self, key_id: ApiKeyId) -> bool:
        """Delete a key; False if there is none."""


class KnownOrganization(Protocol):
    """What the organization says of itself, for whom it concerns."""

    def get(self) -> OrganizationProfile:
        """Return it; an empty one before anything was said."""


class OrganizationProfiles(KnownOrganization, Protocol):
    """What the organization says of itself, for who changes it."""

    def change(self, change: ProfileChange) -> OrganizationProfile:
        """Store what is not None, and return all there is then."""


class KnownApiKeys(Protocol):
    """The organization's API keys, for who recognizes callers."""

    def get(self, key_id: ApiKeyId) -> ApiKey | None:
        """Return the key of that id."""

    def used(self, key_id: ApiKeyId, at: datetime) -> None:
        """Note that the key was used; nothing if it is gone meanwhile."""


class SigningKeys(Protocol):
    """The keys that sign customer users' tokens; so few that they are read all at once."""

    def add(self, key: SigningKey) -> None:
        """Store a new key."""

    def all(self) -> Sequence[SigningKey]:
        """Return all keys, oldest first."""

    def remove(self, key_id: SigningKeyId) -> bool:
        """Delete a key; False if there is none."""


class Customers(Protocol):
    """The organization's customers."""

    def add(self, customer: Customer) -> bool:
        """Store a new customer; False, and nothing changed, if its id or external id is taken."""

    def get(self, customer_id: CustomerId) -> Customer | None:
        """Return the customer of that id."""

    def page(self, *, limit: int, cursor: str | None) -> tuple[Sequence[Customer], str | None]:
        """Return customers, newest first, and the cursor of the next page.

        Raises:
            InvalidRequest: the cursor is not one of this list's.
        """

    def renamed(self, customer_id: CustomerId, name: str, now: datetime) -> Customer | None:
        """Give a customer another name and return it; None if it is gone."""

    def deleting(self, customer_id: CustomerId, now: datetime) -> Customer | None:
        """Say that a customer is being deleted and return it; None if it is gone."""


class KnownCustomers(Protocol):
    """The organization's customers, for who recognizes their users."""

    def by_external_id(self, external_id: str) -> CustomerId | None:
        """Return the id of the customer that the organization knows by this one."""


SURELY_CLOSED = 30
"""Seconds after which an invocation that was to close something has done so, or has ended."""


class Deletions(Protocol):
    """Hands what is to go to the deleting function."""

    def send(self, customer_id: CustomerId, *, delay_seconds: int = 0) -> None:
        """Send a customer to be deleted."""

    def send_connection(self, connection_id: ConnectionId, *, delay_seconds: int = 0) -> None:
        """Send a connection to be deleted, which must be closed when the message arrives."""

    def send_instance(self, instance_id: InstanceId, *, delay_seconds: int = 0) -> None:
        """Send an instance to be deleted, which must be marked for it."""


class AuditTrail(Protocol):
    """The audit, to be added to."""

    def write(self, entry: AuditEntry) -> None:
        """Add an entry. What it tells has happened, so it does not fail for want of an entry."""


class Audit(Protocol):
    """The audit, for its readers."""

    def page(
        self,
        *,
        customer_id: CustomerId | None,
        connection_id: ConnectionId | None,
        limit: int,
        cursor: str | None,
        now: datetime,
    ) -> tuple[Sequence[AuditEntry], str | None]:
        """Return entries, newest first, and the cursor of the next page.

        A page may hold fewer than `limit` and still have a next one.

        Raises:
            InvalidRequest: the cursor is not one of this list's.
        """


class NewConnections(Protocol):
    """Connections, to be added to."""

    def add(self, connection: Connection, inputs: Inputs, *, own_component: bool = False) -> bool:
        """Store a new connection, whole; False, and nothing changed, if its id is taken.

        It refers to its connection template, and to its component if that is the organization's.

        Raises:
            CustomerBeingDeleted: its customer is gone, or will be.
            NotFound: its connection template is gone.
        """


class SealedTokens(Protocol):
    """The tokens items for those who may not see tokens."""

    def get(self, connection_id: ConnectionId) -> SealedGrant | None:
        """Return the grant as it is stored, consistently read."""

    def delete(self, grant: SealedGrant) -> bool:
        """Delete the grant at this generation; False if the stored one is another by now.

        Says True also when there is none.
        """


class ConnectionList(Protocol):
    """The connections, in an order of which pages can be made."""

    def page(
        self, customer_id: CustomerId | None, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[Connection], str | None]:
        """Return connections, of one customer or all, newest first, and the next page's cursor.

        Raises:
            InvalidRequest: the cursor is not one of this list's.
        """

    def cursor_after(self, connection_id: ConnectionId) -> str:
        """Return the cursor of the page that begins after a connection."""


class SealedRevocations(Protocol):
    """Hands grants to the revoking function as they are stored, unopened."""

    def hand_over(self, grant: SealedGrant) -> None:
        """Send a grant to be revoked."""
