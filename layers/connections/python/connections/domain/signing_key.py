"""A key that signs the tokens of customers' users, as the organization registered it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connections.domain.identifiers import SigningKeyId


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A public key, or the address of a set of them: exactly one of `jwk` and `jwks_url`."""

    id: SigningKeyId
    name: str
    jwk: Mapping[str, Any] | None
    """A public JWK (RFC 7517) with the one algorithm that it is for."""
    jwks_url: str | None
    issuer: str | None
    """What tokens must say as `iss`, if it was registered."""
    created_at: datetime
