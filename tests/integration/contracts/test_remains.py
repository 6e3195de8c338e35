"""The contracts of `CustomerRemains` and `MarkedCustomers`: what is a customer's, and no more."""

from collections.abc import Sequence

import pytest

from connections.domain.caller import Owner
from connections.domain.flow import Authorization
from connections.domain.identifiers import AuthorizationId, ConnectionId, CustomerId
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.oauth.digests import digest
from tests.builders import (
    ADA,
    AUTHORIZATION,
    CONNECTION,
    CUSTOMER,
    HOUR,
    NOW,
    a_customer,
    a_flow,
    a_grant,
    a_new_connection,
    an_offer,
    some_inputs,
)
from tests.integration.contracts.ports import Ports

OTHER = CustomerId("cus_00000000000000000000000002")
OTHER_CONNECTION = ConnectionId("con_00000000000000000000000002")
OF_OTHER = Owner(customer_id=OTHER)


@pytest.fixture(autouse=True)
def _customers(ports: Ports) -> None:
    ports.customers.add(a_customer())
    ports.customers.add(a_customer(id=OTHER, external_id="other"))


def connected(ports: Ports, connection_id: ConnectionId, owner: Owner) -> None:
    """Add a connection with all that can be of one."""
    connection = a_new_connection(id=connection_id, owner=owner)
    inputs = some_inputs(connection_id=connection_id)
    assert ports.new_connections.add(connection, inputs)
    ports.tokens.begin(a_grant(connection_id=connection_id))
    for number in range(3):
        ports.logbook.write(
            LogEntry(
                connection_id=connection_id,
                at=NOW,
                event=Event.CREATED,
                severity=Severity.INFO,
                detail=f"Entry {number}.",
            )
        )


def offered(ports: Ports, digit: str, owner: Owner) -> Authorization:
    offer = an_offer(
        id=AuthorizationId("aut_" + digit * 58),
        connection_id=CONNECTION,
        owner=owner,
        expires_at=NOW + HOUR,
    )
    ports.flows.offer(offer)
    return offer


def test_the_customer_is_read_as_it_stands(ports: Ports) -> None:
    ports.customers.deleting(CUSTOMER, NOW)

    assert ports.marked_customers.customer(CUSTOMER) == a_customer(deleting_since=NOW)
    assert ports.marked_customers.customer(CustomerId("cus_" + "0" * 26)) is None


@pytest.mark.parametrize("count", [0, 1, 30])
def test_all_connections_of_the_customer_are_found_and_no_other(ports: Ports, count: int) -> None:
    owned = {ConnectionId(f"con_{number:026}") for number in range(10, 10 + count)}
    for each in owned:
        connected(ports, each, ADA if each.endswith("5") else Owner(customer_id=CUSTOMER))
    connected(ports, CONNECTION, OF_OTHER)
    connected(ports, OTHER_CONNECTION, Owner())
    offered(ports, "1", ADA)
    ports.flows.begin(a_flow(owner=ADA))

    found = list(ports.remains.connections(CUSTOMER))

    assert len(found) == count
    assert set(found) == owned


def test_the_customers_authorizations_and_flows_are_removed_and_counted(ports: Ports) -> None:
    offered(ports, "1", ADA)
    offered(ports, "2", Owner(customer_id=CUSTOMER))
    ports.flows.begin(a_flow(owner=ADA))

    assert ports.remains.remove_flows(CUSTOMER) == 3

    assert ports.flows.offered(AuthorizationId("aut_" + "1" * 58)) is None
    assert ports.flows.offered(AuthorizationId("aut_" + "2" * 58)) is None
    assert ports.flows.take(digest("the-state"), NOW) is None
    assert ports.remains.remove_flows(CUSTOMER) == 0


def test_a_flow_that_was_used_is_removed_too(ports: Ports) -> None:
    ports.flows.begin(a_flow(owner=ADA))
    ports.flows.take(digest("the-state"), NOW)

    assert ports.remains.remove_flows(CUSTOMER) == 1

    assert ports.flows.take(digest("the-state"), NOW) is None


def test_authorizations_and_flows_of_others_stay(ports: Ports) -> None:
    offers: Sequence[Authorization] = [offered(ports, "1", OF_OTHER), offered(ports, "2", Owner())]
    flow = a_flow(owner=OF_OTHER)
    ports.flows.begin(flow)
    ports.flows.begin(a_flow(state_digest=digest("another")))
    ports.flows.take(digest("another"), NOW)

    assert ports.remains.remove_flows(CUSTOMER) == 0

    assert [ports.flows.offered(each.id) for each in offers] == offers
    assert ports.flows.take(digest("the-state"), NOW) == flow
    assert ports.flows.take(digest("another"), NOW) is not None


