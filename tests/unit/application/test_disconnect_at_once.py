"""Revoking at once when somebody disconnects: one bounded try, and a queue behind it.

B58 to B61: refreshing stops, the tokens are deleted, they are revoked, and disconnecting succeeds
whatever the provider does.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from connections.application.disconnect import Disconnecter
from connections.application.invocation import Invocation
from connections.application.ports import NoAnswer, NotSent
from connections.application.revoke import FIRST_DELAY, Revoker
from connections.domain.errors import Unavailable
from connections.domain.log_entry import Event
from connections.domain.revocation import Revocation
from connections.oauth.messages import ServerResponse
from tests.builders import CONNECTION, GRANT, NOW, a_failure
from tests.doubles.servers import Answer, ConfirmingServer, ScriptedServer
from tests.doubles.world import World
from tests.unit.application.parts import (
    ANOTHER_GRANT,
    FIRST,
    RUN,
    ended,
    reconnect,
    refused,
    state,
    stored,
)
from tests.unit.oauth.answers import an_answer

BOTH = [("refresh_token", "refresh-1"), ("access_token", "access-1")]
DONE = an_answer(b"")


class Killed(BaseException):
    """The platform ended the invocation."""


@pytest.fixture
def scripted(disconnecter: Disconnecter, revoker: Revoker) -> Disconnecter:
    """The same that asks the server of the script."""
    return replace(disconnecter, revoker=revoker)


def sent(server: ScriptedServer | ConfirmingServer) -> list[tuple[str, str]]:
    return [
        (str(each.form["token_type_hint"]), str(each.form["token"])) for each in server.requests
    ]


def deliver(world: World, revoker: Revoker) -> None:
    """Let what is queued come to the revoking function."""
    for grant in world.to_revoke:
        revoker.revoke_queued(grant, RUN, last=False)


def test_b60_tokens_are_revoked_at_once_and_the_message_behind_has_no_work(
    scripted: Disconnecter, revoker: Revoker, world: World, server: ScriptedServer
) -> None:
    server.answers.extend([DONE, DONE])

    assert scripted.disconnect(CONNECTION, RUN) is Revocation.REVOKED
    deliver(world, revoker)

    assert sent(server) == BOTH
    assert world.revocation_delays == [FIRST_DELAY]
    assert world.events == [Event.DISCONNECTED, Event.REVOKED]


def test_b58_b59_the_provider_is_waited_for_only_when_nothing_is_left_here(
    scripted: Disconnecter, world: World, server: ScriptedServer
) -> None:
    def answer() -> ServerResponse:
        assert (world.grants, state(world)) == ({}, ended())
        assert state(world).refresh_at is None
        return DONE

    server.answers.extend([answer, answer])

    scripted.disconnect(CONNECTION, RUN)

    assert len(server.requests) == 2


@pytest.mark.parametrize(("left", "granted"), [(29, 9), (9, 9), (8, 8)])
def test_b61_the_caller_waits_for_some_seconds_at_the_most(
    scripted: Disconnecter, server: ScriptedServer, left: int, granted: int
) -> None:
    server.answers.extend([DONE, DONE])
    invocation = Invocation(id="run-1", deadline=NOW + timedelta(seconds=left))

    scripted.disconnect(CONNECTION, invocation)

    assert server.deadlines == [NOW + timedelta(seconds=granted)] * 2


@pytest.mark.parametrize(
    "answers",
    [
        [an_answer(None, 503)],
        [DONE, refused("invalid_client", 401)],
        [NotSent(a_failure())],
        [NoAnswer(a_failure())],
        [an_answer({"ok": False})],
    ],
)
def test_b61_what_is_not_confirmed_at_once_is_tried_again_by_the_queue(
    scripted: Disconnecter,
    revoker: Revoker,
    world: World,
    server: ScriptedServer,
    answers: list[Answer],
) -> None:
    server.answers.extend(answers)

    assert scripted.disconnect(CONNECTION, RUN) is Revocation.QUEUED
    assert (world.grants, state(world)) == ({}, ended())

    server.requests.clear()
    server.answers.extend([DONE, DONE])
    deliver(world, revoker)
    assert sent(server) == BOTH
    assert world.events == [Event.DISCONNECTED, Event.REVOCATION_FAILED, Event.REVOKED]


def test_b61_that_it_cannot_be_seen_whether_there_is_a_new_consent_leaves_it_to_the_queue(
    scripted: Disconnecter, world: World
) -> None:
    world.fail("connections.get", after=1)

    assert scripted.disconnect(CONNECTION, RUN) is Revocation.QUEUED

    assert (world.grants, state(world), world.settled_by_id) == ({}, ended(), {})


def test_every_generation_that_was_ended_is_revoked_and_settled(
    scripted: Disconnecter, revoker: Revoker, world: World, server: ScriptedServer
) -> None:
    later = replace(FIRST, generation=2, tokens=replace(FIRST.tokens, refresh_token="refresh-2"))
    world.meanwhile("tokens.delete", lambda: world.grants.update({CONNECTION: later}))
    server.answers.extend([DONE] * 4)

    assert scripted.disconnect(CONNECTION, RUN) is Revocation.REVOKED
    deliver(world, revoker)

    assert [token for kind, token in sent(server) if kind == "refresh_token"] == [
        "refresh-1",
        "refresh-2",
    ]
    assert len(server.requests) == 4
    assert world.settled_by_id == {CONNECTION: (GRANT, 2)}


def test_generations_of_which_one_is_not_confirmed_are_not_settled(
    scripted: Disconnecter, world: World, server: ScriptedServer
) -> None:
    later = replace(FIRST, generation=2)
    world.meanwhile("tokens.delete", lambda: world.grants.update({CONNECTION: later}))
    server.answers.extend([DONE, DONE, an_answer(None, 503)])

    assert scripted.disconnect(CONNECTION, RUN) is Revocation.QUEUED

    assert world.settled_by_id == {}


def test_a_revocation_that_cannot_be_settled_was_one_all_the_same(
    disconnecter: Disconnecter, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.fail("settlements.settle")

    assert disconnecter.disconnect(CONNECTION, RUN) is Revocation.REVOKED

    (record,) = [each for each in caplog.records if each.levelname == "WARNING"]
    assert (record.message, vars(record)["connectionId"]) == ("revocation-not-settled", CONNECTION)


@pytest.mark.parametrize("method", ["tokens.delete", "states.disconnected"])
def test_the_provider_is_not_asked_when_a_new_consent_comes_in_between(
    scripted: Disconnecter, world: World, server: ScriptedServer, method: str
) -> None:
    world.meanwhile(method, lambda: reconnect(world))

    assert scripted.disconnect(CONNECTION, RUN) is Revocation.QUEUED

    assert server.requests == []
    assert world.grants.keys() == {CONNECTION}


def test_the_provider_is_not_asked_when_a_new_consent_is_stored_that_the_state_does_not_know(
    scripted: Disconnecter, world: World, server: ScriptedServer
) -> None:
    another = replace(FIRST, grant_id=ANOTHER_GRANT)
    world.meanwhile("tokens.delete", lambda: world.grants.update({CONNECTION: another}))

    assert scripted.disconnect(CONNECTION, RUN) is Revocation.QUEUED

    assert (server.requests, stored(world)) == ([], another)


def test_b60_reconnecting_cancels_what_is_still_to_be_retried(
    scripted: Disconnecter, revoker: Revoker, world: World, server: ScriptedServer
) -> None:
    server.answers.append(an_answer(None, 503))
    scripted.disconnect(CONNECTION, RUN)
    reconnect(world)
    server.requests.clear()

    deliver(world, revoker)

    assert server.requests == []
    assert "connected again" in world.entries[-1].detail


STEPS = [
    "connections.get",
    "tokens.get",
    "revocations.send",
    "tokens.delete",
    "states.disconnected",
    "logbook.write",
    "settlements.settle",
]


@pytest.mark.parametrize("step", STEPS)
def test_killed_before_any_step_nothing_stays_unrevoked_and_nothing_is_lost(
    disconnecter: Disconnecter, revoker: Revoker, world: World, step: str
) -> None:
    world.fail(step, error=Killed())  # type: ignore[arg-type]  # It is no Exception.

    with pytest.raises(Killed):
        disconnecter.disconnect(CONNECTION, RUN)

    assert world.grants == {CONNECTION: FIRST} or world.to_revoke == [FIRST]
    disconnecter.disconnect(CONNECTION, RUN)
    server = ConfirmingServer()
    deliver(world, replace(revoker, servers=server))
    revoked_at_once = world.settled_by_id == {CONNECTION: (GRANT, 1)}
    assert revoked_at_once or sent(server)[:2] == BOTH
    assert (world.grants, state(world)) == ({}, ended())


def test_killed_while_the_provider_is_asked_the_queue_does_it(
    scripted: Disconnecter, revoker: Revoker, world: World, server: ScriptedServer
) -> None:
    def killed() -> ServerResponse:
        raise Killed

    server.answers.append(killed)
    with pytest.raises(Killed):
        scripted.disconnect(CONNECTION, RUN)

    server.answers.extend([DONE, DONE])
    deliver(world, revoker)
    assert sent(server)[1:] == BOTH


def test_a_message_that_could_not_be_sent_leaves_the_connection_as_it_was(
    scripted: Disconnecter, world: World, server: ScriptedServer
) -> None:
    world.fail("revocations.send")

    with pytest.raises(Unavailable):
        scripted.disconnect(CONNECTION, RUN)

    assert (server.requests, stored(world)) == ([], FIRST)
