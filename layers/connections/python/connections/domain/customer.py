"""A customer of the organization, whose connections and users are kept apart from all others'."""

from dataclasses import dataclass
from datetime import datetime

from connections.domain.identifiers import CustomerId


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer, by an id of ours and by the one that the organization knows it by."""

    id: CustomerId
    external_id: str
    name: str
    created_at: datetime
    updated_at: datetime
    deleting_since: datetime | None = None
    """Since when it is being deleted: nothing can be added to it any more."""
