"""Templates when they are used: what was stored is checked again, and nothing hostile is sent."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from connections.application.begin_authorization import AuthorizationBeginner
from connections.application.complete_authorization import AuthorizationCompleter, Completion
from connections.application.disconnect import Disconnecter
from connections.application.invocation import Invocation
from connections.application.read_credentials import CredentialsReader
from connections.application.refresh_now import RefreshNow
from connections.application.refresh_outcome import Result
from connections.application.revoke import Revoker
from connections.domain.caller import Caller
from connections.domain.connection import Reason, Status
from connections.domain.errors import Misconfigured, Unavailable
from connections.domain.flow import Outcome
from connections.domain.grant import Issuance
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.domain.revocation import Revocation
from connections.oauth.digests import digest
from tests.builders import (
    AUTHORIZATION,
    CONNECTION,
    KEY_HOLDER,
    LINK,
    NOW,
    a_flow,
    a_grant,
    an_issuance,
    some_inputs,
)
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.templated import SHOP_VALUES, a_shop_definition
from tests.unit.application.configuring import USER
from tests.unit.application.flows import OFFER, VISIT, come_back, entry
from tests.unit.application.parts import (
    DUE,
    FIRST,
    RUN,
    Refresh,
    issued_earlier,
    new_tokens,
    state,
    stored,
)
from tests.unit.oauth.answers import an_answer

HOSTILE = {**SHOP_VALUES, "shop": "evil.example/"}
BECAUSE = (
    "the value of shop must be a host name or a part of one: letters, digits, hyphens and dots,"
    " without https://, port or path"
)
REMEDY = "Enter another value of shop."
OUTDATED = Issuance(definition={"key": "oauth2"}, values={})


def over_a_shop(**values: Any) -> Issuance:
    return Issuance(definition=a_shop_definition(), values={**SHOP_VALUES, **values})


def holding(world: World, issuance: Issuance) -> None:
    world.inputs_by_id[CONNECTION] = some_inputs(
        definition=issuance.definition, values=issuance.values
    )
    if CONNECTION in world.grants:
        world.grants[CONNECTION] = replace(FIRST, issuance=issuance)
    for key in world.flows_by_digest:
        world.flows_by_digest[key] = a_flow(issuance=issuance)


GOOD = over_a_shop()
BAD = over_a_shop(shop="evil.example/")


def test_the_browser_is_sent_to_the_filled_in_url(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    holding(offered, GOOD)

    assert beginner.confirm(LINK, VISIT).authorize_url == ("https://eu.acme.example/authorize?x=1")
    assert beginner.begin(LINK, "the-browser", VISIT).startswith(
        "https://eu.acme.example/authorize?x=1&response_type=code"
    )


NO_SLOT = (
    "Nothing was sent: the value of tokenUrl must have a slot such as {{#domain}}; without one the"
    " input's type is string. Enter another value of tokenUrl."
)
BROKEN = (
    "Nothing was sent: the definition that the connection was made from breaks a rule. Publish the"
    " component anew, and make the connection again."
)


@pytest.mark.parametrize("step", ["confirm", "begin"])
@pytest.mark.parametrize(
    ("issuance", "words"),
    [
        (BAD, f"Nothing was sent: {BECAUSE}. {REMEDY}"),
        (over_a_shop(tokenUrl="https://acme.example"), NO_SLOT),
        (OUTDATED, BROKEN),
    ],
)
def test_nobody_is_sent_anywhere_by_values_that_do_not_obey(
    beginner: AuthorizationBeginner, offered: World, step: str, issuance: Issuance, words: str
) -> None:
    holding(offered, issuance)
    follow: dict[str, Callable[[], object]] = {
        "confirm": lambda: beginner.confirm(LINK, VISIT),
        "begin": lambda: beginner.begin(LINK, "the-browser", VISIT),
    }

    with pytest.raises(Misconfigured) as refused:
        follow[step]()

    assert str(refused.value) == words
    assert offered.entries == [entry(Event.AUTHORIZATION_FAILED, Severity.ERROR, words)]
    assert (offered.flows_by_digest, offered.authorizations) == ({}, {AUTHORIZATION: OFFER})


def test_the_code_goes_to_the_filled_in_url(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    holding(begun, GOOD)
    server.answers.append(new_tokens())

    assert come_back(completer).error is None

    assert [each.url for each in server.requests] == ["https://eu.acme.example/oauth/token"]


def test_no_code_is_sent_by_values_that_do_not_obey_and_the_link_is_given_back(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    holding(begun, BAD)

    assert come_back(completer) == Completion(error="exchange-failed")

    assert (server.requests, begun.grants) == ([], {})
    words = f"The code could not be exchanged: {BECAUSE}. {REMEDY}"
    assert begun.entries == [entry(Event.AUTHORIZATION_FAILED, Severity.ERROR, words)]
    assert begun.authorizations == {
        AUTHORIZATION: replace(OFFER, outcome=Outcome(error="exchange-failed"))
    }
    assert digest("the-state") in begun.flows_by_digest


def test_a_refresh_token_goes_to_the_filled_in_url(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    holding(world, GOOD)
    server.answers.append(new_tokens())

    assert refresh(DUE).result is Result.REFRESHED

    assert [each.url for each in server.requests] == ["https://eu.acme.example/oauth/token"]


def test_no_refresh_token_is_sent_by_values_that_do_not_obey(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    holding(world, BAD)

    outcome = refresh(DUE)

    assert (outcome.result, outcome.status) == (Result.FAILED, Status.DEGRADED)
    assert server.requests == []
    assert state(world).reason is Reason.OPERATOR_ACTION_REQUIRED
    assert state(world).claim is None
    assert state(world).spending is None
    assert stored(world).generation == 1
    assert world.entries == [
        LogEntry(
            connection_id=CONNECTION,
            at=NOW,
            event=Event.REFRESH_FAILED,
            severity=Severity.WARNING,
            detail=f"The refresh failed: {BECAUSE}. {REMEDY}",
            for_operator=True,
        )
    ]


@pytest.mark.parametrize(
    ("caller", "error", "words"),
    [
        (KEY_HOLDER, Misconfigured, "the value of shop must be a host name"),
        (USER, Unavailable, "cannot be refreshed for now"),
    ],
)
def test_the_organization_that_asks_for_a_refresh_is_told_what_does_not_obey(
    demand: RefreshNow,
    server: ScriptedServer,
    world: World,
    caller: Caller,
    error: type[Exception],
    words: str,
) -> None:
    holding(world, BAD)

    with pytest.raises(error, match=words):
        demand.refresh(CONNECTION, caller, RUN)

    assert server.requests == []


def test_tokens_are_revoked_at_the_filled_in_url(
    revoker: Revoker, server: ScriptedServer, invocation: Invocation
) -> None:
    server.answers.extend([an_answer(b""), an_answer(b"")])

    revoker.revoke(a_grant(issuance=GOOD), invocation)

    assert {each.url for each in server.requests} == {"https://eu.acme.example/revoke"}


@pytest.mark.parametrize(
    ("issuance", "because"),
    [(BAD, BECAUSE), (OUTDATED, "the definition that the connection was made from breaks a rule")],
)
def test_no_token_is_sent_to_be_revoked_by_values_that_do_not_obey(
    revoker: Revoker,
    server: ScriptedServer,
    world: World,
    invocation: Invocation,
    issuance: Issuance,
    because: str,
) -> None:
    revoker.revoke(a_grant(issuance=issuance), invocation)

    assert server.requests == []
    assert world.entries == [
        LogEntry(
            connection_id=CONNECTION,
            at=NOW,
            event=Event.REVOCATION_FAILED,
            severity=Severity.ERROR,
            detail=f"The tokens could not be revoked: {because}. The customer can end the app's"
            " access in the provider's own settings.",
        )
    ]


@pytest.mark.parametrize(
    ("issuance", "revocation"), [(GOOD, Revocation.REVOKED), (BAD, Revocation.NOT_SUPPORTED)]
)
def test_whatever_the_values_a_connection_can_be_disconnected(
    disconnecter: Disconnecter, world: World, issuance: Issuance, revocation: Revocation
) -> None:
    holding(world, issuance)

    assert disconnecter.disconnect(CONNECTION, RUN) is revocation

    assert [each.issuance for each in world.to_revoke] == [issuance]
    assert world.grants == {}


def test_credentials_have_the_templates_filled_in(reader: CredentialsReader, world: World) -> None:
    holding(world, GOOD)

    fields = reader.read(CONNECTION, NOW - NOW, RUN).fields

    assert (fields["tokenUrl"], fields["shop"]) == ("https://eu.acme.example/oauth/token", "eu")


@pytest.mark.parametrize("oauth", [True, False])
def test_no_credentials_lead_to_where_values_that_do_not_obey_point(
    reader: CredentialsReader, world: World, *, oauth: bool
) -> None:
    holding(world, BAD)
    if not oauth:
        definition = {**a_shop_definition()}
        del definition["oauth2Type"]
        holding(world, Issuance(definition=definition, values=HOSTILE))

    with pytest.raises(Misconfigured, match="the value of shop must be a host name"):
        reader.read(CONNECTION, NOW - NOW, RUN)


def test_no_credentials_are_read_by_a_definition_that_breaks_a_rule(
    reader: CredentialsReader, world: World
) -> None:
    holding(world, OUTDATED)

    with pytest.raises(Misconfigured, match="breaks a rule"):
        reader.read(CONNECTION, NOW - NOW, RUN)


def test_an_issuance_without_templates_is_not_touched(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    holding(world, an_issuance({"tokenUrl": "https://x.example/{{#shop}}"}))
    world.grants[CONNECTION] = replace(stored(world), tokens=issued_earlier())
    server.answers.append(new_tokens())

    refresh(DUE)

    assert [each.url for each in server.requests] == ["https://x.example/{{#shop}}"]
