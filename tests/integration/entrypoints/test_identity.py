"""A credential that was good a minute ago is taken for good; the memory of them is bounded."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from connections.application.identify_caller import Identified, Unknown
from connections.domain.caller import Caller, CustomerUser, Organization, Role
from connections.domain.identifiers import ApiKeyId, CustomerId
from connections.entrypoints.identity import Identifier
from tests.builders import NOW


@dataclass(slots=True)
class World:
    """Knows every credential that is not forgotten, and counts who asks."""

    now: datetime = NOW
    gone: bool = False
    until: datetime | None = None
    asked: list[str] = field(default_factory=list)
    identifier: Identifier = field(init=False)

    def __post_init__(self) -> None:
        self.identifier = Identifier(by_key=self._key, by_token=self._token, now=lambda: self.now)

    def identify(self, credential: str) -> Caller:
        return self.identifier.identify({"authorization": f"Bearer {credential}"})

    def after(self, seconds: float) -> "World":
        self.now += timedelta(seconds=seconds)
        return self

    def _key(self, credential: str) -> Identified:
        self.asked.append(credential)
        if self.gone:
            raise Unknown("unknown-key")
        caller = Organization(key_id=ApiKeyId(credential), scopes=frozenset())
        return Identified(caller=caller, until=self.until)

    def _token(self, credential: str) -> Identified:
        self.asked.append(credential)
        customer = CustomerId("cus_1")
        caller = CustomerUser(customer_id=customer, user_id=credential, role=Role.USER)
        return Identified(caller=caller, until=self.until)


@pytest.fixture
def world() -> World:
    return World()


def test_a_key_is_looked_up_once_a_minute(world: World) -> None:
    found = world.identify("cnx_1")

    assert world.after(59.9).identify("cnx_1") == found
    assert world.asked == ["cnx_1"]


def test_after_a_minute_it_is_looked_up_again(world: World) -> None:
    world.identify("cnx_1")
    world.after(60).identify("cnx_1")

    assert world.asked == ["cnx_1", "cnx_1"]


def test_a_use_does_not_lengthen_the_minute(world: World) -> None:
    world.identify("cnx_1")
    world.after(59).identify("cnx_1")
    world.gone = True

    with pytest.raises(Unknown):
        world.after(1).identify("cnx_1")


def test_a_credential_that_ends_sooner_is_remembered_no_longer(world: World) -> None:
    world.until = NOW + timedelta(seconds=5)
    world.identify("cnx_1")
    world.gone = True

    world.after(4.9).identify("cnx_1")
    with pytest.raises(Unknown):
        world.after(0.1).identify("cnx_1")


def test_each_credential_is_remembered_by_itself(world: World) -> None:
    assert world.identify("cnx_1") != world.identify("cnx_2")
    assert world.asked == ["cnx_1", "cnx_2"]


def test_an_unknown_key_is_not_remembered(world: World) -> None:
    world.gone = True
    for _ in range(2):
        with pytest.raises(Unknown):
            world.identify("cnx_1")
    world.gone = False

    world.identify("cnx_1")

    assert len(world.asked) == 3


def test_what_does_not_begin_like_a_key_is_read_as_a_token(world: World) -> None:
    assert isinstance(world.identify("eyJ.x.y"), CustomerUser)


@pytest.mark.parametrize("credential", ["cnx_" + "x" * 8189, "e" * 8193])
def test_what_is_too_long_is_not_looked_up(world: World, credential: str) -> None:
    with pytest.raises(Unknown):
        world.identify(credential)

    assert world.asked == []


def test_a_thousand_are_remembered_and_one_more_displaces_the_oldest(world: World) -> None:
    for number in range(1001):
        world.identify(f"cnx_{number}")
    world.identify("cnx_1")
    assert len(world.asked) == 1001

    world.identify("cnx_0")

    assert len(world.asked) == 1002


def test_credentials_are_not_in_what_is_remembered(world: World) -> None:
    world.until = NOW + timedelta(hours=1)
    world.identifier.identify({"authorization": "Bearer eyJ.secret.y"})

    assert not any("secret" in mark for mark in world.identifier._known)
    assert "_known" not in repr(world.identifier)
