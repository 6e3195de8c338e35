"""A callback that is not followed: no code is exchanged, and the log says why."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connections.application.complete_authorization import AuthorizationCompleter, Completion
from connections.domain.flow import Outcome
from connections.domain.log_entry import Event, Severity
from connections.oauth.digests import digest
from tests.builders import AUTHORIZATION, NOW, a_connection, a_flow, a_grant, a_new_connection
from tests.doubles.clock import ManualClock
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.flows import BROWSER, CONSENTED, OFFER, come_back, entry
from tests.unit.application.parts import RUN, new_tokens, state, stored


@pytest.fixture(autouse=True)
def _of_a_known_issuer(begun: World) -> None:
    begun.flows_by_digest[digest("the-state")] = a_flow(issuer="https://acme.example")


@pytest.mark.parametrize(
    ("raw_query", "code"),
    [
        ("", "state-missing"),
        ("code=the-code", "state-missing"),
        ("state=the-state&code=a&code=b", "repeated-parameter"),
        ("state=the-state&code=" + "c" * 8192, "callback-too-large"),
    ],
)
def test_a_callback_that_breaks_the_form_takes_no_flow(
    completer: AuthorizationCompleter, begun: World, raw_query: str, code: str
) -> None:
    assert completer.complete(raw_query, BROWSER, RUN) == Completion(error=code)

    assert (begun.calls, begun.entries) == ([], [])


def test_a_state_that_nobody_made_is_refused(
    completer: AuthorizationCompleter, begun: World
) -> None:
    assert come_back(completer, state="made-up", code="c") == Completion(error="unknown-state")

    assert begun.calls == ["flows.take"]


REJECTED = [
    pytest.param(
        CONSENTED,
        "another-browser",
        "other-browser",
        "The authorization began in another browser. Open the link and press CONNECT in the"
        " browser in which you consent, with cookies allowed.",
        id="another browser",
    ),
    pytest.param(
        CONSENTED,
        None,
        "other-browser",
        "The authorization began in another browser. Open the link and press CONNECT in the"
        " browser in which you consent, with cookies allowed.",
        id="no cookie",
    ),
    pytest.param(
        {**CONSENTED, "iss": "https://evil.example"},
        BROWSER,
        "issuer-mismatch",
        "Another authorization server answered than the one that was asked. Check the issuer in"
        " the connection definition; if it is right, do not connect.",
        id="another issuer",
    ),
    pytest.param(
        {**CONSENTED, "error": "access_denied"},
        BROWSER,
        "code-and-error",
        "The authorization server answered with a code and an error at once.",
        id="code and error",
    ),
    pytest.param(
        {"state": "the-state"},
        BROWSER,
        "code-missing",
        "The authorization server answered without a code. Check the authorize URL.",
        id="no code",
    ),
]


@pytest.mark.parametrize(("parameters", "browser", "code", "detail"), REJECTED)
def test_a_callback_that_breaks_a_rule_takes_the_flow_and_leaves_the_link(
    completer: AuthorizationCompleter,
    begun: World,
    server: ScriptedServer,
    parameters: dict[str, str],
    browser: str | None,
    code: str,
    detail: str,
) -> None:
    completion = come_back(completer, browser, **parameters)

    assert completion == Completion(error=code)
    assert begun.entries == [entry(Event.CALLBACK_REJECTED, Severity.WARNING, detail)]
    assert begun.calls == ["flows.take", "logbook.write", "flows.settle"]
    assert begun.authorizations == {AUTHORIZATION: replace(OFFER, outcome=Outcome(error=code))}
    assert (server.requests, state(begun)) == ([], a_new_connection())


def test_a_callback_that_comes_too_late_is_refused(
    completer: AuthorizationCompleter, begun: World, server: ScriptedServer, clock: ManualClock
) -> None:
    clock.advance(timedelta(minutes=10))

    assert come_back(completer) == Completion(error="flow-expired")

    late = entry(
        Event.CALLBACK_REJECTED,
        Severity.WARNING,
        "The consent took longer than ten minutes. Press CONNECT again.",
    )
    assert begun.entries == [replace(late, at=NOW + timedelta(minutes=10))]
    assert server.requests == []


def test_a_replayed_callback_is_refused_and_keeps_what_the_first_one_brought(
    completer: AuthorizationCompleter, begun: World, server: ScriptedServer
) -> None:
    server.answers.append(new_tokens())
    come_back(completer)
    connected = (state(begun), stored(begun))

    assert come_back(completer) == Completion(error="flow-used")

    assert (state(begun), stored(begun)) == connected
    assert len(server.requests) == 1
    assert begun.entries[1:] == [
        entry(
            Event.CALLBACK_REJECTED,
            Severity.WARNING,
            "This authorization response was used before. If the connection is not connected,"
            " press CONNECT again.",
        )
    ]


def test_of_two_who_began_under_one_link_the_second_does_not_connect(
    completer: AuthorizationCompleter, begun: World, server: ScriptedServer
) -> None:
    begun.flows_by_digest[digest("another-state")] = a_flow(state_digest=digest("another-state"))
    server.answers.append(new_tokens())
    come_back(completer, state="another-state", code="another-code")
    connected = (state(begun), stored(begun))

    assert come_back(completer) == Completion(error="link-used")

    assert (state(begun), stored(begun)) == connected
    assert [request.form["code"] for request in server.requests] == ["another-code"]
    assert begun.entries[1:] == [
        entry(
            Event.CALLBACK_REJECTED,
            Severity.WARNING,
            "The link under which this began was used meanwhile. If the connection is not connected"
            " as it should be, ask for a new link.",
        )
    ]


REFUSALS = [
    pytest.param(
        "access_denied",
        "consent-refused",
        entry(
            Event.AUTHORIZATION_REFUSED,
            Severity.WARNING,
            "The customer refused consent. Press CONNECT again to give it.",
            provider_error="access_denied",
        ),
        id="by the customer",
    ),
    pytest.param(
        "unauthorized_client",
        "authorization-failed",
        entry(
            Event.AUTHORIZATION_FAILED,
            Severity.ERROR,
            "The authorization server refused the request. Check the client id, the scopes and the"
            " redirect URI that are registered with the app.",
            provider_error="unauthorized_client",
        ),
        id="by the server",
    ),
    pytest.param(
        "invalid_scope",
        "scope-refused",
        entry(
            Event.AUTHORIZATION_FAILED,
            Severity.ERROR,
            "The authorization server refused the scopes. Check how they are written, and that the"
            " app which is registered there may ask for them; then press CONNECT again.",
            provider_error="invalid_scope",
        ),
        id="for its scopes",
    ),
    *(
        pytest.param(
            error,
            "server-failed",
            entry(
                Event.AUTHORIZATION_FAILED,
                Severity.ERROR,
                "The authorization server is out of order for now. Wait a little and press CONNECT"
                " again.",
                provider_error=error,
            ),
            id=error,
        )
        for error in ("server_error", "temporarily_unavailable")
    ),
    pytest.param(
        "<script>",
        "authorization-failed",
        entry(
            Event.AUTHORIZATION_FAILED,
            Severity.ERROR,
            "The authorization server refused the request. Check the client id, the scopes and the"
            " redirect URI that are registered with the app.",
            provider_error="unknown_error",
        ),
        id="by something else",
    ),
]


@pytest.mark.parametrize(("error", "code", "logged"), REFUSALS)
def test_a_refused_consent_leaves_the_former_grant_and_the_link_as_they_were(
    completer: AuthorizationCompleter,
    begun: World,
    server: ScriptedServer,
    error: str,
    code: str,
    logged: object,
) -> None:
    begun.holding(a_connection(), grant=a_grant())

    assert come_back(completer, state="the-state", error=error) == Completion(error=code)

    assert (state(begun), stored(begun)) == (a_connection(), a_grant())
    assert begun.authorizations == {AUTHORIZATION: replace(OFFER, outcome=Outcome(error=code))}
    assert begun.entries == [logged]
    assert server.requests == []
