"""Public keys that verify signatures: read from a PEM, a JWK or a JWK Set (RFC 7517)."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from connections.domain.errors import InvalidRequest, Problem
from connections.oauth.base64url import decoded, encoded

LARGEST_KEY = 16 * 1024
"""Characters of a PEM, or of a JWK as JSON."""
LONGEST_KEY_ID = 200
MOST_KEYS_OF_A_SET = 50

# RFC 7518 section 3.3 wants 2048 bits; above 8192 a verification takes too long.
_MODULUS_BITS = range(2048, 8192 + 1)
# FIPS 186-5 section A.1.1 wants an odd one above 2**16; a large one only makes verifying slow.
_EXPONENTS = range(2**16 + 1, 2**32, 2)
_COORDINATE = 32  # octets, all of them written (RFC 7518 section 6.2.1.2, RFC 8037 section 2)

_PRIVATE = ("d", "p", "q", "dp", "dq", "qi", "oth")  # RFC 7518 sections 6.2.2 and 6.3.2
_ALGORITHMS: Mapping[Any, tuple[str, ...]] = {
    "RSA": ("RS256",),
    "EC": ("ES256",),
    "OKP": ("EdDSA", "Ed25519"),  # two names of one algorithm (RFC 9864 section 2.2)
}
"""What the keys of a type may say that they are for; the first is what we say."""

_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/= \t\r\n]+-----END PUBLIC KEY-----")
_KINDS = "Send an RSA, P-256 or Ed25519 public key."


def public_jwk(unverified: str | Mapping[str, Any]) -> dict[str, Any]:
    """Read a public key and return it as a JWK with the one algorithm that it is for.

    It comes as a PEM (RFC 7468 section 13) or a JWK (RFC 7517 section 4). An RSA key is for
    RS256, one on P-256 for ES256, one on Ed25519 for EdDSA (RFC 8725 section 3.1: one key, one
    algorithm). What is returned has public members only, each in its one spelling.

    Raises:
        InvalidRequest: it is no such key, is too weak or for something else, or is private.
    """
    if isinstance(unverified, str):
        return _of_pem(unverified.strip())
    return _of_jwk(unverified)


class NoKeySet(Exception):
    """What was read is not a JWK Set."""


def key_set(unverified: bytes) -> Sequence[Mapping[str, Any]]:
    """Return the usable keys among the first 50 of a JWK Set (RFC 7517 section 5).

    Those of other types, uses and sizes are left out: a set may hold them for others.

    Raises:
        NoKeySet: it is none.
    """
    try:
        document = json.loads(unverified.decode())
    except (ValueError, RecursionError):
        raise NoKeySet from None
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list):
        raise NoKeySet
    usable = []
    for each in keys[:MOST_KEYS_OF_A_SET]:
        try:
            usable.append(public_jwk(each if isinstance(each, dict) else {}))
        except InvalidRequest:
            continue
    return usable


def _of_pem(text: str) -> dict[str, Any]:
    if len(text) > LARGEST_KEY:
        raise _refused(f"The key is too large. {_KINDS}")
    if "PRIVATE KEY" in text:
        raise _refused("This is a private key: never send one. Send its public key.")
    if "CERTIFICATE" in text:
        raise _refused("Send the public key alone, not a certificate.")
    if text.startswith("{"):
        raise _refused("Send a JWK as an object, not as text.")
    if not _PEM.fullmatch(text):
        raise _refused("Send one PEM that begins with `-----BEGIN PUBLIC KEY-----`, or a JWK.")
    try:
        key = load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise _refused(f"This PEM cannot be read. {_KINDS}") from None
    if isinstance(key, RSAPublicKey):
        numbers = key.public_numbers()
        return _rsa(numbers.n, numbers.e)
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        point = key.public_numbers()
        return _ec(point.x, point.y)
    if isinstance(key, Ed25519PublicKey):
        return _ed25519(key.public_bytes_raw())
    raise _refused(f"This key is of another kind. {_KINDS}")


def _of_jwk(unverified: Mapping[str, Any]) -> dict[str, Any]:
    if _size(unverified) > LARGEST_KEY:
        raise _refused(f"The key is too large. {_KINDS}")
    if any(member in unverified for member in _PRIVATE):
        raise _refused("This is a private key: never send one. Send its public members only.")
    kind = unverified.get("kty")
    if kind == "oct" or "k" in unverified:
        raise _refused(f"This is a shared secret: never send one. {_KINDS}")
    if not isinstance(kind, str) or kind not in _ALGORITHMS:
        raise _refused(f"This key is of another kind. {_KINDS}")
    _check_purpose(unverified, _ALGORITHMS[kind])
    jwk = _of_members(kind, unverified)
    if "kid" in unverified:
        jwk["kid"] = _key_id(unverified["kid"])
    return jwk


def _size(unverified: Mapping[str, Any]) -> int:
    try:
        return len(json.dumps(dict(unverified)))
    except (TypeError, ValueError, RecursionError):
        raise _refused(f"This JWK cannot be read. {_KINDS}") from None


def _check_purpose(unverified: Mapping[str, Any], algorithms: tuple[str, ...]) -> None:
    """Refuse a key that says it is for something else (RFC 7517 sections 4.2 to 4.4)."""
    if unverified.get("use", "sig") != "sig":
        raise _refused("This key is not for signatures: send one whose `use` is `sig`.")
    operations = unverified.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise _refused("This key is not for verifying: its `key_ops` must have `verify`.")
    if unverified.get("alg", algorithms[0]) not in algorithms:
        raise _refused(f"This key is for another algorithm: its `alg` must be `{algorithms[0]}`.")


def _of_members(kind: str, unverified: Mapping[str, Any]) -> dict[str, Any]:
    if kind == "RSA":
        return _rsa(_number(unverified, "n"), _number(unverified, "e"))
    curve = unverified.get("crv")
    if kind == "EC" and curve == "P-256":
        x, y = (_coordinate(unverified, member) for member in ("x", "y"))
        return _ec(int.from_bytes(x), int.from_bytes(y))
    if kind == "OKP" and curve == "Ed25519":
        return _ed25519(_coordinate(unverified, "x"))
    raise _refused(f"This key is on another curve. {_KINDS}")


def _key_id(unverified: object) -> str:
    if not isinstance(unverified, str) or not unverified.isprintable() or not unverified:
        raise _refused("The key's `kid` must be printable text.")
    if len(unverified) > LONGEST_KEY_ID:
        raise _refused(f"The key's `kid` must have at most {LONGEST_KEY_ID} characters.")
    return unverified


def _number(unverified: Mapping[str, Any], member: str) -> int:
    """Read a number; a zero before it, which some libraries write, is passed over."""
    return int.from_bytes(_octets(unverified, member))


def _coordinate(unverified: Mapping[str, Any], member: str) -> bytes:
    octets = _octets(unverified, member)
    if len(octets) != _COORDINATE:
        raise _refused(f"The key's `{member}` must be {_COORDINATE} octets in base64url.")
    return octets


def _octets(unverified: Mapping[str, Any], member: str) -> bytes:
    text = unverified.get(member)
    try:
        return decoded(text if isinstance(text, str) else "=")
    except ValueError:
        raise _refused(f"The key's `{member}` must be base64url without padding.") from None


def _rsa(modulus: int, exponent: int) -> dict[str, Any]:
    if modulus.bit_length() not in _MODULUS_BITS or modulus % 2 == 0:
        raise _refused("An RSA key must have 2048 to 8192 bits.")
    if exponent not in _EXPONENTS:
        raise _refused("An RSA key must have an exponent such as 65537.")
    n, e = (each.to_bytes((each.bit_length() + 7) // 8) for each in (modulus, exponent))
    return {"kty": "RSA", "n": encoded(n), "e": encoded(e), "alg": "RS256"}


def _ec(x: int, y: int) -> dict[str, Any]:
    try:
        EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
    except ValueError:
        raise _refused("The key's `x` and `y` are no point of P-256.") from None
    texts = {"x": encoded(x.to_bytes(_COORDINATE)), "y": encoded(y.to_bytes(_COORDINATE))}
    return {"kty": "EC", "crv": "P-256", **texts, "alg": "ES256"}


_FIELD = 2**255 - 19
_OF_ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
# Under a key of small order, such as 32 zeros, signatures can be made without a private key.
_SMALL_ORDER = frozenset({0, 1, _FIELD - 1, _OF_ORDER_8, _FIELD - _OF_ORDER_8})


def _ed25519(x: bytes) -> dict[str, Any]:
    y = int.from_bytes(x, "little") % 2**255  # the last bit is a sign (RFC 8032 section 5.1.2)
    if y >= _FIELD or y in _SMALL_ORDER:
        raise _refused("The key's `x` is no key of Ed25519.")
    return {"kty": "OKP", "crv": "Ed25519", "x": encoded(x), "alg": "EdDSA"}


def _refused(words: str) -> InvalidRequest:
    return InvalidRequest("The public key cannot be used.", [Problem("#/publicKey", words)])
