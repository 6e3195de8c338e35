"""An organization that signs its customers' users' tokens."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ABSENT = object()
"""What a claim or header member is set to that is left out."""


def b64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def b64_number(number: int, octets: int = 0) -> str:
    return b64(number.to_bytes(octets or (number.bit_length() + 7) // 8))


def as_json(members: Mapping[str, Any]) -> bytes:
    return json.dumps({k: v for k, v in members.items() if v is not ABSENT}).encode()


@dataclass(frozen=True, slots=True)
class Signer:
    """An organization's private key, made here; written without the code that it is to test."""

    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
    kid: str | None = None

    @classmethod
    def rsa(cls, kid: str | None = None, bits: int = 2048) -> "Signer":
        return cls(rsa.generate_private_key(65537, bits), kid)

    @classmethod
    def ec(cls, kid: str | None = None) -> "Signer":
        return cls(ec.generate_private_key(ec.SECP256R1()), kid)

    @classmethod
    def ed25519(cls, kid: str | None = None) -> "Signer":
        return cls(ed25519.Ed25519PrivateKey.generate(), kid)

    @property
    def public_pem(self) -> str:
        public = self.key.public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def public_jwk(self) -> dict[str, str]:
        named = {} if self.kid is None else {"kid": self.kid}
        public = self.key.public_key()
        if isinstance(public, rsa.RSAPublicKey):
            n, e = public.public_numbers().n, public.public_numbers().e
            return {"kty": "RSA", "n": b64_number(n), "e": b64_number(e), **named}
        if isinstance(public, ec.EllipticCurvePublicKey):
            point = public.public_numbers()
            x, y = b64_number(point.x, 32), b64_number(point.y, 32)
            return {"kty": "EC", "crv": "P-256", "x": x, "y": y, **named}
        return {"kty": "OKP", "crv": "Ed25519", "x": b64(public.public_bytes_raw()), **named}

    @property
    def algorithm(self) -> str:
        return {"RSA": "RS256", "EC": "ES256", "OKP": "EdDSA"}[self.public_jwk["kty"]]

    def token(
        self, *, now: datetime | None = None, header: Mapping[str, Any] | None = None, **claims: Any
    ) -> str:
        """Return a token of Ada at the customer "acme", good for five minutes from now."""
        issued = int((now or datetime.now(UTC)).timestamp())
        standard = {"sub": "ada", "customer": "acme", "iat": issued, "exp": issued + 300}
        return self.compact(self.header(**(header or {})), as_json({**standard, **claims}))

    def header(self, **changes: Any) -> bytes:
        kid = ABSENT if self.kid is None else self.kid
        return as_json({"alg": self.algorithm, "typ": "JWT", "kid": kid, **changes})

    def compact(self, header: bytes, payload: bytes) -> str:
        return self.sealed(f"{b64(header)}.{b64(payload)}")

    def sealed(self, signed: str) -> str:
        return f"{signed}.{b64(self.signature(signed.encode()))}"

    def signature(self, octets: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(octets, padding.PKCS1v15(), SHA256())
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            r, s = decode_dss_signature(self.key.sign(octets, ec.ECDSA(SHA256())))
            return r.to_bytes(32) + s.to_bytes(32)
        return self.key.sign(octets)
