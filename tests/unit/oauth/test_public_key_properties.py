"""Keys that would let anybody sign, key sets, and whatever else may be sent for a key."""

import json
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwa import JWS_ALGORITHMS
from joserfc.jwk import OKPKey

from connections.domain.errors import InvalidRequest
from connections.oauth.public_keys import NoKeySet, key_set, public_jwk
from tests.tokens import Signer
from tests.tokens.signer import b64

RSA, EC, ED = Signer.rsa(), Signer.ec(), Signer.ed25519()
(EDDSA,) = (each for each in JWS_ALGORITHMS if each.name == "EdDSA")

ORDER_8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
MINUS_ORDER_8 = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"
SMALL = [
    bytes(32),
    b"\1" + bytes(31),
    b"\xec" + b"\xff" * 30 + b"\x7f",
    bytes.fromhex(ORDER_8),
    bytes.fromhex(MINUS_ORDER_8),
]
SMALL += [each[:-1] + bytes([each[-1] | 0x80]) for each in SMALL]


@pytest.mark.parametrize("x", SMALL, ids=bytes.hex)
def test_an_ed25519_key_under_which_anybody_can_sign_is_refused(x: bytes) -> None:
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64(x)}
    forged = (
        EDDSA.verify(str(number).encode(), r + bytes(32), OKPKey.import_key(dict(jwk)))
        for number, r in product(range(60), SMALL)
    )
    assert any(forged)
    with pytest.raises(InvalidRequest):
        public_jwk(jwk)


PLAIN_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
MEMBERS = st.sampled_from(
    ["kty", "crv", "x", "y", "n", "e", "kid", "alg", "use", "key_ops", "d", "k"]
)


@given(st.sampled_from([RSA, EC, ED]), st.dictionaries(MEMBERS, PLAIN_JSON, max_size=3))
@settings(deadline=None, max_examples=300)
def test_any_jwk_is_read_or_refused(signer: Signer, members: dict[str, Any]) -> None:
    try:
        jwk = public_jwk({**signer.public_jwk, **members})
    except InvalidRequest:
        return
    assert jwk.keys() <= {"kty", "crv", "x", "y", "n", "e", "kid", "alg"}
    assert public_jwk(jwk) == jwk


@given(st.text() | st.text("-BEGIN PUBLICKY\nA="), st.booleans())
@settings(deadline=None)
def test_any_text_is_refused(text: str, armoured: bool) -> None:
    with pytest.raises(InvalidRequest):
        public_jwk(
            f"-----BEGIN PUBLIC KEY-----{text}-----END PUBLIC KEY-----" if armoured else text
        )


@given(st.integers(0, 500), st.sampled_from("AZ09+/=- \n"))
@settings(deadline=None)
def test_a_pem_with_another_character_is_read_or_refused(at: int, other: str) -> None:
    text = RSA.public_pem
    try:
        jwk = public_jwk(text[:at] + other + text[at + 1 :])
    except InvalidRequest:
        return
    assert jwk["alg"] == "RS256"


def a_set(*keys: object) -> bytes:
    return json.dumps({"keys": keys}).encode()


def test_a_set_gives_its_usable_keys() -> None:
    named = {**EC.public_jwk, "kid": "2026", "use": "sig"}
    unusable: list[Any] = [
        {**RSA.public_jwk, "use": "enc"},
        {**RSA.public_jwk, "alg": "RS512"},
        {"kty": "oct", "k": "AAAA"},
        {"kty": "AKP"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        "a text", None, [],
    ]  # fmt: skip

    assert key_set(a_set(*unusable, named, ED.public_jwk)) == [
        public_jwk(named),
        public_jwk(ED.public_jwk),
    ]
    assert key_set(a_set(*unusable)) == []


def test_of_a_set_50_keys_are_read() -> None:
    keys = [{**EC.public_jwk, "kid": str(number)} for number in range(60)]

    assert [key["kid"] for key in key_set(a_set(*keys))] == [str(number) for number in range(50)]


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"keys": {}}',
        b'{"keys": null}',
        b'{"key": []}',
        b"<html>",
        b"\xff",
        a_set().decode().encode("utf-16"),
        b"[" * 100_000,
        json.dumps(EC.public_jwk).encode(),
    ],
    ids=range(12),
)
def test_what_is_no_set_is_refused(octets: bytes) -> None:
    with pytest.raises(NoKeySet):
        key_set(octets)


@given(st.binary() | PLAIN_JSON.map(lambda each: json.dumps({"keys": each}).encode()))
@settings(deadline=None)
def test_any_octets_are_a_set_or_none(octets: bytes) -> None:
    try:
        assert key_set(octets) == []
    except NoKeySet:
        return
