"""A customer user's signed token: what a right one says, and what each rule lets through."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connections.domain.caller import Role
from connections.oauth.public_keys import public_jwk
from connections.oauth.user_token import UserToken, key_id, looks_signed, verified_token
from tests.builders import NOW
from tests.tokens import Signer

AUDIENCE = "https://connections.example"
AT = int(NOW.timestamp())
SIGNERS = [Signer.rsa(), Signer.ec(), Signer.ed25519()]
SIGNER = SIGNERS[1]
by_each_kind = pytest.mark.parametrize("signer", SIGNERS, ids=["RSA", "P-256", "Ed25519"])


def verified(
    token: str, *signers: Signer, issuer: str | None = None, now: datetime = NOW
) -> UserToken:
    keys = [public_jwk(signer.public_jwk) for signer in signers or (SIGNER,)]
    return verified_token(token, keys, audiences=[AUDIENCE], issuer=issuer, now=now)


def saying(**claims: Any) -> UserToken:
    return verified(SIGNER.token(now=NOW, **claims))


@by_each_kind
def test_a_right_token_says_who_comes_and_for_whom(signer: Signer) -> None:
    token = signer.token(now=NOW, customer_name="Acme", name="Ada", role="admin")

    assert verified(token, signer) == UserToken(
        subject="ada",
        customer="acme",
        customer_name="Acme",
        name="Ada",
        role=Role.ADMIN,
        embedding=False,
        expires_at=NOW + timedelta(minutes=5),
    )


@by_each_kind
def test_a_key_may_have_been_sent_as_a_pem(signer: Signer) -> None:
    keys = [public_jwk(signer.public_pem)]
    token = signer.token(now=NOW)

    assert verified_token(token, keys, audiences=[AUDIENCE], issuer=None, now=NOW).subject == "ada"


def test_what_need_not_be_said_is_a_user_without_names() -> None:
    token = saying()

    assert (token.role, token.name, token.customer_name) == (Role.USER, None, None)


@pytest.mark.parametrize("embedding", [True, False])
def test_the_embedding_application_says_that_it_is_one(embedding: bool) -> None:
    assert saying(embedding=embedding).embedding is embedding
    assert saying().embedding is False


def test_an_empty_name_is_none() -> None:
    token = saying(name="", customer_name="")

    assert (token.name, token.customer_name) == (None, None)


def test_texts_may_have_200_characters_of_any_language() -> None:
    name = "Ада 👩‍💻　é" + "字" * 190

    token = saying(sub="s" * 200, customer="c" * 200, name=name, customer_name=name)

    assert (token.subject, token.customer) == ("s" * 200, "c" * 200)
    assert token.name == token.customer_name == name


def test_claims_that_nobody_knows_are_ignored() -> None:
    assert saying(jti="1", scope="everything", customers=["other"], Customer="other").customer == (
        "acme"
    )


@pytest.mark.parametrize("header", [{"typ": "jwt"}, {"typ": "JWT"}, {"x": 1, "x5t": "AA"}])
def test_headers_that_change_nothing_are_ignored(header: dict[str, Any]) -> None:
    assert verified(SIGNER.token(now=NOW, header=header)).subject == "ada"


def test_ed25519_is_another_name_of_eddsa() -> None:
    signer = SIGNERS[2]

    assert verified(signer.token(now=NOW, header={"alg": "Ed25519"}), signer).subject == "ada"


@pytest.mark.parametrize("audience", [AUDIENCE, [AUDIENCE], ["https://a.example", AUDIENCE]])
def test_a_token_may_name_its_audience(audience: object) -> None:
    assert saying(aud=audience).subject == "ada"


def test_a_registered_issuer_must_be_named() -> None:
    token = SIGNER.token(now=NOW, iss="https://acme.example")

    assert verified(token, issuer="https://acme.example").subject == "ada"
    assert verified(token).subject == "ada"


@pytest.mark.parametrize(
    "times",
    [
        {"exp": AT + 3600},
        {"exp": AT + 0.000_5, "iat": AT - 3599},
        {"iat": AT - 299.5, "exp": AT + 0.5},
        {"iat": AT + 60, "exp": AT + 3660},
        {"nbf": AT + 60},
        {"nbf": -1},
        {"nbf": AT - 0.5},
        {"iat": float(AT), "exp": float(AT + 60)},
    ],
)
def test_times_are_good_up_to_their_bounds(times: dict[str, float]) -> None:
    assert saying(**times).subject == "ada"


def test_the_end_is_the_tokens_own() -> None:
    token = SIGNER.token(now=NOW, exp=AT + 1.5)
    end = datetime.fromtimestamp(AT + 1.5, UTC)

    assert verified(token).expires_at == end
    assert verified(token, now=end - timedelta(microseconds=1)).expires_at == end


def test_a_token_may_have_8_kilobytes() -> None:
    shortest = SIGNER.token(now=NOW, x="")
    longest = SIGNER.token(now=NOW, x="x" * ((8192 - len(shortest)) * 3 // 4))

    assert 8190 <= len(longest) <= 8192
    assert verified(longest).subject == "ada"


def test_without_a_key_id_each_key_is_tried_with_its_own_algorithm() -> None:
    signers = [*SIGNERS, Signer.ec("a kid that the token does not name")]
    for signer in SIGNERS:
        assert verified(signer.token(now=NOW), *signers, *signers[::-1]).subject == "ada"


def test_of_two_keys_with_one_id_the_right_one_verifies() -> None:
    signers = [Signer.ec("2026"), Signer.ed25519("2026"), Signer.ec("2026")]

    assert verified(signers[2].token(now=NOW), *signers).subject == "ada"


def test_a_key_id_of_ours_names_a_key_that_has_none() -> None:
    token = SIGNER.token(now=NOW, header={"kid": "sig_1"})
    keys = [{**public_jwk(SIGNER.public_jwk), "kid": "sig_1"}]

    assert verified_token(token, keys, audiences=[AUDIENCE], issuer=None, now=NOW).subject == "ada"


def test_which_key_a_token_names_is_read_before_it_is_verified() -> None:
    assert key_id(Signer.ec("2026").token(now=NOW)) == "2026"
    assert key_id(SIGNER.token(now=NOW)) is None
    assert key_id(SIGNER.token(now=NOW).rpartition(".")[0] + ".wrong") is None


@pytest.mark.parametrize(
    "credential", ["", "cnx_00000000000000000000000001_secret", "a.b", "a.b.c.d", ".b.c", "é.b.c"]
)
def test_an_api_key_does_not_look_signed(credential: str) -> None:
    assert not looks_signed(credential)


@by_each_kind
def test_a_token_looks_signed_whether_it_is_right_or_not(signer: Signer) -> None:
    assert looks_signed(signer.token())
    assert looks_signed("a.b.")
