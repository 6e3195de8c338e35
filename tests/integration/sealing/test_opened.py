"""What was unsealed is remembered: not for long, not much of it, and for its own record alone."""

import pytest

from connections.adapters.opened import KEPT_FOR_SECONDS, MOST, Opened, key_of
from connections.adapters.purpose import Purpose
from connections.application.ports import SealBroken
from tests.integration.sealing.conftest import Service

KEY = key_of("tokens", "record", b"sealed")
SECRET = {"access_token": "a-token"}


@pytest.fixture
def now() -> list[float]:
    return [0.0]


@pytest.fixture
def opened(now: list[float]) -> Opened:
    return Opened(monotonic=lambda: now[0])


def test_what_was_kept_is_there_for_five_minutes(opened: Opened, now: list[float]) -> None:
    opened.keep(KEY, b"plain")
    now[0] = KEPT_FOR_SECONDS - 0.001
    assert opened.get(KEY) == b"plain"

    now[0] = KEPT_FOR_SECONDS
    assert opened.get(KEY) is None
    now[0] = 0.0
    assert opened.get(KEY) is None, "it is gone, and not only hidden"


@pytest.mark.parametrize(
    "other",
    [
        key_of("inputs", "record", b"sealed"),
        key_of("tokens", "another", b"sealed"),
        key_of("tokens", "record", b"changed"),
    ],
)
def test_nothing_else_opens_by_it(opened: Opened, other: tuple[str, str, bytes]) -> None:
    opened.keep(KEY, b"plain")

    assert opened.get(other) is None


def test_what_was_not_asked_for_longest_makes_room(opened: Opened) -> None:
    keys = [key_of("tokens", str(number), b"") for number in range(MOST + 1)]
    for key in keys[:-1]:
        opened.keep(key, b"plain")
    opened.get(keys[0])

    opened.keep(keys[-1], b"plain")

    assert [opened.get(key) for key in (keys[0], keys[1], keys[-1])] == [b"plain", None, b"plain"]


def test_it_says_nothing_of_what_it_holds(opened: Opened) -> None:
    opened.keep(KEY, b"a-secret")

    assert "a-secret" not in repr(opened)


def test_what_is_read_again_is_not_unsealed_again_and_cannot_be_changed_by_its_reader(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = service.sealer.seal(Purpose.TOKENS, "record", SECRET)
    first = service.sealer.unseal(Purpose.TOKENS, "record", sealed)
    first["access_token"] = "changed"
    monkeypatch.setattr(service.sealer, "_decrypt", pytest.fail)

    assert service.sealer.unseal(Purpose.TOKENS, "record", sealed) == SECRET


def test_what_is_remembered_of_one_record_does_not_open_as_another(service: Service) -> None:
    sealed = service.sealer.seal(Purpose.TOKENS, "record", SECRET)
    service.sealer.unseal(Purpose.TOKENS, "record", sealed)

    with pytest.raises(SealBroken):
        service.sealer.unseal(Purpose.TOKENS, "another", sealed)
