"""Remembered key sets: how long, how often somebody is asked, and what failures mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connections.adapters.key_sets import CachedKeySets
from connections.application.key_sets import KeySets
from connections.domain.errors import Unavailable
from tests.builders import NOW

URL = "https://keys.example"


@dataclass(slots=True)
class Publisher:
    """Publishes a set, or cannot be reached; counts who asks."""

    key: str = "2026"
    reachable: bool = True
    asked: list[str] = field(default_factory=list)

    def fetch(self, url: str, kid: str | None = None) -> Sequence[Mapping[str, Any]]:
        self.asked.append(url)
        if not self.reachable:
            raise Unavailable("The key set could not be fetched.")
        return [{"kty": "EC", "kid": self.key}]


@dataclass(slots=True)
class Watch:
    """A clock that is set by hand."""

    time: datetime = NOW

    def __call__(self) -> datetime:
        return self.time

    def passes(self, **duration: float) -> None:
        self.time += timedelta(**duration)


@dataclass(slots=True)
class Memory:
    """What is to be tested, with what it works with."""

    publisher: Publisher = field(default_factory=Publisher)
    watch: Watch = field(default_factory=Watch)
    sets: KeySets = field(init=False)

    def __post_init__(self) -> None:
        self.sets = CachedKeySets(self.publisher, now=self.watch)

    def key(self, kid: str | None = None) -> str:
        (key,) = self.sets.fetch(URL, kid)
        return str(key["kid"])

    @property
    def asked(self) -> int:
        return len(self.publisher.asked)


def test_a_set_is_remembered_for_ten_minutes() -> None:
    memory = Memory()
    assert memory.key() == "2026"
    memory.publisher.key = "2027"
    memory.watch.passes(minutes=9, seconds=59)
    assert (memory.key(), memory.asked) == ("2026", 1)
    memory.watch.passes(seconds=1)
    assert (memory.key(), memory.asked) == ("2027", 2)
    assert (memory.key(), memory.asked) == ("2027", 2)


def test_for_an_unknown_key_a_set_is_fetched_once_a_minute() -> None:
    memory = Memory()
    memory.key()
    memory.publisher.key = "2027"
    memory.watch.passes(seconds=59)
    assert (memory.key("2027"), memory.asked) == ("2026", 1)
    memory.watch.passes(seconds=1)
    assert (memory.key("2027"), memory.asked) == ("2027", 2)
    for _ in range(100):
        assert memory.key("made up") == "2027"
    assert memory.asked == 2
    memory.watch.passes(minutes=1)
    assert (memory.key("2027"), memory.asked) == ("2027", 2)
    assert (memory.key("made up"), memory.asked) == ("2027", 3)


def test_while_a_set_cannot_be_fetched_the_old_one_is_used_for_an_hour() -> None:
    memory = Memory()
    memory.key()
    memory.publisher.reachable = False
    for _ in range(59):
        memory.watch.passes(minutes=1)
        assert memory.key() == "2026"
    assert memory.asked == 1 + 50
    memory.watch.passes(minutes=1)
    with pytest.raises(Unavailable):
        memory.key()
    memory.publisher.reachable = True
    with pytest.raises(Unavailable):
        memory.key()
    memory.watch.passes(minutes=1)
    assert memory.key() == "2026"


def test_one_that_cannot_be_fetched_is_asked_for_once_a_minute() -> None:
    memory = Memory()
    memory.key()
    memory.publisher.reachable = False
    memory.watch.passes(minutes=20)
    for _ in range(100):
        assert memory.key("2027") == "2026"
    assert memory.asked == 2


def test_one_that_could_never_be_fetched_is_asked_for_every_ten_seconds() -> None:
    memory = Memory()
    memory.publisher.reachable = False
    for _ in range(20):
        with pytest.raises(Unavailable):
            memory.key()
    assert memory.asked == 1
    memory.publisher.reachable = True
    memory.watch.passes(seconds=9.9)
    with pytest.raises(Unavailable):
        memory.key("2027")
    memory.watch.passes(seconds=0.1)
    assert (memory.key(), memory.asked) == ("2026", 2)


def test_twenty_sets_are_remembered_and_the_oldest_is_forgotten() -> None:
    memory = Memory()
    urls = [f"https://{number}.example" for number in range(20)]
    for url in urls:
        memory.sets.fetch(url)
    memory.watch.passes(minutes=10)
    memory.sets.fetch(urls[0])
    memory.sets.fetch(URL)
    asked = memory.asked
    memory.sets.fetch(urls[0])
    memory.sets.fetch(URL)
    assert memory.asked == asked
    memory.watch.passes(seconds=-1)
    memory.sets.fetch(urls[2])
    assert memory.asked == asked
    memory.sets.fetch(urls[1])
    assert memory.asked == asked + 1


def test_what_is_remembered_is_not_in_the_representation() -> None:
    memory = Memory()
    before = repr(CachedKeySets(memory.publisher, now=memory.watch))
    memory.key()
    memory.publisher.asked.clear()
    assert repr(memory.sets) == before


def test_the_time_is_that_of_the_wall() -> None:
    sets = CachedKeySets(Publisher())
    assert abs(sets.now() - datetime.now(UTC)) < timedelta(seconds=5)
