"""Make, list, rotate and delete the organization's API keys. A secret is shown once."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from connections.application.access_ports import ApiKeys
from connections.application.identify_caller import PREFIX
from connections.application.ports import Clock
from connections.domain.api_key import LONGEST_LIFE, LONGEST_OVERLAP, ApiKey, beyond
from connections.domain.caller import Organization, Scope
from connections.domain.errors import Conflict, Forbidden, InvalidRequest, NotFound, Problem
from connections.domain.identifiers import ApiKeyId, Randomness, api_key_id
from connections.oauth.digests import digest

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownKey:
    """A key with its secret, which is shown this once."""

    api_key: ApiKey
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyring:
    """The organization's API keys."""

    keys: ApiKeys
    clock: Clock
    randomness: Randomness = secrets.token_bytes

    def create(
        self,
        name: str,
        scopes: Sequence[Scope],
        *,
        expires_at: datetime | None = None,
        caller: Organization | None = None,
    ) -> ShownKey:
        """Make a key of 256 bits and store its digest; `caller` is None for the account's owner.

        Raises:
            InvalidRequest: it would have ended already, or in more than ten years.
            Forbidden: it could do what the caller's key cannot.
        """
        now = self.clock.now()
        if expires_at is not None and not now < expires_at <= now + LONGEST_LIFE:
            problem = Problem("#/expiresAt", "must be in the future, and at most ten years ahead")
            raise InvalidRequest("The key's end is out of bounds.", [problem])
        if caller is not None:
            _refuse_more(scopes, expires_at, caller)
        secret = self._secret()
        key = ApiKey(
            id=api_key_id(now, self.randomness),
            name=name,
            scopes=frozenset(scopes),
            digest=digest(secret),
            created_at=now,
            expires_at=expires_at,
        )
        self.keys.add(key)
        return _shown(key, secret)

    def page(self, *, limit: int, cursor: str | None) -> tuple[Sequence[ApiKey], str | None]:
        """Return keys, newest first, and the cursor of the next page."""
        return self.keys.page(limit=limit, cursor=cursor)

    def rotate(self, key_id: ApiKeyId, overlap: timedelta, caller: Organization) -> ShownKey:
        """Give a key a new secret; the one before it is taken for `overlap` longer.

        Raises:
            NotFound: there is no such key.
            Forbidden: it may do what the caller's key cannot: its secret would be the caller's.
            InvalidRequest: the overlap is longer than a week.
            Conflict: somebody else rotated it at the same moment.
        """
        if overlap > LONGEST_OVERLAP:
            problem = Problem("#/overlapSeconds", "must be at most a week")
            raise InvalidRequest("The overlap is too long.", [problem])
        former = self.keys.get(key_id)
        if former is None:
            raise NotFound("There is no such API key.")
        _refuse_more(sorted(former.scopes), former.expires_at, caller)
        secret = self._secret()
        rotated = replace(
            former,
            digest=digest(secret),
            former_digest=former.digest,
            former_until=self.clock.now() + overlap,
        )
        if not self.keys.rotated(rotated, former.digest):
            raise Conflict("The key was rotated or deleted at the same moment. Read it again.")
        return _shown(rotated, secret)

    def delete(self, key_id: ApiKeyId) -> None:
        """Delete a key, which ends it.

        Raises:
            NotFound: there is no such key.
        """
        if not self.keys.remove(key_id):
            raise NotFound("There is no such API key.")

    def _secret(self) -> str:
        return base64.urlsafe_b64encode(self.randomness(SECRET_BYTES)).decode().rstrip("=")


def _shown(key: ApiKey, secret: str) -> ShownKey:
    return ShownKey(api_key=key, key=f"{PREFIX}{key.id.removeprefix('key_')}_{secret}")


def _refuse_more(
    wanted: Sequence[Scope], expires_at: datetime | None, caller: Organization
) -> None:
    if missing := beyond(wanted, caller.scopes):
        raise Forbidden(
            f"A key cannot give what it does not have: {', '.join(missing)}. Use a key that has it."
        )
    if caller.expires_at is not None and (expires_at is None or expires_at > caller.expires_at):
        raise Forbidden("A key that ends cannot make or rotate one that ends later.")
