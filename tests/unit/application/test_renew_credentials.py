"""Client credentials: renewed as they were fetched, under the inputs that there are."""

from dataclasses import replace

import pytest

from connections.application.refresh_outcome import Outcome, Result
from connections.application.remedies import REFRESHED_AGAIN, TAKEN_UP
from connections.domain.connection import Reason, Status
from connections.domain.refresh import Need
from connections.oauth.messages import ServerResponse
from tests.builders import CONNECTION, NOW
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.fetching import ANSWER, FORM, enter, fetched_earlier
from tests.unit.application.parts import (
    DEMANDED,
    DUE,
    Refresh,
    disconnect,
    reading,
    refused,
    state,
    stored,
)
from tests.unit.oauth.answers import an_answer


def test_the_next_token_set_is_asked_for_as_the_first_was(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    first = fetched_earlier(world)
    server.answers.append(ANSWER)

    outcome = refresh(DUE)

    second = stored(world)
    assert outcome == Outcome(result=Result.REFRESHED, grant=second)
    assert [request.form for request in server.requests] == [FORM]
    assert (second.grant_id, second.generation) == (first.grant_id, 2)
    assert second.tokens.access_token == "access-2"
    assert world.entries == []


def test_what_was_told_once_is_kept_from_one_answer_to_the_next(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    fetched_earlier(world)
    server.answers.append(an_answer({"access_token": "access-2"}))

    refresh(DUE)

    assert stored(world).tokens.scopes == "read write"
    assert stored(world).tokens.expires_at is not None


def test_a_token_that_lasts_is_not_fetched_again(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    fetched_earlier(world)

    assert refresh(reading()).result is Result.CURRENT
    assert server.requests == []


@pytest.mark.parametrize("need", [DUE, DEMANDED, reading()])
def test_changed_inputs_are_taken_up_by_whoever_comes_first(
    refresh: Refresh, server: ScriptedServer, world: World, need: Need
) -> None:
    fetched_earlier(world)
    enter(world, clientId="another-client")
    assert (state(world).inputs_changed, state(world).refresh_at) == (True, NOW)
    server.answers.append(an_answer({"access_token": "access-2"}))

    assert refresh(need).result is Result.REFRESHED

    assert server.requests[-1].form == {**FORM, "client_id": "another-client"}
    assert stored(world).issuance.values["clientId"] == "another-client"
    assert not state(world).inputs_changed
    assert [entry.detail for entry in world.entries] == [TAKEN_UP]


def test_answers_under_other_inputs_are_not_mixed(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    fetched_earlier(world)
    enter(world, clientId="another-client")
    server.answers.append(an_answer({"access_token": "access-2"}))

    refresh(DUE)

    assert stored(world).tokens.response == {"access_token": "access-2"}
    assert stored(world).tokens.expires_at is None


def test_the_former_token_goes_on_while_the_new_inputs_do_not_work(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    former = fetched_earlier(world)
    enter(world, clientSecret="wrong-secret")
    server.answers.append(refused("invalid_client", 401))

    outcome = refresh(DUE)

    assert (outcome.result, outcome.grant) == (Result.FAILED, former)
    assert stored(world) == former
    now = state(world)
    assert (now.status, now.reason) == (Status.DEGRADED, Reason.OPERATOR_ACTION_REQUIRED)
    assert world.entries[0].detail.startswith("The refresh failed: ")


def test_after_that_readers_wait_and_mended_inputs_do_not(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    fetched_earlier(world)
    enter(world, clientSecret="wrong-secret")
    server.answers.append(refused("invalid_client", 401))
    refresh(DUE)

    assert refresh(reading()).result is Result.CURRENT
    assert len(server.requests) == 1

    enter(world)
    server.answers.append(ANSWER)
    assert refresh(DUE).result is Result.REFRESHED
    assert state(world).status is Status.ACTIVE
    assert world.entries[-1].detail == REFRESHED_AGAIN


def test_inputs_that_are_not_complete_any_more_leave_the_former_in_use(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    fetched_earlier(world)
    enter(world, clientId="another-client", clientSecret="")
    server.answers.append(ANSWER)

    refresh(DUE)

    assert [request.form for request in server.requests] == [FORM]
    assert stored(world).issuance.values["clientSecret"] == "the-secret"


def test_of_a_connection_that_is_gone_the_former_inputs_are_used(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    fetched_earlier(world)
    world.meanwhile("connections.with_inputs", lambda: world.closed.add(CONNECTION))
    server.answers.append(ANSWER)

    assert refresh(DUE).result is Result.REFRESHED


def test_a_disconnect_while_it_is_renewed_ends_what_comes(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    fetched_earlier(world)

    def meanwhile() -> ServerResponse:
        disconnect(world)
        return ANSWER

    server.answers.append(meanwhile)

    assert refresh(DUE) == Outcome(result=Result.NOT_CONNECTED)

    assert CONNECTION not in world.grants
    assert [grant.generation for grant in world.to_revoke] == [2]
    assert state(world).reason is Reason.DISCONNECTED


def test_changes_of_what_was_disconnected_fetch_nothing(world: World) -> None:
    fetched_earlier(world)
    disconnect(world)

    enter(world, clientId="another-client")

    assert (state(world).reason, state(world).refresh_at) == (Reason.DISCONNECTED, None)


def test_a_change_of_the_name_alone_makes_nothing_due(world: World) -> None:
    fetched_earlier(world, refresh_at=None)
    world.holding(replace(state(world), name="Another"))

    enter(world)

    assert state(world).refresh_at is None
