"""Clients that sign an assertion (RFC 7523 section 2.2, OpenID Connect Core section 9)."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from connections.domain.errors import Misconfigured
from connections.domain.failure import FailureKind
from connections.oauth.client import OAuthClient
from connections.oauth.client_authentication import authenticated
from connections.oauth.revocation import revocation_requests
from connections.oauth.token_request import code_request, refresh_request
from tests.builders import NOW, a_definition, a_token_set, an_issuance

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
P256 = ec.generate_private_key(ec.SECP256R1())
INPUTS = {**a_definition()["inputs"], "privateKey": {"type": "password"}}
SECRET = "a-secret-of-thirty-two-characters"


def pem(key: Any, form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    return str(key.private_bytes(Encoding.PEM, form, NoEncryption()).decode())


def jwk(key: Any, **members: Any) -> str:
    """Return a key as a JWK, with more members."""
    made = (RSAKey if isinstance(key, rsa.RSAPrivateKey) else ECKey).import_key(pem(key))
    return json.dumps({**made.as_dict(private=True), **members})


def a_client(method: str, private_key: str = "", **facts: Any) -> OAuthClient:
    values = {"privateKey": private_key, "clientSecret": SECRET}
    facts = {"clientAuthentication": method, **facts}
    return OAuthClient.of(an_issuance(values, inputs=INPUTS, provider=facts))


def assertion(client: OAuthClient) -> str:
    """Return the assertion of a client, which sends nothing else of itself but its id."""
    method = client.facts.client_authentication
    headers, form = authenticated(client, {"code": "c"}, method, now=NOW)
    signed = form.pop("client_assertion")
    assert headers == {"accept": "application/json"}
    assert form == {
        "code": "c",
        "client_id": "the-client",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }
    assert isinstance(signed, str)
    return signed


def verified(signed: str, key: RSAKey | ECKey | OctKey, algorithm: str) -> jwt.Token:
    return jwt.decode(signed, key, algorithms=[algorithm])


PUBLIC_RSA = RSAKey.import_key(pem(RSA))
PUBLIC_P256 = ECKey.import_key(pem(P256))
KEYS = [
    (pem(RSA), PUBLIC_RSA, "RS256", None),
    (pem(RSA, PrivateFormat.TraditionalOpenSSL), PUBLIC_RSA, "RS256", None),
    (f"\n  {pem(RSA)}\n\n", PUBLIC_RSA, "RS256", None),
    (jwk(RSA), PUBLIC_RSA, "RS256", None),
    (jwk(RSA, alg="RS256", kid="2026-a"), PUBLIC_RSA, "RS256", "2026-a"),
    (jwk(RSA, alg="PS256", kid="k"), PUBLIC_RSA, "PS256", "k"),
    (pem(P256), PUBLIC_P256, "ES256", None),
    (pem(P256, PrivateFormat.TraditionalOpenSSL), PUBLIC_P256, "ES256", None),
    (jwk(P256), PUBLIC_P256, "ES256", None),
    (" " + jwk(P256, kid="é"), PUBLIC_P256, "ES256", "é"),
]


@pytest.mark.parametrize(("private_key", "public_key", "algorithm", "kid"), KEYS)
def test_a_private_key_signs_who_the_client_is(
    private_key: str, public_key: RSAKey | ECKey, algorithm: str, kid: str | None
) -> None:
    token = verified(assertion(a_client("private_key_jwt", private_key)), public_key, algorithm)

    claims = dict(token.claims)
    assert len(claims.pop("jti")) >= 32
    assert claims == {
        "iss": "the-client",
        "sub": "the-client",
        "aud": "https://acme.example/token",
        "iat": int(NOW.timestamp()),
        "exp": int((NOW + timedelta(minutes=2)).timestamp()),
    }
    assert token.header == {
        "typ": "JWT", "alg": algorithm, **({"kid": kid} if kid is not None else {})
    }  # fmt: skip


def test_the_secret_signs_where_the_facts_say_so() -> None:
    signed = assertion(a_client("client_secret_jwt"))

    token = verified(signed, OctKey.import_key(SECRET), "HS256")
    assert token.claims["sub"] == token.claims["iss"] == "the-client"
    assert "kid" not in token.header
    assert SECRET not in signed


@pytest.mark.parametrize("method", ["client_secret_jwt", "private_key_jwt"])
def test_no_two_assertions_are_the_same(method: str) -> None:
    client = a_client(method, pem(P256))
    key = PUBLIC_P256 if method == "private_key_jwt" else OctKey.import_key(SECRET)
    algorithm = "ES256" if method == "private_key_jwt" else "HS256"

    ids = {verified(assertion(client), key, algorithm).claims["jti"] for _ in range(3)}

    assert len(ids) == 3


@pytest.mark.parametrize("method", ["client_secret_jwt", "private_key_jwt"])
def test_what_signs_is_sent_nowhere(method: str) -> None:
    client = a_client(method, pem(P256))
    requests = [
        code_request(client, code="c", redirect_uri="u", code_verifier=None, now=NOW),
        refresh_request(client, a_token_set(), now=NOW),
        *revocation_requests(client, a_token_set(), now=NOW),
    ]

    assert len(requests) == 4
    for request in requests:
        sent = f"{request.url} {dict(request.headers)} {dict(request.form)}"
        assert "client_assertion" in sent
        assert SECRET not in sent
        assert "PRIVATE" not in sent
        assert "client_secret" not in request.form
    assert "PRIVATE" not in repr(client)


def test_the_audience_is_the_token_endpoint_also_elsewhere() -> None:
    client = a_client("private_key_jwt", pem(P256), refreshUrl="https://acme.example/refresh")
    request = refresh_request(client, a_token_set(), now=NOW)

    assert request.url == "https://acme.example/refresh"
    token = verified(str(request.form["client_assertion"]), PUBLIC_P256, "ES256")
    assert token.claims["aud"] == "https://acme.example/token"


def encrypted(key: rsa.RSAPrivateKey) -> str:
    encryption = BestAvailableEncryption(b"password")
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode()


def public(key: rsa.RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def without_d(text: str) -> str:
    return json.dumps({name: value for name, value in json.loads(text).items() if name != "d"})


UNUSABLE: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "words": lambda: "hunter2",
    "a public key": lambda: public(RSA),
    "a public JWK": lambda: without_d(jwk(RSA)),
    "a public JWK on P-256": lambda: without_d(jwk(P256)),
    "an encrypted key": lambda: encrypted(RSA),
    "P-384": lambda: pem(ec.generate_private_key(ec.SECP384R1())),
    "P-384 as a JWK": lambda: jwk(ec.generate_private_key(ec.SECP384R1())),
    "Ed25519": lambda: pem(ed25519.Ed25519PrivateKey.generate()),
    "DSA": lambda: pem(dsa.generate_private_key(1024)),  # noqa: S505 - refused
    "half a key": lambda: pem(RSA)[:300],
    "half a JWK": lambda: jwk(RSA)[:300],
    "a JWK of nothing": lambda: "{}",
    "a JWK of words": lambda: '{"kty": "RSA", "n": "hunter2", "e": "AQAB", "d": "hunter2"}',
    "a secret as a JWK": lambda: '{"kty": "oct", "k": "aHVudGVyMg", "d": "x"}',
    "a JWK for encryption": lambda: jwk(RSA, use="enc"),
    "a JWK for verifying": lambda: jwk(P256, key_ops=["verify"]),
    "a JWK for another algorithm": lambda: jwk(RSA, alg="RS512"),
    "a deep JWK": lambda: '{"d": ' + "[" * 20_000,
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_a_key_that_cannot_sign_is_refused_and_not_quoted(kind: str) -> None:
    text = UNUSABLE[kind]()
    client = a_client("private_key_jwt", text)

    with pytest.raises(Misconfigured) as refused:
        assertion(client)

    failure = refused.value.failure
    assert failure.kind is FailureKind.CLIENT
    assert failure.explanation == "the private key cannot be used"
    assert "P-256" in (failure.remedy or "")
    assert refused.value.__cause__ is None
    told = f"{refused.value} {failure!r}"
    assert "hunter2" not in told
    assert "BEGIN" not in told


@pytest.mark.parametrize("secret", ["", " "])
def test_without_a_secret_nothing_is_signed_with_it(secret: str) -> None:
    facts = {"clientAuthentication": "client_secret_jwt"}
    client = OAuthClient.of(an_issuance({"clientSecret": secret}, provider=facts))

    with pytest.raises(Misconfigured) as refused:
        authenticated(client, {}, "client_secret_jwt", now=NOW)

    assert refused.value.failure.explanation == "there is no client secret to sign with"
