"""Recognizing an API key: one refusal for all that can be wrong with one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connections.application.identify_caller import Identified, KeyIdentification, Unknown
from connections.domain.caller import Organization
from connections.domain.errors import Unauthenticated, Unavailable
from connections.oauth.digests import digest
from tests.builders import HOUR, NOW, an_api_key
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.parts import INSTANT

SECRET, FORMER, OTHER = "s" * 43, "F-" + "f" * 40 + "_", "o" * 43
KEY = an_api_key(digest=digest(SECRET))
ROTATED = replace(KEY, former_digest=digest(FORMER), former_until=NOW + HOUR)
CALLER = Organization(key_id=KEY.id, scopes=KEY.scopes)


@pytest.fixture
def identification(world: World, clock: ManualClock) -> KeyIdentification:
    world.api_keys_by_id[KEY.id] = KEY
    return KeyIdentification(api_keys=world.api_keys, clock=clock)


def credential(secret: str = SECRET, digits: str = KEY.id[4:]) -> str:
    return f"cnx_{digits}_{secret}"


def refusal(identification: KeyIdentification, credential: str) -> str:
    with pytest.raises(Unknown) as refused:
        identification.identify(credential)
    assert isinstance(refused.value, Unauthenticated)
    assert str(refused.value) == (
        "Send an organization API key or a customer user's signed token as"
        " `Authorization: Bearer …`."
    )
    return refused.value.reason


def test_a_key_that_is_known_is_the_organization(identification: KeyIdentification) -> None:
    assert identification.identify(credential()) == Identified(caller=CALLER, until=None)


def test_a_key_says_until_when_it_works(identification: KeyIdentification, world: World) -> None:
    world.api_keys_by_id[KEY.id] = replace(ROTATED, expires_at=NOW + 2 * HOUR)

    assert identification.identify(credential()).until == NOW + 2 * HOUR
    assert identification.identify(credential(FORMER)).until == NOW + HOUR


def test_the_former_secret_is_taken_until_the_overlap_ends(
    identification: KeyIdentification, world: World, clock: ManualClock
) -> None:
    world.api_keys_by_id[KEY.id] = ROTATED
    clock.advance(HOUR - INSTANT)
    assert identification.identify(credential(FORMER)).caller == CALLER

    clock.advance(INSTANT)

    assert refusal(identification, credential(FORMER)) == "refused-key"
    assert identification.identify(credential()).caller == CALLER


@pytest.mark.parametrize(
    "malformed",
    [
        "",
        "cnx_",
        credential("s" * 42),
        credential("s" * 44),
        credential("s" * 42 + "="),
        credential("s" * 42 + "é"),
        credential(digits="0" * 25),
        credential(digits="0" * 27),
        credential(digits="A" * 26),
        credential() + "\n",
        " " + credential(),
        credential().removeprefix("cnx_"),
        credential().upper(),
        credential().replace("cnx_", "key_"),
    ],
)
def test_what_is_no_key_is_not_looked_for(
    identification: KeyIdentification, world: World, malformed: str
) -> None:
    assert refusal(identification, malformed) == "malformed-key"
    assert world.calls == []


def test_a_key_of_an_unknown_id_is_refused(identification: KeyIdentification) -> None:
    assert refusal(identification, credential(digits="9" * 26)) == "unknown-key"


def test_another_secret_is_refused_and_is_no_use(
    identification: KeyIdentification, world: World
) -> None:
    assert refusal(identification, credential(OTHER)) == "refused-key"
    assert world.calls == ["api_keys.get"]


def test_a_digest_is_not_as_good_as_its_secret(
    identification: KeyIdentification, world: World
) -> None:
    world.api_keys_by_id[KEY.id] = replace(KEY, digest=SECRET)

    assert refusal(identification, credential(SECRET)) == "refused-key"


def test_a_key_that_has_ended_is_refused(
    identification: KeyIdentification, world: World, clock: ManualClock
) -> None:
    world.api_keys_by_id[KEY.id] = replace(KEY, expires_at=NOW + HOUR)
    clock.advance(HOUR - INSTANT)
    assert identification.identify(credential()).until == NOW + HOUR

    clock.advance(INSTANT)

    assert refusal(identification, credential()) == "refused-key"


def test_a_use_is_noted_once_an_hour(
    identification: KeyIdentification, world: World, clock: ManualClock
) -> None:
    for _ in range(3):
        identification.identify(credential())
        clock.advance(timedelta(minutes=30))

    assert world.calls.count("api_keys.used") == 2
    assert world.api_keys_by_id[KEY.id].last_used_at == NOW + HOUR


def test_a_use_that_cannot_be_noted_keeps_nobody_out(
    identification: KeyIdentification, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.fail("api_keys.used")

    assert identification.identify(credential()) == Identified(caller=CALLER, until=None)

    [record] = caplog.records
    assert (record.message, vars(record)["apiKeyId"]) == ("key-use-not-noted", KEY.id)


def test_a_key_that_cannot_be_looked_for_is_not_refused(
    identification: KeyIdentification, world: World
) -> None:
    world.fail("api_keys.get")

    with pytest.raises(Unavailable):
        identification.identify(credential())
