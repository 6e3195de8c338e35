"""The contract of `Deletions`."""

from connections.domain.identifiers import CustomerId
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
