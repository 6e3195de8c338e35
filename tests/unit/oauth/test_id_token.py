"""ID tokens: OpenID Connect Core 1.0 section 3.1.3.7, each point of it."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from connections.oauth.authorization import nonce
from connections.oauth.id_token import IdTokenRejected, id_token_claims
from tests.builders import NOW
from tests.unit.oauth.answers import a_client

ISSUER = "https://acme.example"
NONCE = nonce("the-state")
INSTANT = timedelta(seconds=1)


def an_id_token(**changes: Any) -> str:
    """Return an ID token of the flow; a claim that is None is left out."""
    claims = {
        "iss": ISSUER,
        "aud": "the-client",
        "sub": "ada",
        "exp": int((NOW + timedelta(hours=1)).timestamp()),
        "nonce": NONCE,
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    parts = ({"alg": "RS256"}, kept)
    texts = [base64.urlsafe_b64encode(json.dumps(each).encode()).decode() for each in parts]
    return ".".join([*(text.rstrip("=") for text in texts), "c2lnbmF0dXJl"])


def claims_of(token: object, **facts: Any) -> Any:
    client = a_client(**{"issuer": ISSUER, **facts})
    return id_token_claims(client, token, nonce=NONCE, now=NOW)


def test_the_claims_of_a_token_that_is_ours_are_returned() -> None:
    assert claims_of(an_id_token())["sub"] == "ada"


@pytest.mark.parametrize(
    "audience", [["the-client"], "the-client"], ids=["a list of one", "a text"]
)
def test_the_audience_may_be_a_list(audience: object) -> None:
    assert claims_of(an_id_token(aud=audience))["sub"] == "ada"


def test_several_audiences_are_good_with_us_as_the_authorized_party() -> None:
    token = an_id_token(aud=["the-client", "another"], azp="the-client")
    assert claims_of(token)["sub"] == "ada"


def test_an_issuer_that_nobody_knows_is_not_compared() -> None:
    assert claims_of(an_id_token(iss="https://any.example"), issuer=None)["sub"] == "ada"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"iss": "https://evil.example"}, "another issuer"),
        ({"iss": None}, "another issuer"),
        ({"aud": "another-client"}, "another client"),
        ({"aud": None}, "another client"),
        ({"aud": []}, "another client"),
        ({"aud": ["another"]}, "another client"),
        ({"aud": ["the-client", "another"]}, "another client"),
        ({"aud": ["the-client", "another"], "azp": "another"}, "another client"),
        ({"azp": "another"}, "another client"),
        ({"exp": None}, "when it ends"),
        ({"exp": "soon"}, "when it ends"),
        ({"exp": True}, "when it ends"),
        ({"exp": int((NOW - timedelta(minutes=1)).timestamp())}, "expired"),
        ({"nonce": None}, "another authorization"),
        ({"nonce": "another"}, "another authorization"),
        ({"nonce": "\u00fc"}, "another authorization"),
        ({"nonce": 7}, "another authorization"),
        ({"nonce": nonce("another-state")}, "another authorization"),
    ],
)
def test_a_token_that_breaks_a_rule_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(IdTokenRejected, match=words):
        claims_of(an_id_token(**changes))


def test_clocks_may_differ_by_a_minute() -> None:
    ended = int((NOW - timedelta(minutes=1) + INSTANT).timestamp())
    assert claims_of(an_id_token(exp=ended))["sub"] == "ada"


@pytest.mark.parametrize("token", [None, 7, "", "a.b", "a.!.c", "a.W10.c", "x"])
def test_what_is_no_token_is_refused(token: object) -> None:
    with pytest.raises(IdTokenRejected, match="cannot be read"):
        claims_of(token)


def test_a_nonce_stands_for_one_state_and_does_not_tell_it() -> None:
    assert nonce("a") != nonce("b")
    assert "the-state" not in nonce("the-state")


@pytest.mark.parametrize("said", ["\ud800", "\xe9", "", 7])
def test_a_nonce_that_no_text_can_be_is_of_another_authorization(said: object) -> None:
    with pytest.raises(IdTokenRejected, match="another authorization"):
        claims_of(an_id_token(nonce=said))
