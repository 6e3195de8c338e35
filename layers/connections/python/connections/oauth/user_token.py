"""The token that a customer's user comes with, signed by the organization (RFC 7519)."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connections.domain.caller import Role
from connections.domain.user_text import fits
from connections.oauth.signed_token import TokenRefused, key_id, looks_signed, verified_claims

__all__ = ["TokenRefused", "UserToken", "key_id", "looks_signed", "verified_token"]

LONGEST_LIFE = 3600
CLOCK_SKEW = 60
"""Seconds that the organization's clock may be ahead of ours; of `exp` nothing is given away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserToken:
    """What the organization says of a customer's user, until when."""

    subject: str
    customer: str
    """The organization's own id of the customer."""
    customer_name: str | None
    name: str | None
    role: Role
    embedding: bool
    """Whether the application that embeds the service comes with it, and not a browser."""
    expires_at: datetime


def verified_token(
    raw: str,
    keys: Sequence[Mapping[str, Any]],
    *,
    audiences: Collection[str],
    issuer: str | None,
    now: datetime,
) -> UserToken:
    """Verify a token and return what it says.

    `keys` are as `public_jwk` returns them, with a `kid` where the organization knows one. The
    claims are checked in the order of RFC 7519 section 4.1; unknown ones are ignored (section 4).

    Raises:
        TokenRefused: no key verifies it, or a claim is missing or breaks a rule.
    """
    claims = verified_claims(raw, keys)
    if issuer is not None and claims.get("iss") != issuer:  # section 4.1.1, RFC 8725 section 3.8
        raise TokenRefused("issuer-wrong")
    subject = _text(claims, "sub")  # section 4.1.2
    # Section 4.1.3: one that names its audience is for that audience alone.
    if "aud" in claims and not set(audiences).intersection(_audiences(claims["aud"])):
        raise TokenRefused("audience-wrong")
    expires_at = _checked_times(claims, now)
    return UserToken(
        subject=subject,
        customer=_text(claims, "customer"),
        customer_name=_optional_text(claims, "customer_name"),
        name=_optional_text(claims, "name"),
        role=_role(claims),
        embedding=_embedding(claims),
        expires_at=expires_at,
    )


def _audiences(unverified: object) -> list[str]:
    audiences = [unverified] if isinstance(unverified, str) else unverified
    if not isinstance(audiences, list) or not all(isinstance(each, str) for each in audiences):
        raise TokenRefused("aud-malformed")
    return audiences


def _checked_times(claims: Mapping[str, Any], now: datetime) -> datetime:
    """Check RFC 7519 sections 4.1.4 to 4.1.6 and return the end.

    Numbers are compared and added in this order only: they may be of any size, and what is left
    at the end is a time within hours of now.
    """
    current = now.timestamp()
    expires, issued = _number(claims, "exp"), _number(claims, "iat")
    if expires <= current:
        raise TokenRefused("expired")
    if "nbf" in claims and _number(claims, "nbf") > current + CLOCK_SKEW:
        raise TokenRefused("not-yet-valid")
    if issued > current + CLOCK_SKEW:
        raise TokenRefused("issued-in-the-future")
    if expires <= issued:
        raise TokenRefused("expires-before-it-is-issued")
    if expires > issued + LONGEST_LIFE:
        raise TokenRefused("lives-too-long")
    return datetime.fromtimestamp(expires, UTC)


def _number(claims: Mapping[str, Any], name: str) -> int | float:
    """Return a NumericDate (RFC 7519 section 2); a boolean is an int only in Python."""
    value = claims.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise TokenRefused(f"{name}-malformed")


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not fits(value):
        raise TokenRefused(_malformed(name))
    return value


def _optional_text(claims: Mapping[str, Any], name: str) -> str | None:
    """Return a text, or None where there is none or an empty one."""
    return _text(claims, name) if claims.get(name, "") != "" else None


def _role(claims: Mapping[str, Any]) -> Role:
    try:
        return Role(claims.get("role", Role.USER))
    except ValueError:
        raise TokenRefused("role-malformed") from None


def _embedding(claims: Mapping[str, Any]) -> bool:
    value = claims.get("embedding", False)
    if not isinstance(value, bool):
        raise TokenRefused("embedding-malformed")
    return value


def _malformed(name: str) -> str:
    return name.replace("_", "-") + "-malformed"
