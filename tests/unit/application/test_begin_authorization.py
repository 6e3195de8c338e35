"""The way from a link to the authorization server."""

import base64
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from urllib.parse import parse_qsl

import pytest

from connections.application.begin_authorization import AuthorizationBeginner
from connections.application.issuing import inputs_digest, requested_scopes
from connections.domain.caller import Owner
from connections.domain.errors import Unavailable
from connections.domain.flow import Flow
from connections.domain.identifiers import CustomerId
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.oauth.digests import digest
from tests.builders import (
    AUTHORIZATION,
    CONNECTION,
    LINK,
    NOW,
    a_connection,
    a_definition,
    a_new_connection,
    an_issuance,
    some_inputs,
)
from tests.doubles.world import World
from tests.unit.application.flows import OFFER, REDIRECT_URI, VISIT, defined_as
from tests.unit.application.parts import state

STATE = base64.urlsafe_b64encode(b"\x07" * 32).decode().rstrip("=")
VALUES = {"clientId": "the-client", "clientSecret": "the-secret"}
VERIFIER = base64.urlsafe_b64encode(b"\x07" * 48).decode()
CHALLENGE = base64.urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
REQUEST = {
    "response_type": "code",
    "client_id": "the-client",
    "redirect_uri": REDIRECT_URI,
    "scope": "read write",
    "state": STATE,
}


def sent_to(url: str) -> tuple[str, dict[str, str]]:
    """Return where the browser is sent, and with which parameters."""
    address, _, query = url.partition("?")
    return address, dict(parse_qsl(query))


def test_a_browser_is_known_by_264_bits_of_chance(beginner: AuthorizationBeginner) -> None:
    assert base64.urlsafe_b64decode(beginner.new_browser()) == b"\x07" * 33


def test_each_browser_and_each_state_is_another(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    by_chance = AuthorizationBeginner(
        connections=offered.connections,
        flows=offered.flows,
        lapses=offered.lapses,
        landings=beginner.landings,
        logbook=offered.logbook,
        clock=beginner.clock,
        discoverer=beginner.discoverer,
    )
    parameters = [sent_to(by_chance.begin(LINK, "browser", VISIT))[1] for _ in range(2)]

    assert by_chance.new_browser() != by_chance.new_browser()
    assert len({each["state"] for each in parameters}) == 2
    assert len({each["code_challenge"] for each in parameters}) == 2


def test_the_browser_is_sent_to_the_authorization_server(
    beginner: AuthorizationBeginner,
) -> None:
    assert sent_to(beginner.begin(LINK, "the-browser", VISIT)) == (
        "https://acme.example/authorize",
        {**REQUEST, "code_challenge": CHALLENGE, "code_challenge_method": "S256"},
    )


def test_a_flow_is_stored_that_binds_browser_link_and_inputs(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    defined_as(offered, provider={"issuer": "https://acme.example"})

    beginner.begin(LINK, "the-browser", VISIT)

    assert offered.flows_by_digest == {
        digest(STATE): Flow(
            state_digest=digest(STATE),
            browser_digest=digest("the-browser"),
            connection_id=CONNECTION,
            authorization_id=AUTHORIZATION,
            redirect_uri=REDIRECT_URI,
            issuer="https://acme.example",
            code_verifier=VERIFIER,
            issuance=an_issuance(provider={"issuer": "https://acme.example"}),
            expires_at=NOW + timedelta(minutes=10),
        )
    }


def test_a_flow_is_whose_the_connection_is(beginner: AuthorizationBeginner, offered: World) -> None:
    owner = Owner(customer_id=CustomerId("cus_" + "0" * 26), user_id="ada")
    offered.holding(a_new_connection(owner=owner))

    beginner.begin(LINK, "the-browser", VISIT)

    flow = offered.flows_by_digest[digest(STATE)]
    assert isinstance(flow, Flow)
    assert flow.owner == owner


def test_the_link_and_the_connection_stay_as_they_were(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    beginner.begin(LINK, "the-browser", VISIT)

    assert offered.authorizations == {AUTHORIZATION: OFFER}
    assert state(offered) == a_new_connection()


def test_plain_pkce_sends_the_verifier_itself(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    defined_as(offered, oauth2PkceMethod="plain")

    _, parameters = sent_to(beginner.begin(LINK, "the-browser", VISIT))

    assert parameters == {
        **REQUEST,
        "code_challenge": VERIFIER,
        "code_challenge_method": "plain",
    }


def test_without_pkce_there_is_neither_challenge_nor_verifier(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    defined_as(offered, oauth2PkceMethod="none")

    _, parameters = sent_to(beginner.begin(LINK, "the-browser", VISIT))

    assert parameters == REQUEST
    flow = offered.flows_by_digest[digest(STATE)]
    assert isinstance(flow, Flow)
    assert flow.code_verifier is None


def test_the_log_says_that_the_customer_was_sent_away(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    beginner.begin(LINK, "the-browser", VISIT)

    assert offered.calls[-2:] == ["flows.begin", "logbook.write"]
    assert offered.entries == [
        LogEntry(
            connection_id=CONNECTION,
            at=NOW,
            event=Event.AUTHORIZATION_STARTED,
            severity=Severity.INFO,
            detail="The customer was sent to the authorization server. If nothing comes back"
            " within ten minutes, that is said here.",
            authorization_id=AUTHORIZATION,
        )
    ]


def test_who_is_connected_may_connect_again(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    offered.holding(a_connection())

    beginner.begin(LINK, "the-browser", VISIT)

    assert state(offered) == a_connection()
    assert offered.events == [Event.AUTHORIZATION_STARTED]


def test_nobody_is_sent_away_whose_flow_is_not_stored(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    offered.fail("flows.begin")

    with pytest.raises(Unavailable):
        beginner.begin(LINK, "the-browser", VISIT)

    assert offered.entries == []


def test_further_scopes_are_asked_for_and_travel_with_the_flow_alone(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    before = some_inputs(salt="the-salt")
    offered.holding(a_new_connection(), before)
    offered.authorizations[AUTHORIZATION] = replace(OFFER, scopes=("send", "write"))

    _, parameters = sent_to(beginner.begin(LINK, "the-browser", VISIT))

    assert parameters["scope"] == "read write send"
    (flow,) = offered.flows_by_digest.values()
    assert isinstance(flow, Flow)
    assert requested_scopes(flow.issuance) == "read write send"
    assert flow.issuance.inputs_digest == inputs_digest(before)
    assert inputs_digest(before) is not None
    assert offered.inputs_by_id[CONNECTION] == before


def test_further_scopes_are_joined_as_the_server_wants_it(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    definition = a_definition(provider={"scopeSeparator": ","})
    inputs = some_inputs(definition=definition, values={**VALUES, "scopes": "chat:write,users"})
    offered.holding(a_new_connection(), inputs)
    offered.authorizations[AUTHORIZATION] = replace(OFFER, scopes=("users", "files"))

    _, parameters = sent_to(beginner.begin(LINK, "the-browser", VISIT))

    assert parameters["scope"] == "chat:write,users,files"
