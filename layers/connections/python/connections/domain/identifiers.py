"""Identifiers: opaque, URL-safe, prefixed, and in the order of their making."""

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NewType

ConnectionId = NewType("ConnectionId", str)
GrantId = NewType("GrantId", str)
AuthorizationId = NewType("AuthorizationId", str)

Randomness = Callable[[int], bytes]
"""Gives that many unpredictable bytes; `secrets.token_bytes` in production."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, which sorts as it counts
_FORM = re.compile(r"[a-z]{3}_[0-9a-z]{26,60}")


def connection_id(now: datetime, randomness: Randomness) -> ConnectionId:
    """Return a new connection id: 48 bits of milliseconds, 80 of chance."""
    return ConnectionId(_new("con", now, randomness(10)))


def connection_id_for(idempotency_key: str, owner: str) -> ConnectionId:
    """Return the connection id that this owner's Idempotency-Key determines."""
    digest = hashlib.sha256(f"{owner}\0{idempotency_key}".encode()).digest()
    return ConnectionId("con_" + _encode(int.from_bytes(digest[:16]), 26))


def grant_id(now: datetime, randomness: Randomness) -> GrantId:
    """Return a new grant id."""
    return GrantId(_new("gra", now, randomness(10)))


def authorization_id(now: datetime, randomness: Randomness) -> AuthorizationId:
    """Return a new authorization id. It works as a key, so it holds 240 bits of chance."""
    return AuthorizationId(_new("aut", now, randomness(30)))


def well_formed(identifier: str) -> bool:
    """Tell whether this could be an identifier at all."""
    return _FORM.fullmatch(identifier) is not None


def _new(prefix: str, now: datetime, chance: bytes) -> str:
    milliseconds = (now - _EPOCH) // timedelta(milliseconds=1)
    digits = len(chance) * 8 // 5
    return f"{prefix}_{_encode(milliseconds, 10)}{_encode(int.from_bytes(chance), digits)}"


def _encode(number: int, digits: int) -> str:
    return "".join(_ALPHABET[number >> (5 * place) & 31] for place in reversed(range(digits)))