def test_removing_flows_leaves_connections_and_customer(ports: Ports) -> None:
    connected(ports, CONNECTION, ADA)
    offered(ports, AUTHORIZATION[-1], ADA)

    assert ports.remains.remove_flows(CUSTOMER) == 1

    assert list(ports.remains.connections(CUSTOMER)) == [CONNECTION]
    assert ports.marked_customers.customer(CUSTOMER) == a_customer()


def test_more_flows_than_a_request_holds_are_all_removed(ports: Ports) -> None:
    for number in range(26):
        ports.flows.begin(a_flow(state_digest=digest(f"state {number}"), owner=ADA))

    assert ports.remains.remove_flows(CUSTOMER) == 26
    assert ports.remains.remove_flows(CUSTOMER) == 0


def test_a_removed_connection_is_gone_with_its_log_and_inputs(ports: Ports) -> None:
    connected(ports, CONNECTION, ADA)
    ports.tokens.delete(a_grant())

    ports.connection_remains.remove_connection(CONNECTION)

    assert ports.connections.get(CONNECTION) is None
    assert ports.readings.read(CONNECTION) == (None, None)
    assert ports.logs.page(CONNECTION, limit=10, cursor=None) == ([], None)
    assert list(ports.remains.connections(CUSTOMER)) == []


def test_removing_a_connection_leaves_its_grant_to_whoever_hands_it_over(ports: Ports) -> None:
    connected(ports, CONNECTION, ADA)

    ports.connection_remains.remove_connection(CONNECTION)

    assert ports.tokens.get(CONNECTION) == a_grant()


def test_removing_a_connection_leaves_the_others_as_they_are(ports: Ports) -> None:
    connected(ports, CONNECTION, ADA)
    connected(ports, OTHER_CONNECTION, ADA)

    ports.connection_remains.remove_connection(CONNECTION)

    assert list(ports.remains.connections(CUSTOMER)) == [OTHER_CONNECTION]
    assert ports.connections.with_inputs(OTHER_CONNECTION) == (
        a_new_connection(id=OTHER_CONNECTION, owner=ADA),
        some_inputs(connection_id=OTHER_CONNECTION),
    )
    assert len(ports.logs.page(OTHER_CONNECTION, limit=10, cursor=None)[0]) == 3


def test_a_connection_may_be_removed_again(ports: Ports) -> None:
    connected(ports, CONNECTION, ADA)
    ports.connection_remains.remove_connection(CONNECTION)

    ports.connection_remains.remove_connection(CONNECTION)

    assert ports.connections.get(CONNECTION) is None


def test_a_removed_customer_is_gone_and_its_external_id_free(ports: Ports) -> None:
    ports.customers.deleting(CUSTOMER, NOW)
    ports.marked_customers.remove_customer(a_customer())

    assert ports.customers.get(CUSTOMER) is None
    assert ports.known_customers.by_external_id("acme") is None
    assert ports.customers.get(OTHER) == a_customer(id=OTHER, external_id="other")
    assert ports.customers.add(a_customer(id=CustomerId("cus_" + "3" * 26)))


def test_a_customer_that_is_not_being_deleted_is_not_removed(ports: Ports) -> None:
    ports.marked_customers.remove_customer(a_customer())

    assert ports.customers.get(CUSTOMER) == a_customer()


def test_a_late_removal_leaves_a_new_customer_of_the_same_external_id_alone(ports: Ports) -> None:
    ports.customers.deleting(CUSTOMER, NOW)
    ports.marked_customers.remove_customer(a_customer())
    successor = a_customer(id=CustomerId("cus_" + "3" * 26))
    ports.customers.add(successor)

    ports.marked_customers.remove_customer(a_customer())

    assert ports.customers.get(successor.id) == successor
    assert ports.known_customers.by_external_id("acme") == successor.id


def test_a_customer_may_be_removed_again(ports: Ports) -> None:
    ports.customers.deleting(CUSTOMER, NOW)
    ports.marked_customers.remove_customer(a_customer())

    ports.marked_customers.remove_customer(a_customer())

    assert ports.customers.get(CUSTOMER) is None
