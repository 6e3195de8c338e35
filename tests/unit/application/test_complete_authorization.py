"""A flow that ends well: the code exchanged once, the grant stored, and then said."""

from dataclasses import replace
from datetime import timedelta

from connections.application.complete_authorization import AuthorizationCompleter
from connections.application.flow_ports import UsedFlow
from connections.domain.connection import Status, Use, UseOutcome
from connections.domain.log_entry import Event, Severity
from connections.oauth.digests import digest
from tests.builders import (
    AUTHORIZATION,
    CONNECTION,
    GRANT,
    HOUR,
    NOW,
    a_connection,
    a_flow,
    a_grant,
    a_token_set,
    an_issuance,
)
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.flows import (
    CONNECTED,
    CONSENTED,
    OFFER,
    come_back,
    connected,
    entry,
    the_new_grant,
)
from tests.unit.application.parts import (
    CLAIMED,
    DEADLINE,
    SPENDING,
    new_tokens,
    state,
    stored,
)

USED = UsedFlow(connection_id=CONNECTION, authorization_id=AUTHORIZATION)


def test_a_consent_that_came_back_is_stored_as_a_new_grant(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    server.answers.append(new_tokens())

    assert come_back(completer) == CONNECTED

    assert stored(begun) == the_new_grant()
    assert state(begun) == connected()


def test_the_code_is_exchanged_with_the_flows_own_verifier_and_redirect_uri(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    issuance = an_issuance({"clientId": "the-former-client"})
    begun.flows_by_digest[digest("the-state")] = a_flow(issuance=issuance)
    server.answers.append(new_tokens())

    come_back(completer)

    (request,) = server.requests
    assert request.url == "https://acme.example/token"
    assert request.form == {
        "grant_type": "authorization_code",
        "code": "the-code",
        "redirect_uri": "https://oauth2.connections.example/callback",
        "code_verifier": "v" * 64,
        "client_id": "the-former-client",
        "client_secret": "the-secret",
    }
    assert server.deadlines == [DEADLINE]
    assert stored(begun).issuance == issuance


def test_flow_and_link_are_taken_before_the_code_and_the_tokens_stored_before_the_state(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    def exchanged() -> None:
        assert begun.flows_by_digest == {digest("the-state"): USED}
        assert begun.authorizations == {AUTHORIZATION: replace(OFFER, taken=True)}

    server.answers.append(new_tokens())
    begun.meanwhile("tokens.begin", exchanged)

    come_back(completer)

    assert begun.calls == [
        "flows.take",
        "tokens.ready",
        "flows.close",
        "tokens.begin",
        "grants.connected",
        "logbook.write",
        "flows.settle",
    ]


def test_the_log_says_that_it_is_connected(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    server.answers.append(new_tokens())

    come_back(completer)

    assert begun.entries == [
        entry(Event.CONNECTED, Severity.INFO, "The customer consented and the tokens are stored.")
    ]


def test_a_grant_without_a_refresh_token_is_kept_with_a_warning(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    server.answers.append(new_tokens(refresh_token=None))

    assert come_back(completer) == CONNECTED

    assert stored(begun).tokens.refresh_token is None
    assert state(begun).refresh_at == NOW + 2 * HOUR
    assert begun.entries == [
        entry(
            Event.CONNECTED,
            Severity.WARNING,
            "The customer consented and the access token is stored, but there is no refresh token:"
            " it cannot be renewed. If the provider needs it, ask for offline access in the scopes"
            " or in the authorize URL, and connect again.",
        )
    ]


def test_a_grant_is_due_by_the_buffer_of_its_definition(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    issuance = an_issuance(provider={"refreshBuffer": 60})
    begun.flows_by_digest[digest("the-state")] = a_flow(issuance=issuance)
    server.answers.append(new_tokens())

    come_back(completer)

    assert state(begun).refresh_at == NOW + 2 * HOUR - timedelta(minutes=1)


def test_connecting_again_takes_the_former_grants_place_and_overtakes_its_refresh(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    former = a_connection(
        status=Status.DEGRADED,
        failures=2,
        generation=4,
        last_refreshed_at=NOW,
        last_use=Use(at=NOW, outcome=UseOutcome.CONNECTION_ERROR),
        claim=CLAIMED,
        spending=SPENDING,
        fence=6,
    )
    begun.holding(former, grant=a_grant(grant_id=GRANT, generation=4, tokens=a_token_set()))
    server.answers.append(new_tokens())

    come_back(completer)

    assert stored(begun) == the_new_grant()
    assert state(begun) == connected(fence=7)
    assert begun.to_revoke == []


def test_what_the_callback_brought_beside_the_protocol_is_kept_with_the_grant(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    server.answers.append(new_tokens())

    come_back(completer, **CONSENTED, scope="read", realmId="9", location="eu")

    assert stored(begun) == replace(the_new_grant(), context={"realmId": "9", "location": "eu"})


def test_each_grant_has_an_id_of_its_own(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    by_chance = AuthorizationCompleter(
        flows=begun.flows,
        tokens=begun.tokens,
        grants=begun.states,
        revocations=begun.revocations,
        servers=server,
        accounts=completer.accounts,
        log=completer.log,
        clock=completer.clock,
    )
    ids = []

    for name in ("one", "two"):
        begun.flows_by_digest[digest(name)] = a_flow()
        begun.authorizations[AUTHORIZATION] = OFFER
        server.answers.append(new_tokens())
        come_back(by_chance, state=name, code="the-code")
        ids.append(stored(begun).grant_id)

    assert len(set(ids)) == 2
