"""Public keys, as organizations send them: what is taken, and in which words the rest is not."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, rsa, x25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from connections.domain.errors import InvalidRequest
from connections.oauth.public_keys import public_jwk
from tests.tokens import Signer
from tests.tokens.signer import b64, b64_number

RSA, EC, ED = Signer.rsa(), Signer.ec(), Signer.ed25519()
SIGNERS = {"RSA": (RSA, "RS256"), "P-256": (EC, "ES256"), "Ed25519": (ED, "EdDSA")}
by_each_kind = pytest.mark.parametrize(("signer", "algorithm"), SIGNERS.values(), ids=SIGNERS)


def refusal(unverified: str | Mapping[str, Any]) -> str:
    with pytest.raises(InvalidRequest) as caught:
        public_jwk(unverified)
    (problem,) = caught.value.problems
    assert problem.pointer == "#/publicKey"
    assert str(caught.value) == "The public key cannot be used."
    return problem.detail


def pem(key: Any, form: PublicFormat = PublicFormat.SubjectPublicKeyInfo) -> str:
    return str(key.public_bytes(Encoding.PEM, form).decode())


def private_pem(signer: Signer, form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    return signer.key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


@by_each_kind
def test_a_pem_and_a_jwk_are_one_key(signer: Signer, algorithm: str) -> None:
    jwk = public_jwk(signer.public_pem)

    assert jwk == {**signer.public_jwk, "alg": algorithm} == public_jwk(signer.public_jwk)
    assert next(iter(jwk)) == "kty"
    assert public_jwk(jwk) == jwk


@by_each_kind
def test_of_a_jwk_only_public_members_are_kept(signer: Signer, algorithm: str) -> None:
    more = {"use": "sig", "key_ops": ["verify"], "alg": algorithm, "x5c": ["MIIB"], "ext": True}

    assert public_jwk({**more, **signer.public_jwk, "kid": "2026"}) == {
        **signer.public_jwk,
        "alg": algorithm,
        "kid": "2026",
    }


def test_ed25519_is_another_name_of_eddsa() -> None:
    assert public_jwk({**ED.public_jwk, "alg": "Ed25519"})["alg"] == "EdDSA"


def test_space_around_a_pem_does_not_matter() -> None:
    assert public_jwk("\r\n " + EC.public_pem.replace("\n", "\r\n")) == public_jwk(EC.public_pem)


def test_a_zero_before_a_modulus_does_not_matter() -> None:
    jwk = RSA.public_jwk
    modulus = rsa_numbers().n.to_bytes(257)

    assert public_jwk({**jwk, "n": b64(modulus), "e": "AAEAAQ"}) == public_jwk(jwk)


def rsa_numbers() -> rsa.RSAPublicNumbers:
    assert isinstance(RSA.key, rsa.RSAPrivateKey)
    return RSA.key.public_key().public_numbers()


def an_rsa_jwk(bits: int = 2048, exponent: int = 65537, *, lowest: int = 1) -> dict[str, Any]:
    return {"kty": "RSA", "n": b64_number(2 ** (bits - 1) + lowest), "e": b64_number(exponent)}


@pytest.mark.parametrize(
    "jwk",
    [
        an_rsa_jwk(2048),
        an_rsa_jwk(3072),
        an_rsa_jwk(8192),
        an_rsa_jwk(exponent=2**32 - 1),
        {**EC.public_jwk, "kid": "k" * 200},
    ],
)
def test_a_key_at_a_bound_is_taken(jwk: dict[str, Any]) -> None:
    assert public_jwk(jwk).items() >= jwk.items()


@by_each_kind
@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.OpenSSH])
def test_a_private_pem_is_never_to_be_sent(
    signer: Signer, algorithm: str, form: PrivateFormat
) -> None:
    assert "private key: never send one" in refusal(private_pem(signer, form))
    assert "never" in refusal(signer.public_pem + private_pem(signer, form))


@by_each_kind
@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi", "oth"])
def test_a_private_jwk_is_never_to_be_sent(signer: Signer, algorithm: str, member: str) -> None:
    assert "private key: never send one" in refusal({**signer.public_jwk, member: "AQAB"})


@pytest.mark.parametrize("jwk", [{"kty": "oct", "k": "AAAA"}, {"kty": "oct"}, {"k": "AAAA"}])
def test_a_shared_secret_is_never_to_be_sent(jwk: dict[str, Any]) -> None:
    assert "shared secret: never send one" in refusal(jwk)


SMALL = rsa.RSAPublicNumbers(65537, 2**1023 + 1).public_key()
OTHER_PEMS = {
    "a small RSA key": (pem(SMALL), "2048 to 8192 bits"),
    "RSA in PKCS 1": (pem(RSA.key.public_key(), PublicFormat.PKCS1), "BEGIN PUBLIC KEY"),
    "P-384": (pem(ec.generate_private_key(ec.SECP384R1()).public_key()), "another kind"),
    "secp256k1": (pem(ec.generate_private_key(ec.SECP256K1()).public_key()), "another kind"),
    "Ed448": (pem(ed448.Ed448PrivateKey.generate().public_key()), "another kind"),
    "X25519": (pem(x25519.X25519PrivateKey.generate().public_key()), "another kind"),
    "DSA": (pem(dsa.generate_private_key(2048).public_key()), "another kind"),
    "a certificate": (EC.public_pem.replace("PUBLIC KEY", "CERTIFICATE"), "not a certificate"),
    "a request": (EC.public_pem.replace("PUBLIC KEY", "CERTIFICATE REQUEST"), "certificate"),
    "a JWK as text": (json.dumps(EC.public_jwk), "as an object, not as text"),
    "two keys": (EC.public_pem + RSA.public_pem, "one PEM"),
    "words before it": ("my key:\n" + EC.public_pem, "one PEM"),
    "another end": (EC.public_pem.replace("END PUBLIC", "END RSA PUBLIC"), "one PEM"),
    "half a key": (EC.public_pem.replace("MFk", ""), "cannot be read"),
    "no key at all": ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "be read"),
    "other spaces": (EC.public_pem.replace("MFk", "MF\u3000k"), "one PEM"),
    "nothing": ("", "one PEM"),
    "an SSH key": ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA", "one PEM"),
    "17 KB": ("A" * (16 * 1024 + 1), "too large"),
}


@pytest.mark.parametrize(("text", "words"), OTHER_PEMS.values(), ids=OTHER_PEMS)
def test_another_text_is_refused(text: str, words: str) -> None:
    assert words in refusal(text)


def nested(depth: int) -> list[Any]:
    inner: list[Any] = []
    for _ in range(depth):
        inner = [inner]
    return inner


OTHER_JWKS: dict[str, tuple[dict[Any, Any], str]] = {
    "nothing": ({}, "another kind"),
    "a type of tomorrow": ({"kty": "AKP", "alg": "ML-DSA-44"}, "another kind"),
    "a list of types": ({"kty": ["RSA"]}, "another kind"),
    "P-384": ({**EC.public_jwk, "crv": "P-384"}, "another curve"),
    "P-256 as OKP": ({**EC.public_jwk, "kty": "OKP"}, "another curve"),
    "Ed25519 as EC": ({**ED.public_jwk, "kty": "EC"}, "another curve"),
    "X25519": ({**ED.public_jwk, "crv": "X25519"}, "another curve"),
    "no curve": ({"kty": "EC"}, "another curve"),
    "for encryption": ({**RSA.public_jwk, "use": "enc"}, "`use` is `sig`"),
    "for null": ({**RSA.public_jwk, "use": None}, "`use` is `sig`"),
    "for signing": ({**RSA.public_jwk, "key_ops": ["sign"]}, "`key_ops` must have `verify`"),
    "operations as text": ({**RSA.public_jwk, "key_ops": "verify"}, "`key_ops`"),
    "for PS256": ({**RSA.public_jwk, "alg": "PS256"}, "`alg` must be `RS256`"),
    "for HS256": ({**RSA.public_jwk, "alg": "HS256"}, "`alg` must be `RS256`"),
    "EC for RS256": ({**EC.public_jwk, "alg": "RS256"}, "`alg` must be `ES256`"),
    "for Ed448": ({**ED.public_jwk, "alg": "Ed448"}, "`alg` must be `EdDSA`"),
    "for a list": ({**ED.public_jwk, "alg": ["EdDSA"]}, "`alg` must be `EdDSA`"),
    "2047 bits": (an_rsa_jwk(2047), "2048 to 8192 bits"),
    "8193 bits": (an_rsa_jwk(8193), "2048 to 8192 bits"),
    "an even modulus": (an_rsa_jwk(lowest=2), "2048 to 8192 bits"),
    "no modulus": ({"kty": "RSA", "n": "", "e": "AQAB"}, "2048 to 8192 bits"),
    **{
        f"exponent {exponent}": (an_rsa_jwk(exponent=exponent), "exponent")
        for exponent in (1, 2, 3, 17, 65535, 65536, 2**32 + 1, 2**1024 + 1)
    },
    "an exponent with padding": ({**RSA.public_jwk, "e": "AQAB===="}, "base64url"),
    "a modulus as a number": ({**RSA.public_jwk, "n": 2**2048 + 1}, "base64url"),
    "no exponent": ({"kty": "RSA", "n": RSA.public_jwk["n"]}, "base64url"),
    "base64 that is not for URLs": ({**EC.public_jwk, "x": "+" * 42 + "8"}, "base64url"),
    "a point off the curve": ({**EC.public_jwk, "x": b64(b"\1" * 32)}, "no point of P-256"),
    "no point": ({**EC.public_jwk, "x": b64(bytes(32)), "y": b64(bytes(32))}, "no point"),
    "a short coordinate": ({**EC.public_jwk, "y": b64(b"\1" * 31)}, "32 octets"),
    "a long coordinate": ({**EC.public_jwk, "x": b64(b"\0" * 33)}, "32 octets"),
    "one coordinate": ({"kty": "EC", "crv": "P-256", "x": EC.public_jwk["x"]}, "base64url"),
    "a short Ed25519 key": ({**ED.public_jwk, "x": b64(b"\1" * 31)}, "32 octets"),
    "an Ed25519 key out of the field": ({**ED.public_jwk, "x": b64(b"\xff" * 32)}, "no key"),
    "a number for an id": ({**EC.public_jwk, "kid": 1}, "printable text"),
    "an empty id": ({**EC.public_jwk, "kid": ""}, "printable text"),
    "an id with a line break": ({**EC.public_jwk, "kid": "a\nb"}, "printable text"),
    "a long id": ({**EC.public_jwk, "kid": "k" * 201}, "at most 200"),
    "17 KB": ({**EC.public_jwk, "x5c": ["A" * 16_384]}, "too large"),
    "octets": ({**EC.public_jwk, "x": b"\1" * 32}, "cannot be read"),
    "bottomless": ({**EC.public_jwk, "x": nested(100_000)}, "cannot be read"),
}


@pytest.mark.parametrize(("jwk", "words"), OTHER_JWKS.values(), ids=OTHER_JWKS)
def test_another_jwk_is_refused(jwk: dict[Any, Any], words: str) -> None:
    assert words in refusal(jwk)
