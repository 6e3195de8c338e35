"""A consent whose storage fails: stored as often as it takes, and nothing spent before."""

import pytest

from connections.application.complete_authorization import AuthorizationCompleter, Completion
from connections.application.ports import SealBroken
from connections.domain.errors import Unavailable
from connections.domain.log_entry import Event
from connections.oauth.digests import digest
from tests.builders import AUTHORIZATION, CONNECTION, NOW, a_flow, a_new_connection
from tests.doubles.clock import ManualClock
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.flows import CONNECTED, come_back, connected, the_new_grant
from tests.unit.application.parts import new_tokens, state, stored, without_revocation


@pytest.mark.parametrize("method", ["tokens.begin", "grants.connected"])
@pytest.mark.parametrize("failing", range(1, 5))
def test_a_write_that_fails_is_tried_again_until_the_grant_is_stored(
    completer: AuthorizationCompleter,
    server: ScriptedServer,
    begun: World,
    clock: ManualClock,
    method: str,
    failing: int,
) -> None:
    server.answers.append(new_tokens())
    begun.fail(method, failing)

    assert come_back(completer) == CONNECTED

    assert (stored(begun), state(begun)) == (the_new_grant(), connected())
    assert clock.slept == pytest.approx([0.2, 0.4, 0.8, 1.6][:failing])
    assert len(server.requests) == 1


@pytest.mark.parametrize("method", ["tokens.begin", "grants.connected"])
def test_a_grant_that_cannot_be_stored_is_not_said_to_be_connected(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World, method: str
) -> None:
    server.answers.append(new_tokens())
    begun.fail(method, 5)

    with pytest.raises(Unavailable, match=method.replace(".", r"\.")):
        come_back(completer)

    assert begun.calls.count(method) == 5
    assert state(begun) == a_new_connection()
    assert Event.CONNECTED not in begun.events


def test_a_write_whose_answer_was_lost_connects_once(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    def stored_and_unsaid() -> None:
        begun.grants[CONNECTION] = the_new_grant()
        begun.states.connected(the_new_grant(), state(begun).refresh_at, NOW)
        raise Unavailable("The answer was lost.")

    server.answers.append(new_tokens())
    begun.meanwhile("grants.connected", stored_and_unsaid)

    assert come_back(completer) == CONNECTED

    assert (stored(begun), state(begun).fence) == (the_new_grant(), 1)


@pytest.mark.parametrize("error", [Unavailable("no answer"), SealBroken("changed")])
def test_a_code_is_not_spent_when_its_tokens_could_not_be_sealed(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World, error: Exception
) -> None:
    begun.fail("tokens.ready", error=error)

    with pytest.raises(type(error)):
        come_back(completer)

    assert (server.requests, begun.grants) == ([], {})


@pytest.mark.parametrize("method", ["flows.take", "flows.close"])
def test_a_code_is_not_spent_when_flow_or_link_cannot_be_taken(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World, method: str
) -> None:
    begun.fail(method)

    with pytest.raises(Unavailable):
        come_back(completer)

    assert (server.requests, begun.grants) == ([], {})
    assert begun.authorizations.keys() == {AUTHORIZATION}


def deleted_meanwhile(world: World) -> None:
    """Delete the connection while its customer consents."""
    world.meanwhile("grants.connected", world.connections_by_id.clear)


def test_a_consent_to_a_connection_that_was_deleted_is_ended(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    server.answers.append(new_tokens())
    deleted_meanwhile(begun)

    assert come_back(completer) == Completion(error="connection-deleted")

    assert (begun.to_revoke, begun.grants) == ([the_new_grant()], {})
    assert begun.calls[-4:-1] == ["grants.connected", "revocations.send", "tokens.delete"]
    assert begun.entries == []


def test_a_consent_that_no_endpoint_revokes_is_forgotten_when_its_connection_was_deleted(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    begun.flows_by_digest[digest("the-state")] = a_flow(issuance=without_revocation())
    server.answers.append(new_tokens())
    deleted_meanwhile(begun)

    assert come_back(completer) == Completion(error="connection-deleted")

    assert (begun.to_revoke, begun.grants) == ([], {})


@pytest.mark.parametrize("method", ["revocations.send", "tokens.delete"])
def test_a_consent_to_a_deleted_connection_is_ended_as_often_as_it_takes(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World, method: str
) -> None:
    server.answers.append(new_tokens())
    deleted_meanwhile(begun)
    begun.fail(method, 4)

    assert come_back(completer) == Completion(error="connection-deleted")

    assert (begun.to_revoke, begun.grants) == ([the_new_grant()], {})


def test_a_consent_that_could_not_be_handed_over_is_not_forgotten(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    server.answers.append(new_tokens())
    deleted_meanwhile(begun)
    begun.fail("revocations.send", 5)

    with pytest.raises(Unavailable, match=r"revocations\.send"):
        come_back(completer)

    assert stored(begun) == the_new_grant()
