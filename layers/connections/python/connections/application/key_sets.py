"""The key sets that organizations publish: the port."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class KeySets(Protocol):
    """JWK Sets by their URLs (RFC 7517 section 5)."""

    def fetch(self, url: str, kid: str | None = None) -> Sequence[Mapping[str, Any]]:
        """Return the usable public keys of a set, as `public_jwk` returns them.

        `kid` is the key that a token names. Keys are rotated, so a set that is remembered and
        does not have it may be out of date; what is returned need not have it either.

        Raises:
            Unavailable: the set cannot be had, or it is none.
        """
