"""The contract of `Flows`: authorizations, and flows that come back once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connections.application.flow_ports import UsedFlow
from connections.domain.caller import Owner
from connections.domain.flow import Flow, Landing, LapsedFlow, Outcome
from connections.domain.grant import Account
from connections.domain.identifiers import AuthorizationId
from connections.oauth.digests import digest
from tests.builders import (
    ADA,
    AUTHORIZATION,
    CONNECTION,
    CUSTOMER,
    HOUR,
    NOW,
    a_flow,
    an_issuance,
    an_offer,
)
from tests.integration.contracts.ports import Ports

OFFER = an_offer(id=AUTHORIZATION, connection_id=CONNECTION, expires_at=NOW + HOUR)
OTHER = AuthorizationId("aut_" + "1" * 58)


def test_an_authorization_is_read_back_as_it_was_offered(ports: Ports) -> None:
    ports.flows.offer(OFFER)

    assert ports.flows.offered(AUTHORIZATION) == OFFER
    assert ports.flows.offered(OTHER) is None


@pytest.mark.parametrize("owner", [ADA, Owner(customer_id=CUSTOMER)], ids=["user", "customer"])
def test_an_authorization_keeps_whose_connection_it_is_for(ports: Ports, owner: Owner) -> None:
    offer = replace(OFFER, owner=owner, customer_name="Söhne & Co.", confirm=False)
    ports.flows.offer(offer)

    assert ports.flows.offered(AUTHORIZATION) == offer
    assert ports.flows.close(AUTHORIZATION) == offer


def test_an_authorization_is_closed_once_and_told_to_who_closed_it(ports: Ports) -> None:
    ports.flows.offer(OFFER)

    assert ports.flows.close(AUTHORIZATION) == OFFER
    assert ports.flows.close(AUTHORIZATION) is None


def test_an_authorization_may_be_read_often(ports: Ports) -> None:
    ports.flows.offer(OFFER)
    ports.flows.offered(AUTHORIZATION)

    assert ports.flows.offered(AUTHORIZATION) == OFFER


def test_a_closed_authorization_is_taken_and_no_other(ports: Ports) -> None:
    other = an_offer(id=OTHER, connection_id=CONNECTION, expires_at=NOW)
    ports.flows.offer(OFFER)
    ports.flows.offer(other)

    ports.flows.close(AUTHORIZATION)

    assert ports.flows.offered(AUTHORIZATION) == replace(OFFER, taken=True)
    assert ports.flows.offered(OTHER) == other
    assert ports.flows.close(OTHER) == other


@pytest.mark.parametrize("outcome", [None, Outcome(), Outcome(error="exchange-failed")])
def test_an_authorization_that_is_offered_again_can_be_taken_again(
    ports: Ports, outcome: Outcome | None
) -> None:
    ports.flows.offer(OFFER)
    ports.flows.close(AUTHORIZATION)
    again = replace(OFFER, outcome=outcome, return_url="https://app.example/?tab=1")
    ports.flows.offer(again)

    assert ports.flows.offered(AUTHORIZATION) == again
    assert ports.flows.close(AUTHORIZATION) == again


def test_how_a_flow_ended_is_kept_and_a_success_stays(ports: Ports) -> None:
    refused, lapsed = Outcome(error="consent-refused"), Outcome(error="authorization-expired")
    ports.flows.offer(OFFER)

    for outcome in (refused, lapsed, Outcome()):
        assert ports.flows.settle(AUTHORIZATION, outcome)
        assert ports.flows.offered(AUTHORIZATION) == replace(OFFER, outcome=outcome)
    for late in (refused, Outcome()):
        assert not ports.lapses.settle(AUTHORIZATION, late)
    assert ports.flows.offered(AUTHORIZATION) == replace(OFFER, outcome=Outcome())


def test_of_an_authorization_that_is_not_there_nothing_is_kept(ports: Ports) -> None:
    assert not ports.flows.settle(AUTHORIZATION, Outcome())
    assert ports.flows.offered(AUTHORIZATION) is None


def test_a_flow_from_which_nobody_came_back_lapses_once(ports: Ports) -> None:
    ports.flows.begin(a_flow())
    lapsed = LapsedFlow(
        connection_id=CONNECTION,
        authorization_id=AUTHORIZATION,
        redirect_uri=a_flow().redirect_uri,
    )
    end, the_state = a_flow().expires_at, digest("the-state")

    assert ports.lapses.lapse(the_state, end - timedelta(microseconds=1)) is None
    assert ports.lapses.lapse(the_state, end) == lapsed
    assert ports.lapses.lapse(the_state, end) is None
    assert ports.flows.take(the_state, end) == a_flow()


def test_a_flow_that_came_back_or_never_began_does_not_lapse(ports: Ports) -> None:
    ports.flows.begin(a_flow())
    ports.flows.take(digest("the-state"), NOW)
    end = a_flow().expires_at

    assert ports.lapses.lapse(digest("the-state"), end) is None
    assert ports.lapses.lapse(digest("another"), end) is None
    assert ports.flows.take(digest("another"), end) is None


def test_closing_what_is_not_there_changes_nothing(ports: Ports) -> None:
    ports.flows.close(AUTHORIZATION)

    assert ports.flows.offered(AUTHORIZATION) is None


@pytest.mark.parametrize(
    "flow",
    [
        a_flow(),
        a_flow(issuer="https://acme.example", code_verifier=None),
        a_flow(issuance=an_issuance({"extra": ["ü", ""]}, label="Another")),
        a_flow(account=Account(id="ü", name="Ada"), reconnects=True),
        a_flow(
            issuance=replace(an_issuance(), metadata={"issuer": "https://a", "issPromised": True})
        ),
        a_flow(owner=ADA),
        a_flow(owner=Owner(customer_id=CUSTOMER)),
        a_flow(
            landing=Landing(
                success_uri="https://a.example/?ü",
                failure_uri="https://b.example",
                parameters={"id": "con_1", "instanceName": "Söhne & Co."},
            )
        ),
    ],
    ids=[
        "usual",
        "issuer and no verifier",
        "other inputs",
        "an account",
        "what the server said",
        "a user's",
        "a customer's",
        "landing",
    ],
)
def test_a_flow_is_taken_as_it_was_begun(ports: Ports, flow: Flow) -> None:
    ports.flows.begin(flow)

    assert ports.flows.take(digest("the-state"), NOW) == flow


def test_a_flow_is_taken_once(ports: Ports) -> None:
    ports.flows.begin(a_flow())
    ports.flows.take(digest("the-state"), NOW)

    used = UsedFlow(connection_id=CONNECTION, authorization_id=AUTHORIZATION)
    assert ports.flows.take(digest("the-state"), NOW) == used
    assert ports.flows.take(digest("the-state"), NOW) == used


def test_an_expired_flow_is_taken_all_the_same(ports: Ports) -> None:
    ports.flows.begin(a_flow())

    assert ports.flows.take(digest("the-state"), NOW + timedelta(days=1)) == a_flow()


def test_a_flow_that_was_never_begun_is_not_there(ports: Ports) -> None:
    ports.flows.begin(a_flow())

    assert ports.flows.take(digest("another"), NOW) is None
    assert ports.flows.take(digest("another"), NOW) is None
    assert ports.flows.take(digest("the-state"), NOW) == a_flow()


def test_an_authorization_keeps_the_scopes_that_are_asked_for_beside(ports: Ports) -> None:
    offer = replace(OFFER, scopes=("b", "a,c"))
    ports.flows.offer(offer)

    assert ports.flows.offered(AUTHORIZATION) == offer
    assert ports.flows.close(AUTHORIZATION) == offer
