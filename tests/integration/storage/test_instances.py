"""Instances in storage: how many requests every use case is, and what lies in the tables."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from connections.adapters.clock import SystemClock
from connections.adapters.customers_table import DynamoCustomers
from connections.adapters.deletions_queue import SqsDeletions
from connections.adapters.held_connections import DynamoHeldConnections
from connections.adapters.held_parts import HeldParts
from connections.adapters.instances_table import DynamoInstances
from connections.adapters.integrations_table import DynamoIntegrations
from connections.adapters.known_instances import DynamoHeldByUser, DynamoKnownInstances
from connections.adapters.logs_table import DynamoLogbook
from connections.adapters.registrations_table import DynamoRegistrations
from connections.adapters.templates_table import DynamoTemplates
from connections.adapters.user_connections_table import DynamoUserConnections
from connections.adapters.versions_table import DynamoVersions
from connections.application.config_pages import ConfigPages
from connections.application.configure_instance import InstanceConfigurator, Workshop
from connections.application.configure_user import UserConfigurator
from connections.application.create_instance import InstanceCreator
from connections.application.find_held_connection import HeldConnectionFinder
from connections.application.instance_connections import VersionLoader
from connections.application.integration_ports import References
from connections.application.manage_instances import InstanceBook, InstanceChange
from connections.application.seen_connections import ConnectionSight
from connections.domain.caller import Caller
from connections.domain.errors import Unavailable
from connections.domain.identifiers import VariableId
from connections.domain.instance import Instance
from connections.domain.integration import Draft
from connections.oauth.addresses import AllowedHosts
from tests.builders import CUSTOMER, a_customer, a_template
from tests.builders_of_instances import (
    INTEGRATION,
    Variable,
    a_crm,
    a_mailbox,
    a_store,
    a_version,
    an_integration,
)
from tests.integration.aws import Aws
from tests.integration.storage.conftest import a_sealer
from tests.unit.application.configuring import ADMIN, ORGANIZATION, STORE_VALUES, wanting

MOST = 30
GET, BATCH, QUERY = "GetItem", "BatchGetItem", "Query"
WRITE, UPDATE, SEND = "TransactWriteItems", "UpdateItem", "SendMessage"


@dataclass(frozen=True)
class Stack:
    """The use cases over AWS in memory; its sealer has every key that it needs."""

    aws: Aws
    creator: InstanceCreator
    configurator: InstanceConfigurator
    users: UserConfigurator
    book: InstanceBook
    pages: ConfigPages
    finder: HeldConnectionFinder
    integrations: DynamoIntegrations
    versions: DynamoVersions

    def publish(self, *variables: Variable, number: int = 1) -> None:
        if number == 1:
            assert self.integrations.add(
                an_integration(latest_version=0), Draft(document={"name": "Sync"})
            )
        former = self.integrations.get(INTEGRATION)
        assert former is not None
        version = a_version(*variables, number=number)
        assert self.versions.publish(former, version, References())

    def made(self) -> Instance:
        return self.creator.create(wanting(), ORGANIZATION)

    def enter(self, made: Instance, **values: Any) -> None:
        self.configurator.enter(made.id, values, ORGANIZATION)

    def enter_of(self, made: Instance, user: str = "ada", **values: Any) -> None:
        self.users.enter(made.id, user, values, ORGANIZATION)

    def change(self, made: Instance, caller: Caller = ORGANIZATION, **changes: Any) -> Instance:
        return self.book.change(made.id, InstanceChange(**changes), caller)

    def move(self, made: Instance, version: int, caller: Caller = ORGANIZATION) -> Instance:
        return self.change(made, caller, version=version)


@pytest.fixture
def stack(aws: Aws) -> Stack:
    client, sealer, clock = aws.dynamodb, a_sealer(aws), SystemClock()
    table, connections = aws.names["Definitions"], aws.names["Connections"]
    DynamoCustomers(client, table).add(a_customer())
    templates = DynamoTemplates(client, table, sealer)
    assert templates.add(a_template())
    instances = DynamoInstances(client, table, HeldParts(connections, sealer))
    integrations = DynamoIntegrations(client, table, sealer)
    versions = DynamoVersions(client, table, sealer)
    loader = VersionLoader(versions=versions, templates=templates)
    workshop = Workshop(
        instances=instances,
        loader=loader,
        held=DynamoHeldConnections(client, connections, sealer),
        logbook=DynamoLogbook(client, connections),
        deletions=SqsDeletions(aws.sqs, aws.names["DeletionsQueue"]),
        clock=clock,
        hosts=AllowedHosts.parse(""),
    )
    parts = HeldParts(connections, sealer)
    users = UserConfigurator(workshop=workshop, users=DynamoUserConnections(client, table, parts))
    return Stack(
        aws=aws,
        creator=InstanceCreator(
            integrations=integrations, loader=loader, instances=instances, clock=clock
        ),
        configurator=InstanceConfigurator(workshop=workshop),
        users=users,
        book=InstanceBook(integrations=integrations, workshop=workshop, users=users),
        pages=ConfigPages(
            workshop=workshop,
            users=users,
            sight=ConnectionSight(
                registrations=DynamoRegistrations(client, connections), clock=clock
            ),
        ),
        finder=HeldConnectionFinder(
            instances=DynamoKnownInstances(client, table), users=DynamoHeldByUser(client, table)
        ),
        integrations=integrations,
        versions=versions,
    )


def many(level: str = "instance", component: str = "store") -> list[Variable]:
    """Return as many config variables as there may be."""
    return [
        a_store(
            id=VariableId(f"var_{number:026}"),
            key=f"Store {number}",
            level=level,
            component=component,
        )
        for number in range(MOST)
    ]


CASES: dict[str, tuple[Callable[[Stack, Instance], object], list[str]]] = {
    # A version with three variables, whose templates are read where connections are made.
    "make": (lambda stack, _: stack.made(), [GET, GET, GET, WRITE]),
    "read": (lambda stack, made: stack.book.read(made.id), [GET]),
    "list": (lambda stack, _: stack.book.page(CUSTOMER, limit=9, cursor=None), [QUERY, BATCH]),
    "rename": (
        lambda stack, made: stack.change(made, name="Another"),
        [GET, WRITE],
    ),
    "leave as it is": (
        lambda stack, made: stack.change(made, name=made.name), [GET],
    ),
    "read pages": (
        lambda stack, made: stack.pages.of_instance(made.id, ORGANIZATION), [GET, GET, BATCH],
    ),
    "read a user's pages": (
        lambda stack, made: stack.pages.of_user(made.id, "ada", ORGANIZATION),
        [GET, GET, GET, BATCH],
    ),
    "enter": (
        lambda stack, made: stack.enter(made, Store=STORE_VALUES), [GET, GET, BATCH, WRITE, WRITE],
    ),
    "enter what is there": (lambda stack, made: stack.enter(made, Store={}), [GET, GET, BATCH]),
    "enter for a new user": (
        lambda stack, made: stack.enter_of(made, "bob", Mailbox={"scopes": "read"}),
        [GET, GET, GET, WRITE],
    ),
    "enter for a user": (
        lambda stack, made: stack.enter_of(made, Mailbox={"scopes": "read"}),
        [GET, GET, GET, BATCH, WRITE, WRITE],
    ),
    "deploy for a user": (
        lambda stack, made: stack.users.deploy(made.id, "ada", ORGANIZATION),
        [GET, GET, GET, BATCH, WRITE],
    ),
    "find": (lambda stack, made: stack.finder.find(made.id, "CRM", None), [GET]),
    "find a user's": (lambda stack, made: stack.finder.find(made.id, "Mailbox", "ada"), [GET] * 2),
    "delete": (lambda stack, made: stack.book.delete(made.id), [GET, SEND, UPDATE, WRITE, SEND]),
}  # fmt: skip


@pytest.mark.parametrize(("case", "expected"), CASES.values(), ids=CASES)
def test_every_use_case_is_so_many_requests(
    stack: Stack,
    requests: list[str],
    case: Callable[[Stack, Instance], object],
    expected: list[str],
) -> None:
    stack.publish(a_crm(), a_store(), a_mailbox())
    made = stack.made()
    stack.enter_of(made)
    requests.clear()

    case(stack, made)

    assert requests == expected


def test_a_deployment_is_three_requests(stack: Stack, requests: list[str]) -> None:
    stack.publish(a_crm())
    made = stack.made()
    requests.clear()

    stack.configurator.deploy(made.id, ORGANIZATION)

    assert requests == [GET, BATCH, WRITE]


def test_a_move_asks_for_each_user_and_each_connection_that_changes(
    stack: Stack, requests: list[str]
) -> None:
    stack.publish(a_crm(), a_store(), a_mailbox())
    made = stack.made()
    for user in ("ada", "bob"):
        stack.enter_of(made, user)
    stack.publish(a_crm(key="Salesforce"), a_mailbox(key="Post"), number=2)
    requests.clear()

    stack.move(made, 2)

    template, log = GET, WRITE
    assert requests == [
        GET, GET, BATCH, template, SEND, WRITE, log, SEND,
        QUERY, BATCH, WRITE, log, BATCH, WRITE, log,
    ]  # fmt: skip
    requests.clear()
    stack.move(made, 2)
    assert requests == [GET, GET, QUERY]


def test_a_customers_move_asks_for_the_integration(stack: Stack, requests: list[str]) -> None:
    stack.publish(a_crm())
    made = stack.made()
    stack.publish(a_crm(), number=2)
    requests.clear()

    stack.move(made, 2, ADMIN)

    integration = GET
    assert requests == [GET, integration, GET, BATCH, GET, WRITE, QUERY]


def test_a_second_move_looks_whether_what_left_before_is_there_still(
    stack: Stack, requests: list[str]
) -> None:
    stack.publish(a_crm(), a_store())
    made = stack.made()
    stack.publish(a_crm(), number=2)
    stack.publish(a_store(), number=3)
    (left,) = stack.move(made, 2).leaving
    requests.clear()

    moved = stack.move(made, 3)

    assert moved.leaving[0] == left
    assert len(moved.leaving) == 2
    assert requests == [GET, GET, BATCH, BATCH, SEND, WRITE, SEND, QUERY]


def batched(aws: Aws, table: str, writes: list[Any]) -> None:
    for start in range(0, len(writes), 25):
        batch = {aws.names[table]: writes[start : start + 25]}
        aws.dynamodb.batch_write_item(RequestItems=batch)


@contextmanager
def copied(aws: Aws, instance: Instance, count: int) -> Iterator[None]:
    """Store as many instances more like this one: making each would take a test minutes."""
    held = {str(each.connection_id) for each in instance.variables}
    own: dict[str, set[str]] = {"Definitions": {instance.id}, "Connections": held}
    more = {
        table: [
            {**each, "pk": {"S": f"{each['pk']['S'][:-3]}{number:03}"}}
            for each in aws.items(table)
            if each["pk"]["S"] in ids
            for number in range(count)
        ]
        for table, ids in own.items()
    }
    for table, items in more.items():
        batched(aws, table, [{"PutRequest": {"Item": each}} for each in items])
    yield
    for table, items in more.items():
        keys = [{"pk": each["pk"], "sk": each["sk"]} for each in items]
        batched(aws, table, [{"DeleteRequest": {"Key": each}} for each in keys])


def test_pages_cost_the_same_with_one_instance_and_with_a_hundred(
    stack: Stack, requests: list[str]
) -> None:
    stack.publish(*many())
    first = stack.made()
    requests.clear()
    stack.pages.of_instance(first.id, ORGANIZATION)
    alone = list(requests)
    with copied(stack.aws, first, 98):
        made = stack.made()
        requests.clear()

        _, (page,) = stack.pages.of_instance(made.id, ORGANIZATION)

        assert requests == alone == [GET, GET, BATCH]
        requests.clear()
        assert len(stack.book.page(None, limit=200, cursor=None)[0]) == 100
        assert requests == [QUERY, BATCH]
    assert len(page.variables) == MOST
    assert {each.connection.id for each in page.variables if each.connection} == {
        each.connection_id for each in made.variables
    }


def test_the_most_variables_are_stored_moved_and_moved_for_a_user_at_once(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    largest: list[int] = []
    transact = stack.aws.dynamodb.transact_write_items

    def counted(**request: Any) -> Any:
        largest.append(len(request["TransactItems"]))
        return transact(**request)

    monkeypatch.setattr(stack.aws.dynamodb, "transact_write_items", counted)
    stack.publish(*many())
    stack.publish(*many(component="other"), number=2)
    stack.publish(*many("user"), number=3)
    stack.publish(*many("user", component="other"), number=4)
    made = stack.creator.create(wanting(version=1), ORGANIZATION)
    assert largest[-1] == 64
    stack.enter(made, **{f"Store {number}": {"host": "a.example"} for number in range(MOST)})
    assert 61 in largest
    stack.move(made, 2)
    assert 91 in largest
    stack.move(made, 3)
    stack.enter_of(made)
    assert largest[-1] == 62
    stack.move(made, 4)

    assert largest[-1] == 92
    assert max(largest) <= 100
    held = stack.users.users.get(made.id, "ada")
    assert held is not None
    assert len(held.connections) == len(held.leaving) == MOST


def test_nothing_that_anybody_entered_is_stored_in_clear(stack: Stack) -> None:
    secrets = ["the-key-of-the-store", "store.example", "the-client", "the-app-secret", "rea-d"]
    stack.publish(a_crm(), a_store(), a_mailbox())
    made = stack.made()
    stack.enter(made, Store={"apiKey": secrets[0], "host": secrets[1]})
    stack.enter_of(made, Mailbox={"clientId": "rea-d"})

    for table in ("Definitions", "Connections"):
        stored = repr(stack.aws.items(table))
        assert [each for each in secrets if each in stored] == []


def test_what_lies_in_the_tables_of_an_instance(stack: Stack) -> None:
    stack.publish(a_crm(), a_mailbox())
    made = stack.made()
    stack.enter_of(made)

    items = {(each["pk"]["S"], each["sk"]["S"]): each for each in stack.aws.items("Definitions")}
    assert set(items[made.id, "instance"]) == {
        "pk", "sk", "listed", "customerId", "name", "integrationId", "version", "variables",
        "leaving", "enabled", "revision", "createdAt", "updatedAt",
    }  # fmt: skip
    assert set(items[made.id, "user/ada"]) == {
        "pk", "sk", "version", "connections", "leaving", "revision",
    }  # fmt: skip
    assert set(items[INTEGRATION, f"instance/{made.id}"]) == {"pk", "sk"}
    (state,) = [
        each
        for each in stack.aws.items("Connections")
        if each["sk"]["S"] == "state" and "userId" in each
    ]
    assert state["instanceId"]["S"] == made.id
    assert state["variableKey"]["S"] == "Mailbox"
    assert state["userId"]["S"] == "ada"


@pytest.mark.parametrize("case", CASES)
def test_what_aws_refuses_is_unavailable(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    stack.publish(a_crm(), a_store(), a_mailbox())
    made = stack.made()

    def refuse(*_: object, **__: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://dynamodb")

    monkeypatch.setattr(stack.aws.dynamodb, "_make_api_call", refuse)
    with pytest.raises(Unavailable):
        CASES[case][0](stack, made)
