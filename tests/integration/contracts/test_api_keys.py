"""The contracts of `ApiKeys` and `KnownApiKeys`."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connections.domain.api_key import ApiKey
from connections.domain.caller import Scope
from connections.domain.identifiers import ApiKeyId
from tests.builders import HOUR, NOW, an_api_key
from tests.integration.contracts.lists import NO_CURSORS, Page, followed, refuses
from tests.integration.contracts.ports import Ports

KEY = an_api_key().id
OTHER = ApiKeyId("key_00000000000000000000000002")
WHOLE = an_api_key(
    scopes=frozenset(Scope),
    former_digest="digest-of-the-former-secret",
    former_until=NOW + HOUR,
    expires_at=NOW + 2 * HOUR,
    last_used_at=NOW - timedelta(microseconds=1),
)
ROTATED = an_api_key(digest="new", former_digest=an_api_key().digest, former_until=NOW + HOUR)


def pages_of(ports: Ports) -> Page[ApiKey]:
    return lambda limit, cursor: ports.api_keys.page(limit=limit, cursor=cursor)


@pytest.mark.parametrize("key", [an_api_key(), an_api_key(scopes=frozenset()), WHOLE])
def test_a_key_is_read_back_as_it_was_stored(ports: Ports, key: ApiKey) -> None:
    ports.api_keys.add(key)

    assert ports.api_keys.get(KEY) == ports.known_api_keys.get(KEY) == key
    assert ports.api_keys.page(limit=10, cursor=None)[0] == [key]


def test_what_was_never_stored_is_not_there(ports: Ports) -> None:
    ports.api_keys.add(an_api_key())

    assert ports.api_keys.get(OTHER) is None
    assert ports.known_api_keys.get(OTHER) is None


def test_a_rotated_key_takes_the_place_of_the_former(ports: Ports) -> None:
    ports.api_keys.add(an_api_key())

    assert ports.api_keys.rotated(ROTATED, an_api_key().digest)

    assert ports.api_keys.get(KEY) == ROTATED


def test_a_rotation_whose_answer_was_lost_may_come_again(ports: Ports) -> None:
    ports.api_keys.add(an_api_key())
    ports.api_keys.rotated(ROTATED, an_api_key().digest)

    assert ports.api_keys.rotated(ROTATED, an_api_key().digest)

    assert ports.api_keys.get(KEY) == ROTATED


def test_of_two_rotations_at_once_the_second_is_refused(ports: Ports) -> None:
    ports.api_keys.add(an_api_key())
    ports.api_keys.rotated(ROTATED, an_api_key().digest)

    assert not ports.api_keys.rotated(replace(ROTATED, digest="newer"), an_api_key().digest)

    assert ports.api_keys.get(KEY) == ROTATED


def test_rotating_what_is_gone_makes_nothing(ports: Ports) -> None:
    ports.api_keys.add(an_api_key(id=OTHER))

    assert not ports.api_keys.rotated(ROTATED, an_api_key().digest)

    assert ports.api_keys.get(KEY) is None


def test_a_removed_key_is_gone_and_no_other(ports: Ports) -> None:
    ports.api_keys.add(an_api_key())
    ports.api_keys.add(an_api_key(id=OTHER))

    assert ports.api_keys.remove(KEY)

    assert ports.known_api_keys.get(KEY) is None
    assert ports.api_keys.get(OTHER) == an_api_key(id=OTHER)
    assert not ports.api_keys.remove(KEY)


def test_a_use_is_noted_and_nothing_else_changes(ports: Ports) -> None:
    ports.api_keys.add(WHOLE)

    ports.known_api_keys.used(KEY, NOW)

    assert ports.api_keys.get(KEY) == replace(WHOLE, last_used_at=NOW)


def test_a_use_of_a_key_that_is_gone_makes_nothing(ports: Ports) -> None:
    ports.known_api_keys.used(KEY, NOW)

    assert ports.api_keys.get(KEY) is None
    assert ports.api_keys.page(limit=10, cursor=None) == ([], None)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_following_the_cursors_reads_every_key_once_newest_first(ports: Ports, limit: int) -> None:
    keys = [an_api_key(id=ApiKeyId(f"key_{number:026}")) for number in range(7)]
    for key in (*keys[3:], *keys[:3]):
        ports.api_keys.add(key)

    assert followed(pages_of(ports), limit) == keys[::-1]


def test_a_page_begins_where_the_last_one_ended_also_if_that_key_is_gone(ports: Ports) -> None:
    keys = [an_api_key(id=ApiKeyId(f"key_{number:026}")) for number in range(4)]
    for key in keys:
        ports.api_keys.add(key)
    _, cursor = ports.api_keys.page(limit=2, cursor=None)
    ports.api_keys.remove(keys[2].id)

    assert ports.api_keys.page(limit=10, cursor=cursor)[0] == [keys[1], keys[0]]


@pytest.mark.parametrize("cursor", NO_CURSORS)
def test_what_is_no_cursor_of_this_list_is_refused(ports: Ports, cursor: str) -> None:
    refuses(pages_of(ports), cursor)
