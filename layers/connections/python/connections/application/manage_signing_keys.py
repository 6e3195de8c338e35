"""Register, list and delete the keys that sign customer users' tokens."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connections.application.access_ports import SigningKeys
from connections.application.ports import Clock
from connections.domain.api_key import beyond
from connections.domain.caller import Organization, Scope
from connections.domain.errors import Forbidden, InvalidRequest, NotFound, Problem, TooMany
from connections.domain.identifiers import Randomness, SigningKeyId, signing_key_id
from connections.domain.signing_key import SigningKey
from connections.oauth.addresses import AllowedHosts
from connections.oauth.public_keys import public_jwk

MOST_KEYS = 20
"""Every token without a key id is held against all of them."""
MOST_SETS = 3
"""Fetched one after another, none of which may answer, they must fit into a call."""
OF_ADMINS = (Scope.CONNECTIONS_READ, Scope.CONNECTIONS_WRITE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKeyRegistry:
    """The organization's signing keys."""

    keys: SigningKeys
    hosts: AllowedHosts
    clock: Clock
    randomness: Randomness = secrets.token_bytes

    def register(
        self,
        name: str,
        *,
        public_key: str | Mapping[str, Any] | None,
        jwks_url: str | None,
        issuer: str | None,
        caller: Organization,
    ) -> SigningKey:
        """Store a public key, or the URL of a set of them.

        Whoever signs for customers' users can do what a customer's admin can, so a key that may
        not do that registers nothing.

        Raises:
            Forbidden: the caller's key may not do what customers' admins may.
            InvalidRequest: there is not exactly one of both, or it cannot be used.
            TooMany: there are twenty, or three that are fetched.
        """
        if missing := beyond(OF_ADMINS, caller.scopes):
            raise Forbidden(
                f"Whoever signs is every customer's admin: use a key with {', '.join(missing)}."
            )
        self._check_source(public_key, jwks_url)
        jwk = None if public_key is None else public_jwk(public_key)
        self._check_room(fetched=jwks_url is not None)
        now = self.clock.now()
        key = SigningKey(
            id=signing_key_id(now, self.randomness),
            name=name,
            jwk=jwk,
            jwks_url=jwks_url,
            issuer=issuer,
            created_at=now,
        )
        self.keys.add(key)
        return key

    def all(self) -> Sequence[SigningKey]:
        """Return all keys, oldest first."""
        return self.keys.all()

    def delete(self, key_id: SigningKeyId) -> None:
        """Delete a key: what it signed is refused from now on.

        Raises:
            NotFound: there is no such key.
        """
        if not self.keys.remove(key_id):
            raise NotFound("There is no such signing key.")

    def _check_source(
        self, public_key: str | Mapping[str, Any] | None, jwks_url: str | None
    ) -> None:
        """Let only one pass: a key, or the URL of a set that may be fetched."""
        if (public_key is None) == (jwks_url is None):
            problem = Problem("#/publicKey", "give either publicKey or jwksUrl")
            raise InvalidRequest("A signing key is one key or the URL of a set.", [problem])
        if jwks_url is None:
            return
        fault = "must have no fragment" if "#" in jwks_url else self.hosts.fault(jwks_url)
        if fault:
            raise InvalidRequest("The URL cannot be used.", [Problem("#/jwksUrl", fault)])

    def _check_room(self, *, fetched: bool) -> None:
        """Let only pass as many as a caller's token is held against, and fetched, in time."""
        known = self.keys.all()
        if len(known) >= MOST_KEYS:
            raise TooMany("There are twenty signing keys: delete one that is not in use.")
        if fetched and sum(each.jwks_url is not None for each in known) >= MOST_SETS:
            raise TooMany("There are three key sets: delete one that is not in use.")
