"""A code that could not be exchanged: said with what to do, and the link works again."""

from dataclasses import replace

import pytest

from connections.application.complete_authorization import AuthorizationCompleter, Completion
from connections.application.flow_ports import UsedFlow
from connections.application.ports import NoAnswer, NotSent
from connections.domain.failure import FailureKind
from connections.domain.flow import Outcome
from connections.domain.log_entry import Event, Severity
from connections.oauth.digests import digest
from tests.builders import AUTHORIZATION, CONNECTION, a_connection, a_failure, a_flow, a_grant
from tests.doubles.servers import Answer, ScriptedServer
from tests.doubles.world import World
from tests.unit.application.flows import OFFER, come_back, entry
from tests.unit.application.parts import new_tokens, refused, state, stored
from tests.unit.oauth.answers import an_answer

FAILURES = [
    pytest.param(
        refused("invalid_grant"),
        (400, "invalid_grant"),
        "The code could not be exchanged: the authorization server ended the grant. The code had"
        " expired or was used; press CONNECT again. If it happens every time, check the redirect"
        " URI and the client id that are registered with the app.",
        id="code refused",
    ),
    pytest.param(
        refused("invalid_client", 401),
        (401, "invalid_client"),
        "The code could not be exchanged: the authorization server refused the app. Check the"
        " client id and the client secret, then press CONNECT again.",
        id="app refused",
    ),
    pytest.param(
        an_answer(None, 503),
        (503, None),
        "The code could not be exchanged: the token endpoint failed (HTTP 503). If it happens every"
        " time, check the token URL; else wait a little and press CONNECT again.",
        id="down",
    ),
    pytest.param(
        NotSent(a_failure(explanation="the server could not be reached")),
        (None, None),
        "The code could not be exchanged: the server could not be reached. If it happens every"
        " time, check the token URL; else wait a little and press CONNECT again.",
        id="not sent",
    ),
    pytest.param(
        NoAnswer(a_failure(FailureKind.UNKNOWN, explanation="the server did not answer in time")),
        (None, None),
        "The code could not be exchanged: the server did not answer in time. Check the token URL,"
        " then press CONNECT again.",
        id="not answered",
    ),
]


@pytest.mark.parametrize(("answer", "evidence", "detail"), FAILURES)
def test_a_failed_exchange_leaves_the_former_grant_and_says_what_to_do(
    completer: AuthorizationCompleter,
    server: ScriptedServer,
    begun: World,
    answer: Answer,
    evidence: tuple[int | None, str | None],
    detail: str,
) -> None:
    begun.holding(a_connection(), grant=a_grant())
    server.answers.append(answer)

    assert come_back(completer) == Completion(error="exchange-failed")

    http_status, provider_error = evidence
    assert begun.entries == [
        entry(
            Event.AUTHORIZATION_FAILED,
            Severity.ERROR,
            detail,
            http_status=http_status,
            provider_error=provider_error,
        )
    ]
    assert (state(begun), stored(begun)) == (a_connection(), a_grant())
    assert len(server.requests) == 1


def test_a_failed_exchange_uses_up_the_flow_and_gives_the_link_back(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    server.answers.append(refused("invalid_grant"))

    come_back(completer)

    failed = replace(OFFER, outcome=Outcome(error="exchange-failed"))
    assert begun.authorizations == {AUTHORIZATION: failed}
    assert begun.flows_by_digest == {
        digest("the-state"): UsedFlow(connection_id=CONNECTION, authorization_id=AUTHORIZATION)
    }


def test_after_a_failed_exchange_the_same_link_connects(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    following = a_flow(state_digest=digest("the-next"))
    begun.flows_by_digest[digest("the-next")] = following
    server.answers.extend([an_answer(None, 503), new_tokens()])

    come_back(completer)

    completion = come_back(completer, state="the-next", code="the-next-code")

    assert completion == Completion(flow=following)
    assert begun.events == [Event.AUTHORIZATION_FAILED, Event.CONNECTED]
