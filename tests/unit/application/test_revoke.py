"""Revoking what was ended here: both tokens, a receipt, and never a new consent."""

import logging
from datetime import timedelta

import pytest

from connections.application.invocation import Invocation
from connections.application.ports import NoAnswer, NotSent
from connections.application.revoke import DELAYS, FIRST_DELAY, Revoker
from connections.domain.errors import Unavailable
from connections.domain.failure import FailureKind
from connections.domain.grant import Grant
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
    an_issuance,
)
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


def a_receipt(
    answered: str = "the refresh token (HTTP 200) and the access token (HTTP 200)",
    verified: str = "Not verified: there is no introspection, or it did not say.",
) -> LogEntry:
    return LogEntry(
        connection_id=CONNECTION,
        at=NOW,
        event=Event.REVOKED,
        severity=Severity.INFO,
        detail=f"The provider confirmed the revocation of {answered}. {verified}",
    )


@pytest.fixture(autouse=True)
def _disconnected_before(world: World) -> None:
    world.holding(a_new_connection())
    world.grants.clear()


def done() -> ServerResponse:
    return an_answer(b"")


def sent(server: ScriptedServer) -> list[tuple[str, str]]:
    """Return which tokens the server was asked to revoke, by their kind."""
    return [
        (str(each.form["token_type_hint"]), str(each.form["token"])) for each in server.requests
    ]


