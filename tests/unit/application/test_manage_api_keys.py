"""API keys as they are made, rotated and deleted: a secret is shown once."""

import base64
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from connections.application.manage_api_keys import ApiKeyring
from connections.domain.api_key import ApiKey
from connections.domain.caller import Organization, Scope
from connections.domain.errors import Conflict, Forbidden, InvalidRequest, NotFound
from connections.domain.identifiers import ApiKeyId, api_key_id
from connections.oauth.digests import digest
from tests.builders import HOUR, NOW, an_api_key
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.parts import INSTANT, same_bytes

SECRET = base64.urlsafe_b64encode(b"\x07" * 32).decode().rstrip("=")
READ, WRITE = Scope.CONNECTIONS_READ, Scope.CONNECTIONS_WRITE
TEN_YEARS = timedelta(days=3652)
WEEK = timedelta(days=7)
KEY = an_api_key()
MADE = ApiKey(
    id=api_key_id(NOW, same_bytes),
    name="Deployment",
    scopes=frozenset({READ}),
    digest=digest(SECRET),
    created_at=NOW,
)


@pytest.fixture
def ring(world: World, clock: ManualClock) -> ApiKeyring:
    return ApiKeyring(keys=world.api_keys, clock=clock, randomness=same_bytes)


def holding(*scopes: Scope) -> Organization:
    return Organization(key_id=ApiKeyId("key_caller"), scopes=frozenset(scopes))


def test_a_new_key_is_stored_by_digest_and_shown_once(ring: ApiKeyring, world: World) -> None:
    shown = ring.create("Deployment", [READ])

    assert (shown.api_key, world.api_keys_by_id) == (MADE, {MADE.id: MADE})
    assert shown.key == f"cnx_{MADE.id[4:]}_{SECRET}"
    assert SECRET not in repr(shown)
    assert SECRET not in repr(world.api_keys_by_id)


def test_two_keys_are_not_alike(world: World, clock: ManualClock) -> None:
    ring = ApiKeyring(keys=world.api_keys, clock=clock)

    one, other = ring.create("One", [READ]), ring.create("Other", [READ])

    assert one.api_key.digest != other.api_key.digest
    assert len(world.api_keys_by_id) == 2


@pytest.mark.parametrize("expires_at", [NOW + INSTANT, NOW + TEN_YEARS])
def test_a_key_may_end_within_ten_years(ring: ApiKeyring, expires_at: datetime) -> None:
    assert ring.create("Deployment", [READ], expires_at=expires_at).api_key == replace(
        MADE, expires_at=expires_at
    )


@pytest.mark.parametrize("expires_at", [NOW - HOUR, NOW, NOW + TEN_YEARS + INSTANT])
def test_a_key_ends_neither_in_the_past_nor_later(
    ring: ApiKeyring, world: World, expires_at: datetime
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        ring.create("Deployment", [READ], expires_at=expires_at)

    assert [each.pointer for each in refused.value.problems] == ["#/expiresAt"]
    assert world.api_keys_by_id == {}


def test_a_key_may_give_what_it_has(ring: ApiKeyring) -> None:
    caller = holding(READ, WRITE, Scope.ACCESS_WRITE)

    assert ring.create("Deployment", [READ], caller=caller).api_key == MADE


def test_a_key_cannot_give_what_it_does_not_have(ring: ApiKeyring, world: World) -> None:
    caller = holding(READ, Scope.ACCESS_WRITE)

    with pytest.raises(Forbidden, match="not have: connections:write, credentials:read"):
        ring.create("Deployment", [WRITE, READ, Scope.CREDENTIALS_READ], caller=caller)

    assert world.api_keys_by_id == {}


def test_keys_are_listed_in_pages(ring: ApiKeyring, world: World) -> None:
    keys = [an_api_key(id=ApiKeyId(f"key_{number:026}")) for number in range(3)]
    for key in keys:
        world.api_keys.add(key)

    first, cursor = ring.page(limit=2, cursor=None)

    assert first == [keys[2], keys[1]]
    assert ring.page(limit=2, cursor=cursor) == ([keys[0]], None)


@pytest.mark.parametrize("overlap", [timedelta(), HOUR, WEEK])
def test_a_rotated_key_has_a_new_secret_and_the_former_for_a_while(
    ring: ApiKeyring, world: World, clock: ManualClock, overlap: timedelta
) -> None:
    world.api_keys.add(KEY)
    clock.advance(HOUR)

    shown = ring.rotate(KEY.id, overlap, holding(READ, WRITE))

    assert shown.key == f"cnx_{KEY.id[4:]}_{SECRET}"
    assert shown.api_key == replace(
        KEY,
        digest=digest(SECRET),
        former_digest=KEY.digest,
        former_until=NOW + HOUR + overlap,
    )
    assert world.api_keys_by_id == {KEY.id: shown.api_key}


def test_an_overlap_lasts_a_week_at_most(ring: ApiKeyring, world: World) -> None:
    world.api_keys.add(KEY)

    with pytest.raises(InvalidRequest) as refused:
        ring.rotate(KEY.id, WEEK + INSTANT, holding(READ, WRITE))

    assert [each.pointer for each in refused.value.problems] == ["#/overlapSeconds"]
    assert world.api_keys_by_id == {KEY.id: KEY}


@pytest.mark.parametrize(("ends", "allowed"), [(None, False), (HOUR, True), (2 * HOUR, False)])
def test_a_key_that_ends_makes_and_rotates_none_that_ends_later(
    ring: ApiKeyring, world: World, ends: timedelta | None, *, allowed: bool
) -> None:
    caller = replace(holding(*Scope), expires_at=NOW + HOUR)
    expires_at = None if ends is None else NOW + ends
    world.api_keys.add(replace(KEY, expires_at=expires_at))

    with nullcontext() if allowed else pytest.raises(Forbidden, match="ends later"):
        ring.create("Another", [READ], expires_at=expires_at, caller=caller)
    with nullcontext() if allowed else pytest.raises(Forbidden, match="ends later"):
        ring.rotate(KEY.id, timedelta(), caller)


def test_a_key_that_can_do_more_is_not_rotated(ring: ApiKeyring, world: World) -> None:
    world.api_keys.add(KEY)

    with pytest.raises(Forbidden, match="does not have: connections:write"):
        ring.rotate(KEY.id, HOUR, holding(READ, Scope.ACCESS_WRITE))

    assert world.api_keys_by_id == {KEY.id: KEY}


def test_a_key_that_is_not_there_is_neither_rotated_nor_deleted(ring: ApiKeyring) -> None:
    with pytest.raises(NotFound):
        ring.rotate(KEY.id, HOUR, holding(*Scope))
    with pytest.raises(NotFound):
        ring.delete(KEY.id)


@pytest.mark.parametrize("others_digest", ["of-another-rotation", None])
def test_whom_another_rotation_or_a_deletion_comes_before_is_told(
    ring: ApiKeyring, world: World, others_digest: str | None
) -> None:
    world.api_keys.add(KEY)
    others = {} if others_digest is None else {KEY.id: replace(KEY, digest=others_digest)}

    def meanwhile() -> None:
        world.api_keys_by_id.clear()
        world.api_keys_by_id.update(others)

    world.meanwhile("api_keys.rotated", meanwhile)

    with pytest.raises(Conflict, match="rotated or deleted at the same moment"):
        ring.rotate(KEY.id, HOUR, holding(*Scope))

    assert world.api_keys_by_id == others


def test_a_deleted_key_is_gone(ring: ApiKeyring, world: World) -> None:
    world.api_keys.add(KEY)

    ring.delete(KEY.id)

    assert world.api_keys_by_id == {}
