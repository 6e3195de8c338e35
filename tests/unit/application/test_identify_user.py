"""Recognizing a customer's user by a signed token, and by which of several keys."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connections.application.identify_caller import Identified, Unknown
from connections.application.identify_user import UserIdentification
from connections.domain.caller import CustomerUser, Role
from connections.domain.errors import Unavailable
from connections.domain.identifiers import CustomerId, SigningKeyId
from connections.domain.signing_key import SigningKey
from connections.oauth.public_keys import public_jwk
from tests.builders import CUSTOMER, NOW, a_customer, a_signing_key
from tests.doubles.clock import ManualClock
from tests.doubles.key_sets import PublishedKeySets
from tests.doubles.world import World
from tests.tokens import ABSENT, FORGERIES, Forgery, Signer

AUDIENCE = "https://oauth2.connections.example"
URL, OTHER_URL = "https://acme.example/keys", "https://other.example/keys"
SIGNER, OTHER, STRANGER = Signer.ed25519(), Signer.ec(kid="key-2"), Signer.ed25519()
ADA = CustomerUser(customer_id=CUSTOMER, user_id="ada", role=Role.USER)


def registered(number: int, signer: Signer, **changes: Any) -> SigningKey:
    return a_signing_key(
        **{
            "id": SigningKeyId(f"sig_{number:026}"),
            "jwk": public_jwk(signer.public_jwk),
            **changes,
        }
    )


def published(number: int, url: str = URL, **changes: Any) -> SigningKey:
    return registered(number, SIGNER, jwk=None, jwks_url=url, **changes)


@pytest.fixture
def key_sets() -> PublishedKeySets:
    return PublishedKeySets()


@pytest.fixture
def identification(
    world: World, key_sets: PublishedKeySets, clock: ManualClock
) -> UserIdentification:
    world.customers_by_id[CUSTOMER] = a_customer()
    other = CustomerId("cus_00000000000000000000000002")
    world.customers_by_id[other] = a_customer(id=other, external_id="other")
    return UserIdentification(
        signing_keys=world.signing_keys,
        key_sets=key_sets,
        customers=world.customers,
        clock=clock,
        audiences=(AUDIENCE,),
    )


def register(world: World, *keys: SigningKey) -> None:
    world.signing_keys_by_id.update({key.id: key for key in keys})


def token(signer: Signer = SIGNER, **changes: Any) -> str:
    return signer.token(now=NOW, **changes)


def refusal(identification: UserIdentification, credential: str) -> str:
    with pytest.raises(Unknown) as refused:
        identification.identify(credential)
    return refused.value.reason


def test_a_token_says_whose_user_it_is_in_which_role_until_when(
    identification: UserIdentification, world: World
) -> None:
    register(world, registered(1, SIGNER))

    for role in Role:
        assert identification.identify(token(role=role.value, aud=AUDIENCE)) == Identified(
            caller=replace(ADA, role=role), until=NOW + timedelta(minutes=5)
        )


def test_the_embedding_application_is_told_from_the_user(
    identification: UserIdentification, world: World
) -> None:
    register(world, registered(1, SIGNER))

    for embedding in (True, False):
        found = identification.identify(token(embedding=embedding, aud=AUDIENCE))
        assert found.caller == replace(ADA, embedding=embedding)


def test_a_token_of_a_customer_that_nobody_made_is_refused(
    identification: UserIdentification, world: World
) -> None:
    register(world, registered(1, SIGNER))

    assert refusal(identification, token(customer="unknown")) == "unknown-customer"
    assert refusal(identification, token(customer=CUSTOMER)) == "unknown-customer"


def test_without_a_signing_key_no_token_is_known(identification: UserIdentification) -> None:
    assert refusal(identification, token()) == "no-signing-key"


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_token_is_refused_and_the_reason_is_for_the_log(
    identification: UserIdentification, world: World, forgery: Forgery
) -> None:
    register(world, registered(1, SIGNER))

    assert refusal(identification, forgery(SIGNER, AUDIENCE, NOW)) == forgery.reason
    assert "customers.by_external_id" not in world.calls


def test_a_token_is_checked_by_the_clock_of_the_service(
    identification: UserIdentification, world: World, clock: ManualClock
) -> None:
    register(world, registered(1, SIGNER))
    clock.advance(timedelta(minutes=5))

    assert refusal(identification, token()) == "expired"


def test_another_audience_is_refused(identification: UserIdentification, world: World) -> None:
    register(world, registered(1, SIGNER))

    assert refusal(identification, token(aud="https://other.example")) == "audience-wrong"


def test_a_token_may_name_the_id_that_its_key_was_registered_under(
    identification: UserIdentification, world: World
) -> None:
    key = registered(1, SIGNER)
    register(world, registered(0, STRANGER), key)

    assert identification.identify(token(header={"kid": key.id})).caller == ADA
    assert refusal(identification, token(header={"kid": "another"})) == "unknown-key"


def test_a_key_id_of_the_organizations_own_counts_in_place_of_ours(
    identification: UserIdentification, world: World
) -> None:
    key = registered(1, OTHER)
    register(world, key)

    assert identification.identify(token(OTHER)).caller == ADA
    assert refusal(identification, token(OTHER, header={"kid": key.id})) == "unknown-key"


@pytest.mark.parametrize("place", [0, 1, 2])
def test_any_of_several_keys_may_have_signed(
    identification: UserIdentification, world: World, place: int
) -> None:
    signers = [STRANGER, STRANGER, STRANGER]
    signers[place] = SIGNER
    register(world, *[registered(number, signer) for number, signer in enumerate(signers)])

    assert identification.identify(token()).caller == ADA


def test_the_last_key_that_did_not_sign_is_the_reason(
    identification: UserIdentification, world: World
) -> None:
    register(world, registered(1, SIGNER, issuer="https://acme.example"), registered(2, STRANGER))

    assert refusal(identification, token()) == "signature-wrong"


def test_each_key_has_an_issuer_of_its_own(
    identification: UserIdentification, world: World
) -> None:
    register(world, registered(1, SIGNER, issuer="https://acme.example"))

    assert identification.identify(token(iss="https://acme.example")).caller == ADA
    assert refusal(identification, token(iss="https://other.example")) == "issuer-wrong"
    assert refusal(identification, token(iss=ABSENT)) == "issuer-wrong"


def test_the_keys_of_a_set_are_asked_for_by_the_tokens_key_id(
    identification: UserIdentification, world: World, key_sets: PublishedKeySets
) -> None:
    register(world, published(1))
    key_sets.published[URL] = [
        public_jwk(STRANGER.public_jwk),
        public_jwk(OTHER.public_jwk),
        public_jwk(SIGNER.public_jwk),
    ]

    assert identification.identify(token(OTHER)).caller == ADA
    assert identification.identify(token()).caller == ADA
    assert key_sets.asked == [(URL, "key-2"), (URL, None)]


def test_a_key_that_was_registered_itself_needs_no_set(
    identification: UserIdentification, world: World, key_sets: PublishedKeySets
) -> None:
    register(world, registered(1, SIGNER), published(2))

    assert identification.identify(token()).caller == ADA
    assert key_sets.asked == []


@pytest.mark.parametrize("numbers", [(1, 2), (2, 1)])
def test_where_one_set_cannot_be_had_another_key_will_do(
    identification: UserIdentification, world: World, numbers: tuple[int, int]
) -> None:
    register(world, published(numbers[0]), registered(numbers[1], SIGNER))

    assert identification.identify(token()).caller == ADA


@pytest.mark.parametrize("numbers", [(1, 2, 3), (2, 1, 3), (3, 1, 2)])
def test_a_set_that_cannot_be_had_may_be_the_one_so_it_is_no_refusal(
    identification: UserIdentification, world: World, numbers: tuple[int, int, int]
) -> None:
    register(
        world,
        published(numbers[0]),
        registered(numbers[1], STRANGER),
        registered(numbers[2], OTHER),
    )

    with pytest.raises(Unavailable, match="key set cannot be had"):
        identification.identify(token())


def test_a_set_that_does_not_have_the_key_is_a_refusal(
    identification: UserIdentification, world: World, key_sets: PublishedKeySets
) -> None:
    register(world, published(1), published(2, OTHER_URL))
    key_sets.published = {URL: [], OTHER_URL: [public_jwk(STRANGER.public_jwk)]}

    assert refusal(identification, token()) == "signature-wrong"


@pytest.mark.parametrize("port", ["signing_keys.all", "customers.by_external_id"])
def test_what_cannot_be_looked_for_is_no_refusal(
    identification: UserIdentification, world: World, port: str
) -> None:
    register(world, registered(1, SIGNER))
    world.fail(port)

    with pytest.raises(Unavailable):
        identification.identify(token())
