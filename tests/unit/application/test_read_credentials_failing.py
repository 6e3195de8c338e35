"""Reading credentials when no refresh comes about: what works is handed out, nothing else."""

from datetime import datetime, timedelta

import pytest

from connections.application.ports import NoAnswer, NotSent
from connections.application.read_credentials import CredentialsReader, refresh_error
from connections.application.refresh_outcome import Outcome, Result
from connections.domain.connection import Reason, Status
from connections.domain.errors import NotConnected, ReconnectRequired, Unavailable
from connections.domain.failure import FailureKind
from tests.builders import CONNECTION, HOUR, NOW, a_connection, a_failure, a_grant
from tests.doubles.clock import ManualClock
from tests.doubles.servers import Answer, ScriptedServer
from tests.doubles.world import World
from tests.unit.application.credentials import STORED
from tests.unit.application.parts import (
    INSTANT,
    RUN,
    another_grant,
    disconnect,
    issued_earlier,
    new_tokens,
    reconnect,
    refused,
    stored,
)
from tests.unit.oauth.answers import an_answer

FAILURES = [
    pytest.param(NotSent(a_failure(FailureKind.WAIT)), id="not sent"),
    pytest.param(NoAnswer(a_failure(FailureKind.UNKNOWN)), id="not answered"),
    pytest.param(an_answer(None, 503), id="down"),
    pytest.param(refused("invalid_client", 401), id="the app refused"),
    pytest.param(refused("invalid_grant"), id="the grant ended"),
]


@pytest.mark.parametrize("answer", FAILURES)
def test_a_token_that_works_is_handed_out_when_refreshing_fails(
    reader: CredentialsReader, server: ScriptedServer, answer: Answer
) -> None:
    server.answers.append(answer)

    assert reader.read(CONNECTION, HOUR + INSTANT, RUN) == STORED


def test_a_token_that_works_is_handed_out_within_the_backoff(
    reader: CredentialsReader, server: ScriptedServer, world: World
) -> None:
    world.holding(
        a_connection(
            status=Status.DEGRADED,
            reason=Reason.PROVIDER_UNAVAILABLE,
            failures=1,
            refresh_at=NOW + INSTANT,
        )
    )

    assert reader.read(CONNECTION, HOUR + INSTANT, RUN) == STORED
    assert server.requests == []


def ending(world: World, ends: datetime = NOW) -> None:
    """Let the stored access token end."""
    world.grants[CONNECTION] = a_grant(tokens=issued_earlier(expires_at=ends))


@pytest.mark.parametrize(
    ("answer", "retry_after"),
    [
        (NotSent(a_failure(FailureKind.WAIT)), 68),
        (NoAnswer(a_failure(FailureKind.UNKNOWN)), 68),
        (an_answer(None, 429, retry_after="600"), 601),
        (an_answer(None, 429, retry_after="9000"), 3600),
        (refused("invalid_client", 401), 68),
    ],
)
def test_a_token_that_has_ended_is_not_handed_out(
    reader: CredentialsReader,
    server: ScriptedServer,
    world: World,
    answer: Answer,
    retry_after: int,
) -> None:
    ending(world)
    server.answers.append(answer)

    with pytest.raises(Unavailable) as caught:
        reader.read(CONNECTION, timedelta(), RUN)

    assert caught.value.retry_after == retry_after


def test_a_token_that_ends_while_the_server_is_asked_is_not_handed_out(
    reader: CredentialsReader, server: ScriptedServer, world: World, clock: ManualClock
) -> None:
    ending(world, NOW + timedelta(seconds=5))
    server.answers.append(an_answer(None, 503))
    world.meanwhile("states.failed", lambda: clock.advance(timedelta(seconds=5)))

    with pytest.raises(Unavailable):
        reader.read(CONNECTION, timedelta(minutes=1), RUN)


def test_a_grant_that_ends_at_the_reading_asks_to_reconnect(
    reader: CredentialsReader, server: ScriptedServer, world: World
) -> None:
    ending(world)
    server.answers.append(refused("invalid_grant"))

    with pytest.raises(ReconnectRequired, match="ended the grant"):
        reader.read(CONNECTION, timedelta(), RUN)


def test_a_grant_that_ended_before_asks_to_reconnect_and_no_server(
    reader: CredentialsReader, server: ScriptedServer, world: World
) -> None:
    ending(world)
    world.holding(a_connection(status=Status.RECONNECT_REQUIRED, reason=Reason.GRANT_REVOKED))

    with pytest.raises(ReconnectRequired, match="ended the grant"):
        reader.read(CONNECTION, timedelta(), RUN)

    assert server.requests == []


def test_a_token_that_ended_without_a_refresh_token_asks_to_connect(
    reader: CredentialsReader, world: World
) -> None:
    world.grants[CONNECTION] = a_grant(tokens=issued_earlier(expires_at=NOW, refresh_token=None))

    for _ in range(2):
        with pytest.raises(ReconnectRequired, match="no refresh token"):
            reader.read(CONNECTION, timedelta(), RUN)


def test_a_customer_who_disconnects_meanwhile_has_no_credentials(
    reader: CredentialsReader, world: World
) -> None:
    world.meanwhile("states.claim", lambda: disconnect(world))

    with pytest.raises(NotConnected, match="has disconnected"):
        reader.read(CONNECTION, HOUR + INSTANT, RUN)


def test_a_customer_who_reconnects_meanwhile_has_the_new_grants_token(
    reader: CredentialsReader, server: ScriptedServer, world: World
) -> None:
    server.answers.append(new_tokens())
    world.meanwhile("tokens.succeed", lambda: reconnect(world))

    credentials = reader.read(CONNECTION, HOUR + INSTANT, RUN)

    assert credentials.token == another_grant().tokens.response
    assert credentials.generation == stored(world).generation == 1


@pytest.mark.parametrize(
    ("seconds", "retry_after"), [(-5, 1), (0, 1), (1, 2), (59.5, 60), (3598, 3599), (3600, 3600)]
)
def test_who_must_wait_is_told_to_come_back_after_the_next_try(
    seconds: float, retry_after: int
) -> None:
    retry_at = NOW + timedelta(seconds=seconds)

    error = refresh_error(Outcome(result=Result.HELD, retry_at=retry_at), NOW)

    assert isinstance(error, Unavailable)
    assert error.retry_after == retry_after


def test_who_must_wait_for_another_is_told_to_come_back_at_once() -> None:
    error = refresh_error(Outcome(result=Result.BUSY), NOW)

    assert isinstance(error, Unavailable)
    assert error.retry_after == 1
