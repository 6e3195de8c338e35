"""Signing keys as they are registered and deleted."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from connections.application.manage_signing_keys import SigningKeyRegistry
from connections.domain.caller import Organization, Scope
from connections.domain.errors import Forbidden, InvalidRequest, NotFound, TooMany
from connections.domain.identifiers import ApiKeyId, SigningKeyId, signing_key_id
from connections.domain.signing_key import SigningKey
from connections.oauth.addresses import AllowedHosts
from connections.oauth.public_keys import public_jwk
from tests.builders import NOW, a_signing_key
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.tokens import Signer
from tests.unit.application.parts import same_bytes

SIGNER = Signer.ec(kid="key-1")
URL = "https://acme.example/keys"


@pytest.fixture
def registry(world: World, clock: ManualClock) -> SigningKeyRegistry:
    return SigningKeyRegistry(
        keys=world.signing_keys,
        hosts=AllowedHosts.parse("localhost:8080"),
        clock=clock,
        randomness=same_bytes,
    )


ORGANIZATION = Organization(key_id=ApiKeyId("key_1"), scopes=frozenset(Scope))


def register(registry: SigningKeyRegistry, **changes: Any) -> SigningKey:
    defaults: dict[str, Any] = {
        "public_key": None,
        "jwks_url": None,
        "issuer": None,
        "caller": ORGANIZATION,
    }
    return registry.register("Backend", **{**defaults, **changes})


def made(**changes: Any) -> SigningKey:
    return a_signing_key(**{"id": signing_key_id(NOW, same_bytes), "jwk": None, **changes})


@pytest.mark.parametrize(
    ("public_key", "jwk"),
    [
        (SIGNER.public_jwk, public_jwk(SIGNER.public_jwk)),
        (SIGNER.public_pem, public_jwk(SIGNER.public_pem)),
    ],
    ids=["JWK", "PEM"],
)
def test_a_public_key_is_registered_as_a_jwk(
    registry: SigningKeyRegistry,
    world: World,
    public_key: str | Mapping[str, Any],
    jwk: dict[str, Any],
) -> None:
    key = register(registry, public_key=public_key, issuer="https://acme.example")

    assert key == made(jwk=jwk, issuer="https://acme.example")
    assert world.signing_keys_by_id == {key.id: key}


@pytest.mark.parametrize("url", [URL, "http://localhost:8080/keys"])
def test_the_url_of_a_set_is_registered(
    registry: SigningKeyRegistry, world: World, url: str
) -> None:
    key = register(registry, jwks_url=url)

    assert key == made(jwks_url=url)
    assert world.signing_keys_by_id == {key.id: key}


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        ({}, "#/publicKey"),
        ({"public_key": SIGNER.public_jwk, "jwks_url": URL}, "#/publicKey"),
        ({"public_key": "", "jwks_url": URL}, "#/publicKey"),
        ({"public_key": {"kty": "oct", "k": "AAAA"}}, "#/publicKey"),
        ({"public_key": "no key"}, "#/publicKey"),
        ({"public_key": ""}, "#/publicKey"),
        ({"jwks_url": "http://acme.example/keys"}, "#/jwksUrl"),
        ({"jwks_url": "https://127.0.0.1/keys"}, "#/jwksUrl"),
        ({"jwks_url": ""}, "#/jwksUrl"),
        ({"jwks_url": f"{URL}#here"}, "#/jwksUrl"),
    ],
)
def test_what_cannot_be_used_is_refused(
    registry: SigningKeyRegistry, world: World, wanted: dict[str, Any], place: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        register(registry, **wanted)

    assert [each.pointer for each in refused.value.problems] == [place]
    assert world.signing_keys_by_id == {}


@pytest.mark.parametrize("missing", ["connections:read", "connections:write"])
def test_whoever_may_not_do_what_admins_may_registers_nothing(
    registry: SigningKeyRegistry, world: World, missing: str
) -> None:
    caller = replace(ORGANIZATION, scopes=frozenset(Scope) - {Scope(missing)})

    with pytest.raises(Forbidden, match=missing):
        register(registry, jwks_url=URL, caller=caller)

    assert world.signing_keys_by_id == {}


def test_at_most_three_sets_are_fetched(registry: SigningKeyRegistry, world: World) -> None:
    for number in range(3):
        register_set(world, number)

    with pytest.raises(TooMany, match="three"):
        register(registry, jwks_url=URL)

    register(registry, public_key=SIGNER.public_jwk)


def register_set(world: World, number: int) -> None:
    key_id = SigningKeyId(f"sig_{number:026}")
    world.signing_keys.add(a_signing_key(id=key_id, jwk=None, jwks_url=URL))


def test_there_are_at_most_twenty(registry: SigningKeyRegistry, world: World) -> None:
    for number in range(19):
        world.signing_keys.add(a_signing_key(id=SigningKeyId(f"sig_{number:026}")))

    register(registry, jwks_url=URL)
    with pytest.raises(TooMany):
        register(registry, jwks_url=URL)

    assert len(world.signing_keys_by_id) == 20


def test_all_keys_are_listed_oldest_first(registry: SigningKeyRegistry, world: World) -> None:
    keys = [a_signing_key(id=SigningKeyId(f"sig_{number:026}")) for number in range(3)]
    for key in reversed(keys):
        world.signing_keys.add(key)

    assert registry.all() == keys


def test_a_deleted_key_is_gone(registry: SigningKeyRegistry, world: World) -> None:
    world.signing_keys.add(a_signing_key())

    registry.delete(a_signing_key().id)

    assert world.signing_keys_by_id == {}
    with pytest.raises(NotFound):
        registry.delete(a_signing_key().id)


def test_two_keys_are_not_alike(world: World, clock: ManualClock) -> None:
    registry = SigningKeyRegistry(
        keys=world.signing_keys, hosts=AllowedHosts.parse(""), clock=clock
    )

    assert register(registry, jwks_url=URL).id != register(registry, jwks_url=URL).id
