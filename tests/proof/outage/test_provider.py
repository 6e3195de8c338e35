"""The provider of the scenes: what it forgives, and what it does not."""

import json
from datetime import timedelta

import pytest

from connections.adapters.network import Exchange, TimeUp
from connections.oauth.messages import ServerRequest
from tests.proof.outage.clock import SimulatedClock
from tests.proof.outage.provider import LIFETIME, Mood, Provider

GRACE = timedelta(minutes=30)


@pytest.fixture
def provider() -> Provider:
    return Provider(clock=SimulatedClock(), grace=GRACE)


def presented(provider: Provider, token: str) -> tuple[int, str]:
    """Present a refresh token; return the status, and the next refresh token or the error."""
    form = {"grant_type": "refresh_token", "refresh_token": token}
    asked = ServerRequest(url="https://crm.example/token", headers={}, form=form)
    answer = provider.answer(asked, Exchange(10))
    body = json.loads(answer.body)
    return answer.status, str(body.get("refresh_token", body.get("error")))


def pass_time(provider: Provider, by: timedelta) -> None:
    provider.clock.advance_to(provider.clock.now() + by)


def test_it_rotates_at_every_refresh(provider: Provider) -> None:
    assert presented(provider, "refresh-1-1") == (200, "refresh-1-2")
    assert presented(provider, "refresh-1-2") == (200, "refresh-1-3")
    assert provider.families[1].newest == 3


def test_within_the_grace_a_refresh_token_is_taken_again(provider: Provider) -> None:
    presented(provider, "refresh-1-1")
    pass_time(provider, GRACE - timedelta(seconds=1))

    assert presented(provider, "refresh-1-1") == (200, "refresh-1-3")


def test_after_the_grace_it_ends_all_of_its_family(provider: Provider) -> None:
    presented(provider, "refresh-1-1")
    pass_time(provider, GRACE)

    assert presented(provider, "refresh-1-1") == (400, "invalid_grant")
    assert presented(provider, "refresh-1-2") == (400, "invalid_grant")
    assert presented(provider, "refresh-2-1") == (200, "refresh-2-2")


@pytest.mark.parametrize(
    ("mood", "answer"),
    [(Mood.FAILING, (500, "server_error")), (Mood.REFUSING, (401, "invalid_client"))],
)
def test_failing_it_does_nothing(provider: Provider, mood: Mood, answer: tuple[int, str]) -> None:
    provider.mood = mood

    assert presented(provider, "refresh-1-1") == answer
    assert provider.families[1].newest == 1


def test_silent_it_acts_every_second_time_and_nothing_is_delivered(provider: Provider) -> None:
    provider.mood = Mood.SILENT

    for _ in range(2):
        with pytest.raises(TimeUp):
            presented(provider, "refresh-1-1")

    assert [each.acted for each in provider.ledger] == [True, False]
    assert (provider.families[1].newest, provider.families[1].delivered) == (2, 1)


def test_an_access_token_lives_for_its_time(provider: Provider) -> None:
    presented(provider, "refresh-1-1")
    issued = provider.ledger[0].at

    for time, lives in ((LIFETIME - timedelta(seconds=1), True), (LIFETIME, False)):
        assert provider.lives("access-1-2", issued + time) is lives
        assert provider.delivered_lives(1, issued + time) is lives
