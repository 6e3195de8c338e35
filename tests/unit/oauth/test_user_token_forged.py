"""Forged, expired, malformed and confused tokens: each is refused, for its own reason."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from connections.oauth.public_keys import public_jwk
from connections.oauth.user_token import TokenRefused, key_id, looks_signed, verified_token
from tests.builders import NOW
from tests.tokens import FORGERIES, Signer
from tests.tokens.signer import b64

AUDIENCE = "https://connections.example"
SIGNERS = {
    "RSA": Signer.rsa("2026"),
    "P-256": Signer.ec("2026"),
    "Ed25519": Signer.ed25519("2026"),
    "P-256 without an id": Signer.ec(),
}
by_each_kind = pytest.mark.parametrize("kind", SIGNERS)


def refusal(token: str, *signers: Signer, issuer: str | None = None) -> str:
    keys = [public_jwk(signer.public_jwk) for signer in signers]
    with pytest.raises(TokenRefused) as caught:
        verified_token(token, keys, audiences=[AUDIENCE], issuer=issuer, now=NOW)
    assert str(caught.value) == caught.value.reason
    return caught.value.reason


@by_each_kind
@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_refused(name: str, kind: str) -> None:
    token = FORGERIES[name](SIGNERS[kind], AUDIENCE, NOW)

    assert refusal(token, SIGNERS[kind]) == FORGERIES[name].reason


@by_each_kind
def test_a_forgery_differs_from_a_right_token(kind: str) -> None:
    signer = SIGNERS[kind]
    keys = [public_jwk(signer.public_jwk)]

    right = verified_token(
        signer.token(now=NOW, aud=AUDIENCE), keys, audiences=[AUDIENCE], issuer=None, now=NOW
    )

    assert (right.subject, right.customer) == ("ada", "acme")


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_looked_at_without_an_error(name: str) -> None:
    token = FORGERIES[name](SIGNERS["P-256"], AUDIENCE, NOW)

    reason = FORGERIES[name].reason
    assert looks_signed(token) is (reason != "not-compact")
    try:
        key_id(token)
    except TokenRefused as refused:
        found = refused.reason
    else:
        found = reason
    assert found == reason


@by_each_kind
@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA", "Ed25519"])
def test_a_key_is_not_used_for_another_algorithm(kind: str, algorithm: str) -> None:
    signer = SIGNERS[kind]
    token = signer.token(now=NOW, header={"alg": algorithm})
    if algorithm.replace("Ed25519", "EdDSA") != signer.algorithm:
        assert refusal(token, signer) == "algorithm-of-another-key"


def test_a_token_without_any_key_is_refused() -> None:
    assert refusal(SIGNERS["RSA"].token(now=NOW)) == "unknown-key"
    assert refusal(Signer.ec().token(now=NOW)) == "unknown-key"


def test_a_key_of_another_id_is_not_tried() -> None:
    signer = SIGNERS["P-256"]
    token = signer.token(now=NOW, header={"kid": "2025"})

    assert refusal(token, signer, SIGNERS["Ed25519"]) == "unknown-key"
    assert refusal(signer.token(now=NOW), Signer(signer.key)) == "unknown-key"


def test_a_key_that_says_no_algorithm_is_not_used() -> None:
    signer = SIGNERS["P-256"]
    with pytest.raises(TokenRefused) as caught:
        verified_token(
            signer.token(now=NOW), [signer.public_jwk], audiences=[AUDIENCE], issuer=None, now=NOW
        )
    assert caught.value.reason == "algorithm-of-another-key"


@pytest.mark.parametrize("issuer", ["https://acme.example/", "HTTPS://ACME.EXAMPLE", "", None, 7])
def test_another_issuer_than_the_registered_one_is_refused(issuer: object) -> None:
    token = SIGNERS["P-256"].token(now=NOW, iss=issuer)

    assert refusal(token, SIGNERS["P-256"], issuer="https://acme.example") == "issuer-wrong"


def test_a_token_without_the_registered_issuer_is_refused() -> None:
    token = SIGNERS["P-256"].token(now=NOW)

    assert refusal(token, SIGNERS["P-256"], issuer="https://acme.example") == "issuer-wrong"


@pytest.mark.parametrize("length", [0, 1, 63, 65, 70, 128])
def test_an_es256_signature_has_64_octets(length: int) -> None:
    signer = SIGNERS["P-256"]
    signed, _, _ = signer.token(now=NOW).rpartition(".")
    signature = (signer.signature(signed.encode()) * 2)[:length]

    assert refusal(f"{signed}.{b64(signature)}", signer) == "signature-wrong"


def test_an_es256_signature_in_der_is_refused() -> None:
    signer = SIGNERS["P-256"]
    assert isinstance(signer.key, EllipticCurvePrivateKey)
    signed, _, _ = signer.token(now=NOW).rpartition(".")
    signature = signer.key.sign(signed.encode(), ECDSA(SHA256()))

    assert refusal(f"{signed}.{b64(signature)}", signer) == "signature-wrong"


def test_what_comes_first_is_refused_first() -> None:
    signer = SIGNERS["P-256"]
    wrong: dict[str, Any] = {"sub": "", "customer": "", "aud": "other", "exp": 1, "role": "owner"}
    token = signer.token(now=NOW, header={"crit": ["x"], "alg": "none"}, **wrong)

    assert refusal("é" * 9000, signer) == "too-large"
    assert refusal(token, signer) == "critical-header"
    assert refusal(signer.token(now=NOW, header={"kid": "x"}, **wrong), signer) == "unknown-key"
    assert refusal(signer.token(now=NOW, **wrong)[:-4] + "AAAA", signer) == "signature-wrong"
    assert refusal(signer.token(now=NOW, **wrong), signer, issuer="x") == "issuer-wrong"
    assert refusal(signer.token(now=NOW, **wrong), signer) == "sub-malformed"
    assert refusal(signer.token(now=NOW, **{**wrong, "sub": "a"}), signer) == "audience-wrong"
