"""How a client says who it is by what it signs (RFC 7521, RFC 7523, OpenID Core section 9).

A module of its own, imported by whoever signs: most functions never do, and joserfc takes time to
import.
"""

import json
import secrets
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, RSAKey

from connections.domain.errors import Misconfigured
from connections.domain.failure import Failure, FailureKind
from connections.oauth.client import OAuthClient

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFETIME = timedelta(minutes=2)
_OF_RSA = ("RS256", "PS256")
_NO_SECRET = Failure(
    kind=FailureKind.CLIENT,
    explanation="there is no client secret to sign with",
    remedy="Enter the client secret.",
)
_NO_KEY = Failure(
    kind=FailureKind.CLIENT,
    explanation="the private key cannot be used",
    remedy="Enter an RSA key, or one on P-256, as a PEM without a password or as a JWK with `d`,"
    " and register its public key with the provider.",
)


def secret_assertion(client: OAuthClient, now: datetime) -> dict[str, str]:
    """Return the parameters that carry an assertion under the client secret.

    Raises:
        Misconfigured: there is no secret.
    """
    if not client.client_secret:
        raise Misconfigured(_NO_SECRET)
    return _assertion(client, OctKey.import_key(client.client_secret), "HS256", now)


def key_assertion(client: OAuthClient, now: datetime) -> dict[str, str]:
    """Return the parameters that carry an assertion under the private key.

    Raises:
        Misconfigured: the key cannot be used.
    """
    key, algorithm = signing_key(client.private_key)
    return _assertion(client, key, algorithm, now)


def _assertion(
    client: OAuthClient, key: OctKey | RSAKey | ECKey, algorithm: str, now: datetime
) -> dict[str, str]:
    """Return the parameters that carry a signed assertion (RFC 7521 section 4.2).

    Raises:
        Misconfigured: the key may not sign it.
    """
    claims = {
        "iss": client.client_id,
        "sub": client.client_id,
        # The token endpoint, also where a token is revoked: what servers agree on
        # (RFC 7523 section 3).
        "aud": client.token_url,
        "jti": secrets.token_urlsafe(24),
        "iat": int(now.timestamp()),
        "exp": int((now + ASSERTION_LIFETIME).timestamp()),
    }
    header = {"alg": algorithm, **({"kid": key.kid} if key.kid else {})}
    try:
        signed = jwt.encode(header, claims, key, algorithms=[algorithm])
    except JoseError:
        # The JWK itself says that it is for something else: its `use`, `key_ops` or `alg`.
        raise Misconfigured(_NO_KEY) from None
    return {
        "client_id": client.client_id,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": signed,
    }


def signing_key(text: str) -> tuple[RSAKey | ECKey, str]:
    """Read a private key, PEM or JWK, and return it with the algorithm it signs with.

    RS256 for RSA, unless the JWK's `alg` says PS256; ES256 on P-256. Its `kid` goes along.

    Raises:
        Misconfigured: it is no such key.
    """
    try:
        if text.lstrip().startswith("{"):
            return _of_jwk(json.loads(text))
        loaded = load_pem_private_key(text.strip().encode(), password=None)
        if isinstance(loaded, EllipticCurvePrivateKey):
            return _on_p256(ECKey.import_key(text.strip()))
        return RSAKey.import_key(text.strip()), _OF_RSA[0]
    except (ValueError, TypeError, KeyError, RecursionError, JoseError, UnsupportedAlgorithm):
        raise Misconfigured(_NO_KEY) from None


def _of_jwk(jwk: dict[str, Any]) -> tuple[RSAKey | ECKey, str]:
    if "d" not in jwk:
        raise ValueError
    if jwk.get("kty") == "EC":
        return _on_p256(ECKey.import_key(jwk))
    return RSAKey.import_key(jwk), _OF_RSA[jwk.get("alg") == _OF_RSA[1]]


def _on_p256(key: ECKey) -> tuple[ECKey, str]:
    if key.curve_name != "P-256":
        raise ValueError
    return key, "ES256"
