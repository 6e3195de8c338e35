"""Client credentials, as those meet them who read and refresh."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connections.application.ports import NotSent
from connections.application.read_credentials import CredentialsReader
from connections.application.refresh_now import RefreshNow
from connections.domain.caller import Caller
from connections.domain.connection import Light, Reason, Status
from connections.domain.errors import (
    ConfigurationIncomplete,
    NotConnected,
    NotFound,
    ProviderRefused,
    Unavailable,
)
from connections.domain.failure import FailureKind
from connections.oauth.messages import ServerResponse
from tests.builders import CONNECTION, HOUR, KEY_HOLDER, NOW, a_failure
from tests.doubles.clock import ManualClock
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.configuring import USER
from tests.unit.application.fetching import ANSWER, enter, entered, fetched_earlier, unfetched
from tests.unit.application.parts import (
    RUN,
    claimed_by_another,
    issued_earlier,
    refused,
    state,
)

ANY = timedelta()


@pytest.fixture(autouse=True)
def _unfetched(world: World) -> None:
    """In place of the world's connection: one for which nothing was fetched yet."""
    world.grants.clear()
    world.holding(unfetched(), entered())


def disconnected(world: World) -> None:
    world.holding(replace(unfetched(), reason=Reason.DISCONNECTED, refresh_at=None))


# --- Reading --------------------------------------------------------------------------------------


def test_the_first_reader_has_it_fetched(
    reader: CredentialsReader, server: ScriptedServer, world: World
) -> None:
    server.answers.append(ANSWER)

    read = reader.read(CONNECTION, ANY, RUN)

    assert read.token == {"access_token": "access-2", "token_type": "Bearer", "expires_in": 7200}
    assert (read.generation, read.expires_at) == (1, NOW + 2 * HOUR)
    assert state(world).light is Light.YELLOW


def test_what_has_no_value_yet_is_named_to_the_reader(
    reader: CredentialsReader, world: World
) -> None:
    world.holding(unfetched(), entered(clientSecret=""))

    with pytest.raises(ConfigurationIncomplete, match="clientSecret"):
        reader.read(CONNECTION, ANY, RUN)


@pytest.mark.parametrize("error", ["invalid_client", "invalid_grant"])
def test_a_fetch_that_fails_means_unavailable_until_the_next_try(
    reader: CredentialsReader, server: ScriptedServer, error: str
) -> None:
    server.answers.append(refused(error))

    for _ in range(2):
        with pytest.raises(Unavailable, match="log says why") as raised:
            reader.read(CONNECTION, ANY, RUN)
        assert raised.value.retry_after == 68

    assert len(server.requests) == 1


def test_what_was_disconnected_says_how_it_is_connected_again(
    reader: CredentialsReader, world: World
) -> None:
    disconnected(world)

    with pytest.raises(NotConnected, match="connects it again"):
        reader.read(CONNECTION, ANY, RUN)


def test_a_reader_waits_for_whoever_fetches_it(
    reader: CredentialsReader, world: World, clock: ManualClock
) -> None:
    claimed_by_another(world)

    with pytest.raises(Unavailable):
        reader.read(CONNECTION, ANY, RUN)

    assert clock.now() >= NOW + timedelta(seconds=20)


def test_storage_that_does_not_answer_the_first_reader_means_unavailable(
    reader: CredentialsReader, world: World
) -> None:
    world.fail("states.claim")

    with pytest.raises(Unavailable, match="does not answer"):
        reader.read(CONNECTION, ANY, RUN)


def test_the_former_token_is_handed_out_while_the_new_inputs_do_not_work(
    reader: CredentialsReader, server: ScriptedServer, world: World
) -> None:
    fetched_earlier(world)
    enter(world, clientSecret="wrong-secret")
    server.answers.append(refused("invalid_client", 401))

    assert reader.read(CONNECTION, 2 * HOUR, RUN).generation == 1


def test_a_token_that_has_ended_and_cannot_be_fetched_is_not_the_customers_to_mend(
    reader: CredentialsReader, server: ScriptedServer, world: World
) -> None:
    grant = fetched_earlier(world)
    ended = issued_earlier(refresh_token=None, expires_at=NOW)
    world.holding(state(world), entered(), replace(grant, tokens=ended))
    server.answers.append(NotSent(a_failure(FailureKind.WAIT)))

    with pytest.raises(Unavailable):
        reader.read(CONNECTION, ANY, RUN)


# --- Refreshing on demand -------------------------------------------------------------------------


def test_a_refresh_connects_what_was_disconnected(
    demand: RefreshNow, server: ScriptedServer, world: World
) -> None:
    disconnected(world)
    server.answers.append(ANSWER)

    connection, _ = demand.refresh(CONNECTION, KEY_HOLDER, RUN)

    assert (connection.status, connection.reason) == (Status.ACTIVE, None)


def test_a_refresh_names_what_has_no_value_yet(demand: RefreshNow, world: World) -> None:
    world.holding(unfetched(), entered(clientSecret=""))

    with pytest.raises(ConfigurationIncomplete, match="clientSecret"):
        demand.refresh(CONNECTION, KEY_HOLDER, RUN)


def test_a_connection_that_is_deleted_meanwhile_is_not_found(
    demand: RefreshNow, world: World
) -> None:
    world.meanwhile("connections.with_inputs", lambda: world.closed.add(CONNECTION))

    with pytest.raises(NotFound):
        demand.refresh(CONNECTION, KEY_HOLDER, RUN)


@pytest.mark.parametrize("caller", [KEY_HOLDER, USER])
@pytest.mark.parametrize(
    "answer", [("invalid_client", 401), ("invalid_client",), ("invalid_grant",)]
)
def test_of_credentials_that_never_worked_everybody_is_told_as_they_may_be_their_own(
    demand: RefreshNow, server: ScriptedServer, answer: tuple[Any, ...], caller: Caller
) -> None:
    server.answers.append(refused(*answer))

    with pytest.raises(ProviderRefused):
        demand.refresh(CONNECTION, caller, RUN)


def test_a_customer_is_told_to_wait_where_they_worked_once(
    demand: RefreshNow, server: ScriptedServer, world: World
) -> None:
    fetched_earlier(world)
    server.answers.append(refused("invalid_client", 401))

    with pytest.raises(Unavailable):
        demand.refresh(CONNECTION, USER, RUN)


def test_a_refresh_that_fails_does_not_ask_for_a_refresh_token(
    demand: RefreshNow, server: ScriptedServer, world: World
) -> None:
    fetched_earlier(world)
    server.answers.append(NotSent(a_failure(FailureKind.WAIT)))

    with pytest.raises(Unavailable):
        demand.refresh(CONNECTION, KEY_HOLDER, RUN)


def test_who_refreshes_is_told_of_a_disconnect_meanwhile(
    demand: RefreshNow, server: ScriptedServer, world: World
) -> None:
    def meanwhile() -> ServerResponse:
        world.states.disconnected(state(world), NOW)
        return ANSWER

    server.answers.append(meanwhile)

    with pytest.raises(NotConnected, match="connects it again"):
        demand.refresh(CONNECTION, KEY_HOLDER, RUN)
