"""Revoking what was ended here: both tokens, a receipt, and never a new consent."""

import logging

import pytest

from connections.application.invocation import Invocation
from connections.application.ports import NoAnswer, NotSent
from connections.application.revoke import Revoker
from connections.domain.errors import Unavailable
from connections.domain.failure import FailureKind
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.oauth.messages import ServerResponse
from tests.builders import (
    CONNECTION,
    NOW,
    a_connection,
    a_failure,
    a_grant,
    a_new_connection,
    a_token_set,
)
from tests.doubles.clock import ManualClock
from tests.doubles.servers import Answer, ScriptedServer
from tests.doubles.world import World
from tests.unit.application.parts import (
    ANOTHER_GRANT,
    DEADLINE,
    refused,
    state,
    without_revocation,
)
from tests.unit.oauth.answers import an_answer

CONFIRMED = LogEntry(
    connection_id=CONNECTION,
    at=NOW,
    event=Event.REVOKED,
    severity=Severity.INFO,
    detail="The provider confirmed that the tokens are revoked.",
)


@pytest.fixture(autouse=True)
def _disconnected_before(world: World) -> None:
    world.holding(a_new_connection())
    world.grants.clear()


@pytest.fixture
def revoker(world: World, server: ScriptedServer, clock: ManualClock) -> Revoker:
    return Revoker(
        connections=world.connections, servers=server, logbook=world.logbook, clock=clock
    )


def done() -> ServerResponse:
    return an_answer(b"")


def sent(server: ScriptedServer) -> list[tuple[str, str]]:
    """Return which tokens the server was asked to revoke, by their kind."""
    return [(each.form["token_type_hint"], each.form["token"]) for each in server.requests]


def test_both_tokens_are_revoked_with_the_grants_own_client(
    revoker: Revoker, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    server.answers.extend([done(), done()])

    revoker.revoke(a_grant(), invocation)

    assert sent(server) == [("refresh_token", "refresh-1"), ("access_token", "access-1")]
    assert {request.url for request in server.requests} == {"https://acme.example/revoke"}
    assert [request.form["client_id"] for request in server.requests] == ["the-client"] * 2
    assert server.deadlines == [DEADLINE, DEADLINE]
    assert world.entries == [CONFIRMED]


def test_a_grant_without_a_refresh_token_has_its_access_token_revoked(
    revoker: Revoker, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    server.answers.append(done())

    revoker.revoke(a_grant(tokens=a_token_set(refresh_token=None)), invocation)

    assert sent(server) == [("access_token", "access-1")]
    assert world.entries == [CONFIRMED]


def test_what_the_server_does_not_know_any_more_counts_as_revoked(
    revoker: Revoker, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    server.answers.extend([refused("invalid_token"), refused("unsupported_token_type")])

    revoker.revoke(a_grant(), invocation)

    assert world.entries == [CONFIRMED]


def test_without_a_revocation_endpoint_nothing_is_sent_or_said(
    revoker: Revoker, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    revoker.revoke(a_grant(issuance=without_revocation()), invocation)

    assert (server.requests, world.entries) == ([], [])


FAILURES = [
    pytest.param(an_answer(None, 503), "the revocation endpoint answered HTTP 503", 503, id="down"),
    pytest.param(
        refused("invalid_client", 401),
        "the revocation endpoint answered HTTP 401",
        401,
        id="the app refused",
    ),
    pytest.param(
        NotSent(a_failure(explanation="the server could not be reached")),
        "the server could not be reached",
        None,
        id="not sent",
    ),
    pytest.param(
        NoAnswer(a_failure(FailureKind.UNKNOWN, explanation="the server did not answer in time")),
        "the server did not answer in time",
        None,
        id="not answered",
    ),
]


@pytest.mark.parametrize(("answer", "explanation", "http_status"), FAILURES)
def test_a_token_that_is_not_confirmed_is_tried_again(
    revoker: Revoker,
    server: ScriptedServer,
    world: World,
    invocation: Invocation,
    answer: Answer,
    explanation: str,
    http_status: int | None,
) -> None:
    server.answers.append(answer)

    with pytest.raises(Unavailable, match="did not confirm"):
        revoker.revoke(a_grant(), invocation)

    assert sent(server) == [("refresh_token", "refresh-1")]
    assert world.entries == [
        LogEntry(
            connection_id=CONNECTION,
            at=NOW,
            event=Event.REVOCATION_FAILED,
            severity=Severity.WARNING,
            detail=f"A token could not be revoked yet: {explanation}. It is tried again.",
            http_status=http_status,
        )
    ]


def test_an_access_token_that_is_not_confirmed_is_tried_again_with_the_rest(
    revoker: Revoker, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    server.answers.extend([done(), an_answer(None, 503), refused("invalid_token"), done()])

    with pytest.raises(Unavailable):
        revoker.revoke(a_grant(), invocation)
    revoker.revoke(a_grant(), invocation)

    both = [("refresh_token", "refresh-1"), ("access_token", "access-1")]
    assert sent(server) == both * 2
    assert world.events == [Event.REVOCATION_FAILED, Event.REVOKED]


def test_former_tokens_are_left_alone_when_the_customer_connected_again(
    revoker: Revoker, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    world.holding(a_connection(grant_id=ANOTHER_GRANT))

    revoker.revoke(a_grant(), invocation)

    assert server.requests == []
    assert world.entries == [
        LogEntry(
            connection_id=CONNECTION,
            at=NOW,
            event=Event.REVOCATION_FAILED,
            severity=Severity.WARNING,
            detail="The customer connected again before the former tokens were revoked. They are"
            " left alone, because some providers would end the new consent with them.",
        )
    ]


def test_tokens_are_revoked_while_the_state_still_believes_in_their_grant(
    revoker: Revoker, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    world.holding(a_connection())
    server.answers.extend([done(), done()])

    revoker.revoke(a_grant(), invocation)

    assert len(server.requests) == 2
    assert state(world) == a_connection()


def test_tokens_are_revoked_while_the_state_lags_behind_at_an_older_consent(
    revoker: Revoker, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    world.holding(a_connection())
    server.answers.extend([done(), done()])

    revoker.revoke(a_grant(grant_id=ANOTHER_GRANT), invocation)

    assert len(server.requests) == 2
    assert world.events == [Event.REVOKED]


def test_tokens_of_a_connection_that_is_gone_are_revoked_without_an_entry_in_its_log(
    revoker: Revoker,
    server: ScriptedServer,
    world: World,
    invocation: Invocation,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    world.connections_by_id.clear()
    server.answers.extend([done(), done()])

    revoker.revoke(a_grant(), invocation)

    assert len(server.requests) == 2
    assert world.entries == []
    (record,) = caplog.records
    assert (record.message, vars(record)["connectionId"]) == ("grant-revoked", CONNECTION)


def test_a_revocation_that_fails_for_a_connection_that_is_gone_is_tried_again(
    revoker: Revoker, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    world.connections_by_id.clear()
    server.answers.append(an_answer(None, 503))

    with pytest.raises(Unavailable):
        revoker.revoke(a_grant(), invocation)

    assert world.entries == []


def test_nothing_is_sent_when_it_cannot_be_seen_whether_there_is_a_new_consent(
    revoker: Revoker, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    world.fail("connections.get")

    with pytest.raises(Unavailable, match=r"connections\.get"):
        revoker.revoke(a_grant(), invocation)

    assert (server.requests, world.entries) == ([], [])
