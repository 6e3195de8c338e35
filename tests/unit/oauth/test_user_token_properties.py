"""Whatever a token is, it is taken or refused, and nothing else happens."""

import json
import string
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connections.oauth.public_keys import public_jwk
from connections.oauth.user_token import TokenRefused, key_id, looks_signed, verified_token
from tests.builders import NOW
from tests.tokens import Signer

SIGNER = Signer.ed25519()
KEYS = [public_jwk(SIGNER.public_jwk)]
AUDIENCE = "https://connections.example"
RIGHT = SIGNER.token(now=NOW)
AT = int(NOW.timestamp())

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
TIMES = st.integers(AT - 8000, AT + 8000) | st.floats(AT - 8000, AT + 8000) | st.integers()
NAMES = ("iss", "sub", "aud", "exp", "nbf", "iat", "customer", "customer_name", "name", "role")


def refused(token: str) -> bool:
    try:
        taken = verified_token(token, KEYS, audiences=[AUDIENCE], issuer=None, now=NOW)
    except TokenRefused:
        return True
    assert taken.subject
    assert taken.customer
    assert 0 < (taken.expires_at - NOW).total_seconds() <= 3660
    return False


@given(st.text() | st.text("eyJ.-_=0aZ"))
@settings(deadline=None)
def test_any_text_is_refused(text: str) -> None:
    assert refused(text)
    looks_signed(text)
    try:
        key_id(text)
    except TokenRefused:
        return
    raise AssertionError(text)


@given(st.integers(0, len(RIGHT) - 1), st.characters(max_codepoint=0x17F))
@settings(deadline=None, max_examples=400)
def test_no_character_of_a_token_can_be_another(at: int, other: str) -> None:
    assert refused(RIGHT[:at] + other + RIGHT[at + 1 :]) or RIGHT[at] == other


@given(st.integers(0, len(RIGHT)), st.text(string.ascii_letters + ".-_=", min_size=1, max_size=4))
@settings(deadline=None)
def test_nothing_can_be_put_into_a_token(at: int, more: str) -> None:
    assert refused(RIGHT[:at] + more + RIGHT[at:])


@given(st.integers(0, len(RIGHT) - 1), st.integers(1, 8))
@settings(deadline=None)
def test_nothing_can_be_taken_out_of_a_token(at: int, length: int) -> None:
    assert refused(RIGHT[:at] + RIGHT[at + length :])


@given(st.dictionaries(st.sampled_from(NAMES), ANY_JSON | TIMES))
@settings(deadline=None, max_examples=400)
def test_any_claims_are_taken_or_refused(claims: dict[str, Any]) -> None:
    refused(SIGNER.token(now=NOW, **claims))


@given(st.dictionaries(st.sampled_from(["alg", "typ", "kid", "cty", "crit", "x"]), ANY_JSON))
@settings(deadline=None)
def test_any_header_is_taken_or_refused(header: dict[str, Any]) -> None:
    refused(SIGNER.token(now=NOW, header=header))


@given(st.binary(max_size=60), st.binary(max_size=60) | ANY_JSON.map(json.dumps))
@settings(deadline=None)
def test_any_octets_are_refused(header: bytes, payload: bytes | str) -> None:
    octets = payload.encode() if isinstance(payload, str) else payload

    assert refused(SIGNER.compact(header, octets))
    assert refused(SIGNER.compact(SIGNER.header(), octets))


@given(exp=TIMES, iat=TIMES, nbf=TIMES)
@settings(deadline=None, max_examples=400)
def test_times_are_taken_within_their_bounds_only(exp: float, iat: float, nbf: float) -> None:
    good = exp > AT and iat < exp <= iat + 3600 and iat <= AT + 60 and nbf <= AT + 60

    assert refused(SIGNER.token(now=NOW, exp=exp, iat=iat, nbf=nbf)) is not good
