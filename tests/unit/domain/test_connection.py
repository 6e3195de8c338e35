"""The state of a connection and the light that a person sees."""

import pytest

from connections.domain.connection import Light, Reason, Status, Use, UseOutcome
from tests.builders import NOW, a_connection, a_grant, some_inputs

SUCCESS = Use(at=NOW, outcome=UseOutcome.SUCCESS)
ERROR = Use(at=NOW, outcome=UseOutcome.CONNECTION_ERROR)
UNAUTHORIZED = Use(at=NOW, outcome=UseOutcome.UNAUTHORIZED)


@pytest.mark.parametrize(
    ("status", "last_use", "light"),
    [
        (Status.PENDING, None, None),
        (Status.PENDING, SUCCESS, None),
        (Status.PENDING, ERROR, None),
        (Status.ACTIVE, None, Light.YELLOW),
        (Status.ACTIVE, SUCCESS, Light.GREEN),
        (Status.ACTIVE, ERROR, Light.RED),
        (Status.ACTIVE, UNAUTHORIZED, Light.RED),
        (Status.DEGRADED, None, Light.YELLOW),
        (Status.DEGRADED, SUCCESS, Light.GREEN),
        (Status.DEGRADED, ERROR, Light.RED),
        (Status.RECONNECT_REQUIRED, None, Light.RED),
        (Status.RECONNECT_REQUIRED, SUCCESS, Light.RED),
        (Status.RECONNECT_REQUIRED, ERROR, Light.RED),
    ],
)
def test_the_light_follows_from_status_and_last_use(
    status: Status, last_use: Use | None, light: Light | None
) -> None:
    assert a_connection(status=status, last_use=last_use).light is light


def test_the_words_of_the_state_are_stable() -> None:
    assert [status.value for status in Status] == [
        "pending", "active", "degraded", "reconnect-required",
    ]  # fmt: skip
    assert [reason.value for reason in Reason] == [
        "not-configured", "not-connected", "disconnected", "provider-unavailable", "rate-limited",
        "outcome-unknown", "operator-action-required", "grant-revoked", "answer-lost", "expired",
        "inputs-changed",
    ]  # fmt: skip
    assert [light.value for light in Light] == ["yellow", "green", "red"]
    assert [outcome.value for outcome in UseOutcome] == [
        "success", "connection-error", "unauthorized",
    ]  # fmt: skip


def test_the_entered_values_are_not_in_the_representation_of_inputs() -> None:
    assert "the-secret" not in repr(some_inputs())


def test_no_secret_is_in_the_representation_of_a_grant() -> None:
    shown = repr(a_grant())

    assert not [secret for secret in ("access-1", "refresh-1", "the-secret") if secret in shown]
