"""The scenes in small, and what they say of a service that is broken."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from connections.application import gate
from connections.domain import refresh
from connections.domain.client_registration import Registration
from tests.integration.aws import CREDENTIALS, Aws, aws_in_memory
from tests.proof.outage.bad_hours import Size, expired_secret, server_errors
from tests.proof.outage.lost_answers import with_family_revocation
from tests.proof.outage.scenes import SCENES, Scene

TINY = Size(connections=60, bad_minutes=7)


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    """AWS in memory; each scene leaves it empty."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in CREDENTIALS.items():
            environment.setenv(name, value)
        with aws_in_memory() as running:
            yield running


@pytest.mark.parametrize(
    ("scene", "size"), [(scene, small) for scene, _, small in SCENES], ids=lambda each: each
)
def test_nothing_is_lost_in_an_outage(aws: Aws, scene: Scene, size: Size) -> None:
    assert "minutes after" in scene(aws, size)


def test_a_breaker_that_never_opens_is_noticed(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "after_batch", lambda registration, *_, **__: registration)

    with pytest.raises(AssertionError, match="the breaker was not open"):
        server_errors(aws, TINY)


def test_a_gate_that_is_passed_is_noticed(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate.Gate, "held_until", lambda *_: None)
    monkeypatch.setattr(gate.Gate, "shut", lambda *_: False)
    monkeypatch.setattr(Registration, "room", lambda *_: None)

    with pytest.raises(AssertionError, match=r"the breaker (is|was) open"):
        server_errors(aws, Size(connections=100, bad_minutes=7))


def test_an_alarm_of_every_batch_is_noticed(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    tell = gate._tell
    forgetful: Any = lambda before, after: tell(replace(before, fault=False), after)  # noqa: E731
    monkeypatch.setattr(gate, "_tell", forgetful)

    with pytest.raises(AssertionError, match="alarms in place of 1"):
        expired_secret(aws, TINY)


def test_an_unknown_refresh_token_that_is_sent_again_at_once_is_noticed(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "_too_soon", lambda *_: False)

    with pytest.raises(AssertionError, match="sent again before"):
        with_family_revocation(aws, TINY)
