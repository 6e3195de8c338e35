"""A refresh on demand: what it answers."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from connections.application.ports import NoAnswer, NotSent
from connections.application.refresh_now import RefreshNow
from connections.domain.connection import Reason, Status
from connections.domain.errors import (
    ConnectionsError,
    NoRefreshToken,
    NotConnected,
    NotFound,
    NotOAuth,
    ProviderRefused,
    ReconnectRequired,
    Unavailable,
)
from connections.domain.failure import FailureKind
from tests.builders import (
    CONNECTION,
    HOUR,
    KEY_HOLDER,
    NOW,
    a_connection,
    a_failure,
    a_grant,
    a_new_connection,
    some_inputs,
)
from tests.doubles.servers import Answer, ScriptedServer
from tests.doubles.world import World
from tests.unit.application.configuring import USER
from tests.unit.application.parts import (
    DEADLINE,
    RUN,
    issued_earlier,
    new_tokens,
    refused,
    state,
    stored,
    the_second_generation,
)
from tests.unit.oauth.answers import an_answer


def test_a_demand_refreshes_and_answers_the_connection_as_it_is_then(
    demand: RefreshNow, server: ScriptedServer, world: World
) -> None:
    world.holding(a_connection(refresh_at=NOW + HOUR))
    server.answers.append(new_tokens())

    connection, inputs = demand.refresh(CONNECTION, KEY_HOLDER, RUN)

    assert (connection, inputs) == (state(world), some_inputs())
    assert (connection.generation, connection.last_refreshed_at) == (2, NOW)
    assert stored(world) == the_second_generation()
    assert server.deadlines == [DEADLINE]


def nobody_created_it(world: World) -> None:
    world.connections_by_id.clear()


def it_is_not_oauth(world: World) -> None:
    world.holding(a_connection(oauth=False))


def nobody_connected_it(world: World) -> None:
    world.holding(a_new_connection())
    world.grants.clear()


@pytest.mark.parametrize(
    ("prepare", "error"),
    [
        (nobody_created_it, NotFound),
        (it_is_not_oauth, NotOAuth),
        (nobody_connected_it, NotConnected),
    ],
)
def test_there_may_be_nothing_to_refresh(
    demand: RefreshNow,
    server: ScriptedServer,
    world: World,
    prepare: Callable[[World], None],
    error: type[ConnectionsError],
) -> None:
    prepare(world)
    grants = dict(world.grants)

    with pytest.raises(error):
        demand.refresh(CONNECTION, KEY_HOLDER, RUN)

    assert (server.requests, world.grants) == ([], grants)


def test_a_connection_that_goes_meanwhile_is_not_found(
    demand: RefreshNow, server: ScriptedServer, world: World
) -> None:
    server.answers.append(new_tokens())
    world.meanwhile("connections.with_inputs", world.connections_by_id.clear)

    with pytest.raises(NotFound, match="deleted meanwhile"):
        demand.refresh(CONNECTION, KEY_HOLDER, RUN)


def test_a_grant_without_a_refresh_token_says_so_while_its_access_token_lives(
    demand: RefreshNow, world: World
) -> None:
    world.grants[CONNECTION] = a_grant(tokens=issued_earlier(refresh_token=None))

    with pytest.raises(NoRefreshToken):
        demand.refresh(CONNECTION, KEY_HOLDER, RUN)

    assert state(world) == a_connection(fence=1)


@pytest.mark.parametrize(
    ("answer", "explanation"),
    [
        (refused("invalid_grant"), "the authorization server ended the grant"),
        (refused("invalid_client", 401), "the authorization server refused the app"),
    ],
)
def test_a_server_that_refuses_is_named_as_the_one_who_did(
    demand: RefreshNow, server: ScriptedServer, answer: Answer, explanation: str
) -> None:
    server.answers.append(answer)

    with pytest.raises(ProviderRefused, match=explanation):
        demand.refresh(CONNECTION, KEY_HOLDER, RUN)


def test_a_customer_is_told_to_wait_where_it_is_the_app_that_is_refused(
    demand: RefreshNow, server: ScriptedServer
) -> None:
    server.answers.append(refused("invalid_client", 401))

    with pytest.raises(Unavailable) as caught:
        demand.refresh(CONNECTION, USER, RUN)

    assert "app" not in str(caught.value)
    assert caught.value.retry_after is not None


def test_a_customer_is_told_that_the_grant_has_ended(
    demand: RefreshNow, server: ScriptedServer
) -> None:
    server.answers.append(refused("invalid_grant"))

    with pytest.raises(ProviderRefused, match="ended the grant"):
        demand.refresh(CONNECTION, USER, RUN)


@pytest.mark.parametrize(
    ("answer", "retry_after"),
    [
        (NotSent(a_failure(FailureKind.WAIT)), 68),
        (NoAnswer(a_failure(FailureKind.UNKNOWN)), 68),
        (an_answer(None, 429, retry_after="600"), 601),
    ],
)
def test_what_may_work_later_asks_to_wait(
    demand: RefreshNow, server: ScriptedServer, answer: Answer, retry_after: int
) -> None:
    server.answers.append(answer)

    with pytest.raises(Unavailable) as caught:
        demand.refresh(CONNECTION, KEY_HOLDER, RUN)

    assert caught.value.retry_after == retry_after


def test_a_demand_does_not_ask_a_server_that_asked_to_wait(
    demand: RefreshNow, server: ScriptedServer, world: World
) -> None:
    until = NOW + timedelta(minutes=10)
    world.holding(
        a_connection(
            status=Status.DEGRADED, reason=Reason.RATE_LIMITED, failures=1, refresh_at=until
        )
    )

    with pytest.raises(Unavailable) as caught:
        demand.refresh(CONNECTION, KEY_HOLDER, RUN)

    assert caught.value.retry_after == 601
    assert server.requests == []


def test_a_demand_does_not_send_the_token_of_a_dead_grant(
    demand: RefreshNow, server: ScriptedServer, world: World
) -> None:
    world.holding(a_connection(status=Status.RECONNECT_REQUIRED, reason=Reason.GRANT_REVOKED))

    with pytest.raises(ReconnectRequired):
        demand.refresh(CONNECTION, KEY_HOLDER, RUN)

    assert server.requests == []


def test_a_grant_that_ended_without_a_refresh_token_asks_to_connect_also_the_first_time(
    demand: RefreshNow, server: ScriptedServer, world: World
) -> None:
    ended = issued_earlier(refresh_token=None, expires_at=NOW)
    world.grants[CONNECTION] = a_grant(tokens=ended)

    for _ in range(2):
        with pytest.raises(ReconnectRequired, match="no refresh token"):
            demand.refresh(CONNECTION, KEY_HOLDER, RUN)

    assert server.requests == []
