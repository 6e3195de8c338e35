"""Whose consent it is: kept with the grant, and compared when somebody connects again."""

from dataclasses import replace
from typing import Any

import pytest

from connections.application.complete_authorization import AuthorizationCompleter
from connections.application.remedies import ACCOUNT_CHANGED, CONNECTED, REJECTIONS
from connections.domain.flow import Flow
from connections.domain.grant import Account
from connections.domain.log_entry import Event, Severity
from connections.oauth.authorization import nonce
from connections.oauth.digests import digest
from tests.builders import AUTHORIZATION, CONNECTION, a_flow, a_grant, a_token_set, an_issuance
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.flows import come_back, entry
from tests.unit.application.parts import state
from tests.unit.oauth.answers import an_answer
from tests.unit.oauth.test_id_token import an_id_token

ADA, EVE = Account(id="ada", name="Ada"), Account(id="eve")
REPORTED = {"accountFrom": {"id": "user.id", "name": "user.name"}}
REFUSED = {"accountFrom": {**REPORTED["accountFrom"], "otherAccount": "refuse"}}


def the_flow(world: World) -> Flow:
    flow = world.flows_by_digest[digest("the-state")]
    assert isinstance(flow, Flow)
    return flow


def a_consent(world: World, server: ScriptedServer, account: Account | None, **facts: Any) -> None:
    """Let the flow come back with tokens of the consent of an account."""
    flow = the_flow(world)
    world.flows_by_digest[digest("the-state")] = replace(flow, issuance=an_issuance(provider=facts))
    told = {"user": {"id": account.id, "name": account.name}} if account else {}
    server.answers.append(
        an_answer({"access_token": "access-9", "refresh_token": "refresh-9", **told})
    )


def connected_before_by(world: World, account: Account | None) -> None:
    world.flows_by_digest[digest("the-state")] = a_flow(account=account, reconnects=True)


def test_the_account_is_kept_with_the_grant_and_shown(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    a_consent(begun, server, ADA, **REPORTED)

    assert come_back(completer).error is None

    assert begun.grants[CONNECTION].account == ADA
    assert state(begun).account == ADA


@pytest.mark.parametrize(
    ("before", "now"), [(None, EVE), (ADA, ADA), (ADA, Account(id="ada", name="Countess"))]
)
@pytest.mark.parametrize("facts", [REPORTED, REFUSED], ids=["reported", "refused"])
def test_an_account_that_is_not_known_to_be_another_is_no_news(
    completer: AuthorizationCompleter,
    server: ScriptedServer,
    begun: World,
    before: Account | None,
    now: Account,
    facts: dict[str, Any],
) -> None:
    connected_before_by(begun, before)
    a_consent(begun, server, now, **facts)

    assert come_back(completer).error is None

    assert begun.entries[-1:] == [entry(Event.CONNECTED, Severity.INFO, CONNECTED)]
    assert Event.ACCOUNT_CHANGED not in [each.event for each in begun.entries]


@pytest.mark.parametrize(("facts", "error"), [(REPORTED, None), (REFUSED, "other-account")])
def test_where_another_account_is_refused_so_is_one_that_nobody_tells(
    completer: AuthorizationCompleter,
    server: ScriptedServer,
    begun: World,
    facts: dict[str, Any],
    error: str | None,
) -> None:
    connected_before_by(begun, ADA)
    a_consent(begun, server, None, **facts)

    assert come_back(completer).error == error
    # It may be the former account's, and some servers would end that grant with it.
    assert begun.to_revoke == []
    assert Event.ACCOUNT_CHANGED not in [each.event for each in begun.entries]


def test_another_account_is_connected_and_reported(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    connected_before_by(begun, ADA)
    a_consent(begun, server, EVE, **REPORTED)

    assert come_back(completer).error is None

    assert begun.entries[-2:] == [
        entry(Event.ACCOUNT_CHANGED, Severity.WARNING, ACCOUNT_CHANGED),
        entry(Event.CONNECTED, Severity.INFO, CONNECTED),
    ]
    assert state(begun).account == EVE


def test_another_account_can_be_refused_and_the_former_grant_goes_on(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    connected_before_by(begun, ADA)
    before = (begun.grants.copy(), state(begun))
    a_consent(begun, server, EVE, **REFUSED)

    assert come_back(completer).error == "other-account"

    assert (begun.grants, state(begun)) == before
    assert begun.entries[-1] == entry(
        Event.AUTHORIZATION_FAILED, Severity.ERROR, REJECTIONS["other-account"]
    )
    (unwanted,) = begun.to_revoke
    assert unwanted.tokens.refresh_token == "refresh-9"
    assert not begun.authorizations[AUTHORIZATION].taken


def test_without_a_revocation_endpoint_an_unwanted_grant_is_left(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    connected_before_by(begun, ADA)
    a_consent(begun, server, EVE, **REFUSED)
    flow = the_flow(begun)
    definition = {**flow.issuance.definition, "inputs": dict(flow.issuance.definition["inputs"])}
    del definition["inputs"]["revokeUrl"]
    begun.flows_by_digest[digest("the-state")] = replace(
        flow, issuance=replace(flow.issuance, definition=definition)
    )

    assert come_back(completer).error == "other-account"
    assert begun.to_revoke == []


@pytest.mark.parametrize("reconnects", [False, True])
@pytest.mark.parametrize(
    ("claims", "error"),
    [
        ({}, None),
        ({"nonce": nonce("another-state")}, "id-token-rejected"),
        ({"aud": "another-client"}, "id-token-rejected"),
    ],
)
def test_the_id_token_must_be_of_this_flow(
    completer: AuthorizationCompleter,
    server: ScriptedServer,
    begun: World,
    claims: dict[str, Any],
    error: str | None,
    reconnects: bool,
) -> None:
    issuance = an_issuance({"scopes": "openid"})
    begun.flows_by_digest[digest("the-state")] = a_flow(issuance=issuance, reconnects=reconnects)
    token = an_id_token(**claims)
    server.answers.append(an_answer({"access_token": "access-9", "id_token": token}))

    assert come_back(completer).error == error

    if error:
        assert begun.entries[-1].detail.startswith(REJECTIONS[error])
        assert "It is " in begun.entries[-1].detail
        assert len(begun.to_revoke) == (0 if reconnects else 1)


def test_a_refresh_keeps_the_account() -> None:
    grant = a_grant(account=ADA)
    assert grant.succeeded_by(a_token_set(refresh_token="refresh-2")).account == ADA
