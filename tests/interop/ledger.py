"""What an authorization server was asked, as it tells it itself."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One request to an endpoint, without its secrets."""

    endpoint: str
    client_id: str | None
    grant_type: str | None
    resource: str | None
    fingerprint: str | None
    authentication: str | None
    """By what was sent: `client_secret_basic`, `client_secret_post`, `client_assertion`, `none`."""
    assertion: Mapping[str, str] | None
    """The assertion's protected header (RFC 7515 section 4)."""
    status: int | None
    error: str | None
    active: bool | None
    """What an introspection was answered."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """All such requests, in the order in which they arrived."""

    entries: tuple[LedgerEntry, ...]

    @classmethod
    def of_rows(cls, rows: Iterable[Any]) -> "Ledger":
        """Read what the server answers."""
        names = LedgerEntry.__dataclass_fields__
        return cls(tuple(LedgerEntry(**{name: row.get(name) for name in names}) for row in rows))

    def token_requests(self, grant_type: str | None = None) -> tuple[LedgerEntry, ...]:
        """Return the token requests, all or those of one grant type."""
        return tuple(
            entry
            for entry in self.entries
            if entry.endpoint == "token" and grant_type in (None, entry.grant_type)
        )

    def at(self, endpoint: str) -> tuple[LedgerEntry, ...]:
        """Return what was asked of `authorization`, `token`, `revocation` or `introspection`."""
        return tuple(entry for entry in self.entries if entry.endpoint == endpoint)

    def of(self, client_id: str) -> "Ledger":
        """Return what one client asked."""
        return Ledger(tuple(entry for entry in self.entries if entry.client_id == client_id))

    def presented_twice(self) -> frozenset[str]:
        """Return the fingerprints of refresh tokens that came in more than one token request."""
        presented = Counter(entry.fingerprint for entry in self.token_requests("refresh_token"))
        return frozenset(print_ for print_, times in presented.items() if print_ and times > 1)


def fingerprint(credential: str) -> str:
    """Return how the ledger names a code, refresh token or token."""
    return sha256(credential.encode()).hexdigest()[:12]
