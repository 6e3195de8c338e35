"""The contract of `Flows`: authorizations, and flows that come back once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connections.application.ports import UsedFlow
from connections.domain.caller import Owner
from connections.domain.flow import Flow
from connections.domain.identifiers import AuthorizationId
from connections.oauth.authorization import digest
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
    offer = replace(OFFER, owner=owner, customer_name="Söhne & Co.")
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


def test_a_closed_authorization_is_gone_and_no_other(ports: Ports) -> None:
    other = an_offer(id=OTHER, connection_id=CONNECTION, expires_at=NOW)
    ports.flows.offer(OFFER)
    ports.flows.offer(other)

    ports.flows.close(AUTHORIZATION)

    assert ports.flows.offered(AUTHORIZATION) is None
    assert ports.flows.offered(OTHER) == other


def test_closing_what_is_not_there_changes_nothing(ports: Ports) -> None:
    ports.flows.close(AUTHORIZATION)

    assert ports.flows.offered(AUTHORIZATION) is None


@pytest.mark.parametrize(
    "flow",
    [
        a_flow(),
        a_flow(issuer="https://acme.example", code_verifier=None),
        a_flow(issuance=an_issuance({"extra": ["ü", ""]}, label="Another")),
        a_flow(owner=ADA),
        a_flow(owner=Owner(customer_id=CUSTOMER)),
    ],
    ids=["usual", "issuer and no verifier", "other inputs", "a user's", "a customer's"],
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
