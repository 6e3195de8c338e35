"""Proof Key for Code Exchange (RFC 7636)."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connections.oauth.pkce import challenge_parameters, code_verifier

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


def test_the_s256_challenge_is_that_of_rfc_7636_appendix_b() -> None:
    assert challenge_parameters(VERIFIER, "S256") == {
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    }


def test_the_plain_challenge_is_the_verifier() -> None:
    assert challenge_parameters(VERIFIER, "plain") == {
        "code_challenge": VERIFIER,
        "code_challenge_method": "plain",
    }


def test_a_verifier_is_made_of_48_bytes_of_chance() -> None:
    asked_for: list[int] = []

    def randomness(count: int) -> bytes:
        asked_for.append(count)
        return b"\xfb\xff\xbe" * (count // 3)

    assert code_verifier(randomness) == "-_--" * 16
    assert asked_for == [48]


@given(st.binary(min_size=48, max_size=48))
@settings(deadline=None)
def test_a_verifier_has_64_characters_of_those_allowed(chance: bytes) -> None:
    assert re.fullmatch(r"[A-Za-z0-9._~-]{64}", code_verifier(lambda _: chance))


@pytest.mark.parametrize("other", [b"\x00" * 47 + b"\x01", b"\x01" + b"\x00" * 47])
def test_other_chance_makes_another_verifier(other: bytes) -> None:
    assert code_verifier(lambda _: other) != code_verifier(bytes)
