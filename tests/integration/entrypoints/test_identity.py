"""A key that was good a minute ago is taken for good; the memory of keys is bounded."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from connections.application.create_api_key import ApiKeyring
from connections.domain.errors import Unauthenticated
from connections.entrypoints.identity import Identifier


@dataclass(slots=True)
class Keys:
    """Knows every key whose digest is not forgotten, and counts who asks."""

    asked: int = 0
    gone: bool = False

    def add(self, digest: str, key_id: str, name: str, created_at: datetime) -> None:
        raise AssertionError

    def find(self, digest: str) -> str | None:
        self.asked += 1
        return None if self.gone else f"key_{digest[:4]}"


@dataclass(slots=True)
class Watch:
    """Time as the test sets it."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, tz=UTC)

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@dataclass(slots=True)
class World:
    keys: Keys = field(default_factory=Keys)
    watch: Watch = field(default_factory=Watch)
    identifier: Identifier = field(init=False)

    def __post_init__(self) -> None:
        self.identifier = Identifier(ApiKeyring(keys=self.keys, clock=self.watch), self.watch)

    def identify(self, key: str) -> str:
        return self.identifier.identify({"authorization": f"Bearer {key}"})


@pytest.fixture
def world() -> World:
    return World()


def test_a_key_is_looked_up_once_a_minute(world: World) -> None:
    found = world.identify("cnx_1")
    world.watch.seconds += 59.9

    assert world.identify("cnx_1") == found
    assert world.keys.asked == 1


def test_after_a_minute_it_is_looked_up_again(world: World) -> None:
    world.identify("cnx_1")
    world.watch.seconds += 60
    world.identify("cnx_1")

    assert world.keys.asked == 2


def test_a_use_does_not_lengthen_the_minute(world: World) -> None:
    world.identify("cnx_1")
    world.watch.seconds += 59
    world.identify("cnx_1")
    world.watch.seconds += 1
    world.keys.gone = True

    with pytest.raises(Unauthenticated):
        world.identify("cnx_1")


def test_each_key_is_remembered_by_itself(world: World) -> None:
    assert world.identify("cnx_1") != world.identify("cnx_2")
    assert world.keys.asked == 2


def test_an_unknown_key_is_not_remembered(world: World) -> None:
    world.keys.gone = True
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            world.identify("cnx_1")
    world.keys.gone = False

    assert world.identify("cnx_1").startswith("key_")


def test_what_has_not_the_form_of_a_key_is_not_looked_up(world: World) -> None:
    with pytest.raises(Unauthenticated):
        world.identify("sk_1")

    assert world.keys.asked == 0


def test_a_thousand_keys_are_remembered(world: World) -> None:
    for number in range(1000):
        world.identify(f"cnx_{number}")
    world.identify("cnx_0")

    assert world.keys.asked == 1000


def test_with_one_more_the_memory_begins_anew(world: World) -> None:
    for number in range(1001):
        world.identify(f"cnx_{number}")
    world.identify("cnx_1000")
    assert world.keys.asked == 1001

    world.identify("cnx_0")

    assert world.keys.asked == 1002


def test_keys_are_not_in_what_is_remembered(world: World) -> None:
    world.identify("cnx_secret")

    assert "cnx_secret" not in str(world.identifier._known)
    assert "_known" not in repr(world.identifier)
