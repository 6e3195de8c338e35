"""What is left of instances and integrations, for who deletes a customer with all it has."""

from datetime import timedelta

import pytest

from connections.adapters.customer_remains import DynamoCustomerRemains
from connections.adapters.customers_table import DynamoCustomers
from connections.adapters.held_parts import HeldParts
from connections.adapters.instances_table import DynamoInstances
from connections.adapters.integrations_table import DynamoIntegrations
from connections.adapters.marked_instances import DynamoMarkedInstances
from connections.adapters.user_connections_table import DynamoUserConnections
from connections.domain.caller import Owner
from connections.domain.identifiers import ConnectionId, InstanceId, IntegrationId, VariableId
from connections.domain.instance import HeldVariable, Instance, UserVariables
from connections.domain.integration import Draft, Integration
from tests.builders import CUSTOMER, NOW, a_customer, a_new_connection, some_inputs
from tests.integration.aws import Aws
from tests.integration.storage.conftest import Adapters

INSTANCE, GONE = InstanceId("ins_" + "1" * 26), InstanceId("ins_" + "9" * 26)
INTEGRATION = IntegrationId("int_" + "1" * 26)
HELD = ConnectionId("con_" + "1" * 26)
OF_CUSTOMER = Owner(customer_id=CUSTOMER)
AN_INSTANCE = Instance(
    id=INSTANCE,
    name="Acme",
    owner=OF_CUSTOMER,
    integration_id=INTEGRATION,
    version=1,
    variables=(
        HeldVariable(id=VariableId("var_1"), key="A", level="instance", connection_id=HELD),
    ),
    created_at=NOW,
    updated_at=NOW,
)


@pytest.fixture
def marked(adapters: Adapters) -> DynamoMarkedInstances:
    """An instance of a customer's integration, with a connection and a user."""
    aws = adapters.aws
    client, definitions = aws.dynamodb, aws.names["Definitions"]
    DynamoCustomers(client, definitions).add(a_customer())
    integration = Integration(
        id=INTEGRATION, owner=OF_CUSTOMER, name="Acme", created_at=NOW, updated_at=NOW
    )
    sealer = adapters.sealer
    DynamoIntegrations(client, definitions, sealer).add(integration, Draft(document={}))
    parts = HeldParts(aws.names["Connections"], sealer)
    made = [(a_new_connection(id=HELD), some_inputs(connection_id=HELD))]
    assert DynamoInstances(client, definitions, parts).add(AN_INSTANCE, made)
    users = DynamoUserConnections(client, definitions, parts)
    for user in ("ada", "bob"):
        variables = UserVariables(instance_id=INSTANCE, user_id=user, version=1, revision=1)
        assert users.saved(variables)
    return DynamoMarkedInstances(client, definitions)


@pytest.fixture
def remains(aws: Aws) -> DynamoCustomerRemains:
    return DynamoCustomerRemains(aws.dynamodb, aws.names["Connections"], aws.names["Definitions"])


def test_an_instance_is_marked_once(marked: DynamoMarkedInstances) -> None:
    marked.mark_instance(INSTANCE, NOW)
    marked.mark_instance(INSTANCE, NOW + timedelta(hours=1))
    marked.mark_instance(GONE, NOW)

    found = marked.instance(INSTANCE)
    assert found is not None
    assert found.deleting_since == NOW
    assert marked.instance(GONE) is None


def test_what_the_users_have_is_found_and_goes_with_the_instance(
    marked: DynamoMarkedInstances, aws: Aws, requests: list[str]
) -> None:
    assert [each.user_id for each in marked.users(INSTANCE)] == ["ada", "bob"]
    requests.clear()

    marked.remove_instance(AN_INSTANCE)

    assert requests == ["Query"] + ["BatchWriteItem"] * 3
    assert marked.instance(INSTANCE) is None
    left = [item for item in aws.items("Definitions") if INSTANCE in str(item)]
    assert left == []


def test_instances_and_integrations_of_a_customer_are_found(
    marked: DynamoMarkedInstances, remains: DynamoCustomerRemains
) -> None:
    assert list(remains.instances(CUSTOMER)) == [INSTANCE]
    assert list(remains.integrations(CUSTOMER)) == [INTEGRATION]

    marked.remove_instance(AN_INSTANCE)

    assert list(remains.instances(CUSTOMER)) == []


def test_an_integration_goes_with_its_draft_and_may_go_again(
    marked: DynamoMarkedInstances, remains: DynamoCustomerRemains, aws: Aws
) -> None:
    marked.remove_instance(AN_INSTANCE)

    remains.remove_integration(INTEGRATION)
    remains.remove_integration(INTEGRATION)

    assert list(remains.integrations(CUSTOMER)) == []
    assert [item for item in aws.items("Definitions") if INTEGRATION in str(item)] == []
