"""The contract of `Deletions`."""

from connections.domain.identifiers import ConnectionId, CustomerId, InstanceId
from tests.builders import CUSTOMER
from tests.integration.contracts.ports import Ports

OTHER = CustomerId("cus_00000000000000000000000002")


def test_a_customer_to_be_deleted_arrives(ports: Ports) -> None:
    ports.deletions.send(CUSTOMER)

    assert ports.deletion_messages() == [CUSTOMER]


def test_every_customer_gets_a_message(ports: Ports) -> None:
    ports.deletions.send(CUSTOMER)
    ports.deletions.send(OTHER)

    assert set(ports.deletion_messages()) == {CUSTOMER, OTHER}


def test_connections_and_instances_arrive_as_what_they_are(ports: Ports) -> None:
    connection, instance = ConnectionId("con_" + "1" * 26), InstanceId("ins_" + "1" * 26)
    ports.deletions.send_connection(connection)
    ports.deletions.send_instance(instance)

    assert set(ports.deletion_messages()) == {connection, instance}
