"""Who is calling: the organization by a key of its own, or a user of one of its customers."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from connections.domain.identifiers import ApiKeyId, CustomerId


class Scope(StrEnum):
    """What an API key may be used for."""

    DEFINITIONS_WRITE = "definitions:write"
    CONNECTIONS_READ = "connections:read"
    CONNECTIONS_WRITE = "connections:write"
    CREDENTIALS_READ = "credentials:read"
    ACCESS_WRITE = "access:write"


class Role(StrEnum):
    """What a user is to their customer."""

    ADMIN = "admin"
    """Changes all that is the customer's."""
    USER = "user"
    """Sees what is the customer's, and changes what is their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """The organization, which owns everything; the key says what it may be used for."""

    key_id: ApiKeyId
    scopes: frozenset[Scope]
    expires_at: datetime | None = None
    """When the key ends: what it makes ends no later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose a thing is: a customer's, and of one of its users alone; the organization's if None."""

    customer_id: CustomerId | None = None
    user_id: str | None = None


ORGANIZATION = Owner()
"""Of what belongs to no customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerUser:
    """A user of a customer, as the organization's signature says."""

    customer_id: CustomerId
    user_id: str
    role: Role
    embedding: bool = False
    """Whether it is the application that embeds the service, on the user's behalf: it may enter
    what the user is not shown."""

    def sees(self, owner: Owner) -> bool:
        """Tell whether the user may know of a thing: what they may not is as if it did not exist.

        A user's own things are seen by that user and by the customer's admins.
        """
        if owner.customer_id != self.customer_id:
            return False
        return self.role is Role.ADMIN or owner.user_id in (None, self.user_id)

    def owns(self, owner: Owner) -> bool:
        """Tell whether it is this user's own, and not all of the customer's."""
        return owner == Owner(customer_id=self.customer_id, user_id=self.user_id)


Caller = Organization | CustomerUser