def test_both_tokens_are_revoked_with_the_grants_own_client(
    revoker: Revoker, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    server.answers.extend([done(), done()])

    revoker.revoke(a_grant(), invocation)

    assert sent(server) == [("refresh_token", "refresh-1"), ("access_token", "access-1")]
    assert {request.url for request in server.requests} == {"https://acme.example/revoke"}
    assert [request.form["client_id"] for request in server.requests] == ["the-client"] * 2
    assert server.deadlines == [DEADLINE, DEADLINE]
    assert world.entries == [a_receipt()]


def test_a_grant_without_a_refresh_token_has_its_access_token_revoked(
    revoker: Revoker, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    server.answers.append(done())

    revoker.revoke(a_grant(tokens=a_token_set(refresh_token=None)), invocation)

    assert sent(server) == [("access_token", "access-1")]
    assert world.entries == [a_receipt("the access token (HTTP 200)")]


def test_what_the_server_does_not_know_any_more_counts_as_revoked(
    revoker: Revoker, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    server.answers.extend([refused("invalid_token"), refused("unsupported_token_type")])

    assert revoker.revoke(a_grant(), invocation)

    assert world.entries == [
        a_receipt("the refresh token (HTTP 400) and the access token (HTTP 400)")
    ]


def test_without_a_revocation_endpoint_nothing_is_sent_or_said(
    revoker: Revoker, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    assert not revoker.revoke(a_grant(issuance=without_revocation()), invocation)

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

    assert not revoker.revoke(a_grant(), invocation)

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


def test_what_was_revoked_at_once_is_not_revoked_again(
    revoker: Revoker, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    world.settlements.settle(a_grant(generation=2))

    for generation in (1, 2):
        revoker.revoke_queued(a_grant(generation=generation), invocation, last=False)

    assert (server.requests, world.entries) == ([], [])


@pytest.mark.parametrize(
    "settled", [a_grant(generation=1), a_grant(grant_id=ANOTHER_GRANT, generation=3)]
)
def test_what_was_issued_late_or_for_another_consent_is_revoked_all_the_same(
    revoker: Revoker,
    server: ScriptedServer,
    world: World,
    invocation: Invocation,
    settled: Grant,
) -> None:
    world.settlements.settle(settled)
    server.answers.extend([done(), done()])

    revoker.revoke_queued(a_grant(generation=2), invocation, last=False)

    assert len(server.requests) == 2
    assert world.entries == [a_receipt()]


def test_the_last_try_says_what_is_left_to_do(
    revoker: Revoker,
    server: ScriptedServer,
    world: World,
    invocation: Invocation,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.answers.append(an_answer(None, 503))

    with pytest.raises(Unavailable):
        revoker.revoke_queued(a_grant(), invocation, last=True)

    assert world.entries == [
        LogEntry(
            connection_id=CONNECTION,
            at=NOW,
            event=Event.REVOCATION_FAILED,
            severity=Severity.ERROR,
            detail="The tokens could not be revoked within a day: the revocation endpoint answered"
            " HTTP 503. The customer can end the app's access in the provider's own settings.",
            http_status=503,
        )
    ]
    (record,) = caplog.records
    assert (record.message, record.levelname) == ("revocation-given-up", "ERROR")
    assert vars(record)["connectionId"] == CONNECTION


def test_the_tries_of_the_queue_take_about_a_day_and_grow_apart() -> None:
    assert list(DELAYS) == sorted(DELAYS)
    assert timedelta(hours=20) < FIRST_DELAY + sum(DELAYS, timedelta()) < timedelta(hours=26)
    # A message can be hidden for 12 hours from its receipt, and delayed by 15 minutes.
    assert max(DELAYS) < timedelta(hours=12)
    assert timedelta(seconds=30) < FIRST_DELAY <= timedelta(minutes=15)


INTROSPECTED = an_issuance({}, provider={"introspectUrl": "https://acme.example/introspect"})
INACTIVE = an_answer({"active": False})


def test_a_revocation_is_verified_by_introspection(
    revoker: Revoker, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    server.answers.extend([done(), done(), INACTIVE, INACTIVE])

    assert revoker.revoke(a_grant(issuance=INTROSPECTED), invocation)

    both = [("refresh_token", "refresh-1"), ("access_token", "access-1")]
    assert sent(server) == both * 2
    assert [each.url.rpartition("/")[2] for each in server.requests] == [
        "revoke",
        "revoke",
        "introspect",
        "introspect",
    ]
    verified = "Verified: its introspection says that none of it works any more."
    assert world.entries == [a_receipt(verified=verified)]


@pytest.mark.parametrize(
    "answers",
    [
        [INACTIVE, an_answer(None, 503)],
        [an_answer({}), INACTIVE],
        [NotSent(a_failure())],
        [INACTIVE, NoAnswer(a_failure(FailureKind.UNKNOWN))],
    ],
)
def test_a_revocation_that_introspection_does_not_speak_of_is_confirmed_and_not_verified(
    revoker: Revoker,
    server: ScriptedServer,
    world: World,
    invocation: Invocation,
    answers: list[Answer],
) -> None:
    server.answers.extend([done(), done(), *answers])

    assert revoker.revoke(a_grant(issuance=INTROSPECTED), invocation)

    assert (world.entries, len(server.answers)) == ([a_receipt()], 0)


def test_an_introspection_that_cannot_be_called_does_not_keep_a_revocation_from_counting(
    revoker: Revoker, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    url = "https://{{#clientId}}.acme.example/introspect"
    server.answers.extend([done(), done()])

    issuance = an_issuance({"clientId": "not a host"}, provider={"introspectUrl": url})
    assert revoker.revoke(a_grant(issuance=issuance), invocation)

    assert world.entries == [a_receipt()]


@pytest.mark.parametrize("first", [{"active": False}, {}])
def test_a_token_that_introspection_says_still_works_is_tried_again(
    revoker: Revoker,
    server: ScriptedServer,
    world: World,
    invocation: Invocation,
    first: dict[str, bool],
) -> None:
    server.answers.extend([done(), done(), an_answer(first), an_answer({"active": True})])

    with pytest.raises(Unavailable):
        revoker.revoke(a_grant(issuance=INTROSPECTED), invocation)

    (entry,) = world.entries
    assert (entry.event, entry.http_status) == (Event.REVOCATION_FAILED, 200)
    assert entry.detail == (
        "A token could not be revoked yet: the provider confirmed the revocation, and says that"
        " the token still works. It is tried again."
    )
