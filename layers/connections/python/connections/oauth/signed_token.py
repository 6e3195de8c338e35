"""Signed tokens as JWS in its compact form: its parts, its header and its signature (RFC 7515).

Everything is read here and only the signature is left to joserfc: a whole token it would read
too kindly, with headers that we do not mean to serve.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc.jwa import JWS_ALGORITHMS
from joserfc.jwk import import_key

from connections.oauth.base64url import decoded

LONGEST_TOKEN = 8 * 1024
"""Characters."""

# RFC 7515 section 7.1; the payload is never detached, as in its appendix F.
_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)")

# What is allowed is listed, as RFC 8725 section 3.1 wants; Ed25519 is EdDSA by the name that
# RFC 9864 section 2.2 gives it.
_NAMES = {"RS256": "RS256", "ES256": "ES256", "EdDSA": "EdDSA", "Ed25519": "EdDSA"}
_ALGORITHMS = {each.name: each for each in JWS_ALGORITHMS if each.name in _NAMES.values()}

_REFUSED = {
    # No extension is understood, so none can be critical (RFC 7515 section 4.1.11).
    "crit": "critical-header",
    # RFC 7797 section 6: whoever does not know it would verify something else.
    "b64": "unencoded-payload",
    # A key is never taken from the token that it is to verify (RFC 8725 section 3.10).
    "jwk": "key-in-header",
    "jku": "key-in-header",
    "x5u": "key-in-header",
    "x5c": "key-in-header",
    # Of a JWE (RFC 7516 section 9), and of a token within the token (RFC 7519 section 5.2).
    "enc": "encrypted",
    "cty": "nested-token",
}


class TokenRefused(Exception):
    """The token breaks a rule. `reason` is for our log: a caller learns nothing from it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    algorithm: str
    kid: str | None


def looks_signed(raw: str) -> bool:
    """Tell whether a bearer token has the form of a signed one, right or wrong."""
    return _COMPACT.fullmatch(raw) is not None


def key_id(raw: str) -> str | None:
    """Return which key the token says it was signed with; nothing is verified.

    Raises:
        TokenRefused: the token's form or header is refused, whichever key it is of.
    """
    return _header(_parts(raw)[0]).kid


def verified_claims(raw: str, keys: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Verify a token with keys as `public_jwk` returns them, and return its claims.

    Raises:
        TokenRefused: its form or header is refused, or none of the keys it names verifies it.
    """
    header_part, payload_part, signature_part = _parts(raw)
    header = _header(header_part)
    named = [key for key in keys if header.kid is None or key.get("kid") == header.kid]
    if not named:
        raise TokenRefused("unknown-key")
    # The key says which algorithm, not the token: HS256 with a public key as the secret does
    # not get here, nor does RS256 with a key for ES256 (RFC 8725 sections 2.1 and 3.1).
    fitting = [key for key in named if key.get("alg") == header.algorithm]
    if not fitting:
        raise TokenRefused("algorithm-of-another-key")
    signature = _octets(signature_part, "signature-malformed")
    signed = f"{header_part}.{payload_part}".encode()
    if not any(_verifies(key, signed, signature) for key in fitting):
        raise TokenRefused("signature-wrong")
    return _object(payload_part, "payload-malformed")


def _parts(raw: str) -> tuple[str, str, str]:
    if len(raw) > LONGEST_TOKEN:
        raise TokenRefused("too-large")
    compact = _COMPACT.fullmatch(raw)
    if compact is None:
        raise TokenRefused("not-compact")
    return compact[1], compact[2], compact[3]


def _header(part: str) -> _Header:
    header = _object(part, "header-malformed")
    for name, reason in _REFUSED.items():
        if name in header:
            raise TokenRefused(reason)
    algorithm, kind, kid = header.get("alg"), header.get("typ", "JWT"), header.get("kid")
    if not isinstance(algorithm, str):  # RFC 7515 section 4.1.1
        raise TokenRefused("header-malformed")
    if algorithm.lower() == "none":  # RFC 8725 section 3.2
        raise TokenRefused("unsecured")
    if algorithm not in _NAMES:
        raise TokenRefused("algorithm-not-allowed")
    # A token of another kind by the same key must not pass for this one (RFC 8725 section 3.11).
    if not isinstance(kind, str) or kind.upper() != "JWT":
        raise TokenRefused("type-wrong")
    if "kid" in header and not isinstance(kid, str):  # RFC 7515 section 4.1.4
        raise TokenRefused("header-malformed")
    return _Header(algorithm=_NAMES[algorithm], kid=kid)


def _verifies(key: Mapping[str, Any], signed: bytes, signature: bytes) -> bool:
    """Verify by RFC 7518 sections 3.3 and 3.4 and RFC 8037 section 3.1.

    NOTE: not by joserfc's `jws`: it warns of EdDSA on each use. A signature of another length
    than the key's is none, in ES256 64 octets (RFC 7518 section 3.4), so DER is refused.
    """
    algorithm, imported = _ALGORITHMS[key["alg"]], import_key(dict(key))
    algorithm.check_key(imported)
    return algorithm.verify(signed, signature, imported)


def _object(part: str, reason: str) -> dict[str, Any]:
    """Read a JSON object in UTF-8 and no other encoding, which `json` would guess.

    A member that comes twice would be another one to another reader (RFC 7515 section 4, RFC
    7519 section 4), and NaN is no JSON (RFC 8259 section 6).
    """
    try:
        text = _octets(part, reason).decode()
        read = json.loads(text, object_pairs_hook=_members, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise TokenRefused(reason) from None
    if not isinstance(read, dict):
        raise TokenRefused(reason)
    return read


def _octets(part: str, reason: str) -> bytes:
    try:
        return decoded(part)
    except ValueError:
        raise TokenRefused(reason) from None


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise TokenRefused("repeated-member")
    return members


def _refuse_constant(_: str) -> None:
    raise ValueError
