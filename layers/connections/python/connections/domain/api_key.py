"""An API key of the organization: what is kept of it, and what it takes to be it."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connections.domain.caller import Scope
from connections.domain.identifiers import ApiKeyId

USE_NOTED_EVERY = timedelta(hours=1)
"""A use is noted no more often: noting each would make every reading a write."""
LONGEST_LIFE = timedelta(days=3652)
LONGEST_OVERLAP = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key without its secret, which is shown once and kept as a SHA-256 digest.

    With 256 bits of chance in a secret a plain digest is enough: there is nothing to guess.
    """

    id: ApiKeyId
    name: str
    scopes: frozenset[Scope]
    digest: str = field(repr=False)
    former_digest: str | None = field(default=None, repr=False)
    """Of the secret before the last rotation."""
    former_until: datetime | None = None
    """Until when that secret is still taken."""
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None

    def expired(self, now: datetime) -> bool:
        """Tell whether the key's time is over."""
        return self.expires_at is not None and now >= self.expires_at

    def accepts(self, digest: str, now: datetime) -> bool:
        """Tell whether a secret of this digest is the key's, in constant time."""
        current = hmac.compare_digest(self.digest, digest)
        overlapping = self.former_until is not None and now < self.former_until
        former = hmac.compare_digest(self.former_digest or "", digest)
        return not self.expired(now) and (current or (former and overlapping))

    def use_is_news(self, now: datetime) -> bool:
        """Tell whether a use now should be noted."""
        return self.last_used_at is None or now - self.last_used_at >= USE_NOTED_EVERY

    def valid_until(self, digest: str) -> datetime | None:
        """Return when a secret of this digest, which is the key's, stops working by itself."""
        if hmac.compare_digest(self.digest, digest):
            return self.expires_at
        ends = [each for each in (self.expires_at, self.former_until) if each is not None]
        return min(ends)


def beyond(wanted: Sequence[Scope], held: frozenset[Scope]) -> list[Scope]:
    """Return the scopes that somebody wants to give and does not hold."""
    return [scope for scope in wanted if scope not in held]
