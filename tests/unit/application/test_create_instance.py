"""Instances as they are made: from which version, for whom, and with which connections."""

from dataclasses import replace
from typing import Any

import pytest

from connections.application.instance_connections import VersionLoader
from connections.domain.caller import Caller, Owner
from connections.domain.connection import Inputs, Place, Reason, Status, TemplateFill
from connections.domain.errors import (
    CustomerBeingDeleted,
    IdempotencyKeyReused,
    InvalidRequest,
    Misconfigured,
    NotFound,
    Problem,
    Unavailable,
)
from connections.domain.identifiers import CustomerId, IntegrationId, instance_id_for
from connections.domain.instance import HeldVariable
from tests.builders import ADA, CUSTOMER, HOUR, NOW, TEMPLATE, a_customer, a_definition, a_template
from tests.builders_of_instances import (
    CRM,
    CUSTOMERS,
    INTEGRATION,
    MAILBOX,
    STORE,
    STORE_KEY,
    a_crm,
    a_store,
    an_integration,
)
from tests.unit.application.configuring import ADMIN, EMBEDDING, ORGANIZATION, USER, Scene

OTHER = CustomerId("cus_00000000000000000000000002")


def problems(raised: pytest.ExceptionInfo[InvalidRequest]) -> list[Problem]:
    return list(raised.value.problems)


def test_an_instance_is_made_of_the_newest_version(scene: Scene) -> None:
    scene.publish(number=2)
    made = scene.made()

    assert scene.world.instances_by_id == {made.id: made}
    assert (made.name, made.owner, made.integration_id) == ("Sync of Acme", CUSTOMERS, INTEGRATION)
    assert (made.version, made.enabled, made.deployed_at, made.revision) == (2, True, None, 1)
    assert (made.created_at, made.updated_at) == (NOW, NOW)


def test_an_instance_is_made_of_the_version_that_is_named(scene: Scene) -> None:
    scene.publish(number=2)

    assert scene.made(version=1).version == 1


@pytest.mark.parametrize("caller", [ADMIN, EMBEDDING, USER])
def test_customers_have_the_newest_version_of_what_the_organization_offers(
    scene: Scene, caller: Caller
) -> None:
    scene.publish(number=2)

    with pytest.raises(InvalidRequest) as refused:
        scene.made(caller, version=1)

    assert problems(refused) == [
        Problem(
            "#/version",
            "must be the newest version: of an integration that the organization offers, customers"
            " choose no other",
        )
    ]
    assert scene.world.instances_by_id == {}
    assert scene.made(caller, version=2).version == scene.made(caller).version == 2


def test_customers_choose_among_the_versions_of_what_they_build(scene: Scene) -> None:
    scene.publish(number=2)
    scene.world.integrations_by_id[INTEGRATION] = an_integration(
        owner=CUSTOMERS, offered=False, latest_version=2
    )

    assert scene.made(ADMIN, version=1).version == 1


def test_each_variable_of_level_instance_holds_a_connection(scene: Scene) -> None:
    made = scene.made()

    crm, store = (scene.id_of(made, key) for key in ("CRM", "Store"))
    assert crm != store
    assert set(scene.world.connections_by_id) == {crm, store}
    assert made.variables == (
        HeldVariable(id=CRM, key="CRM", level="instance", connection_id=crm),
        HeldVariable(id=STORE, key="Store", level="instance", connection_id=store),
        HeldVariable(id=MAILBOX, key="Mailbox", level="user", connection_id=None),
    )
    assert made.variable("Store") == made.variables[1]
    assert made.variable("store") is None


def test_a_connection_has_the_layers_of_builder_and_template(scene: Scene) -> None:
    values = {"scopes": {"value": "read"}, "clientId": {"visibility": "organization"}}
    scene.publish(a_crm(values=values))

    connection, inputs = scene.held(scene.made(), "CRM")

    fill = TemplateFill(id=TEMPLATE, name="Acme app", values=a_template().values)
    assert inputs == Inputs(
        connection_id=connection.id,
        definition=a_definition(),
        values={},
        builder={"scopes": "read"},
        template=fill,
        visibility={"scopes": "customer"},
        variable_key="CRM",
        salt=inputs.salt,
    )
    assert len(inputs.salt) == 32
    assert (connection.template_id, connection.requested_scopes) == (TEMPLATE, "read")
    assert connection.inputs_digest is not None


def test_a_connection_says_what_it_is_for(scene: Scene) -> None:
    made = scene.made()
    connection, _ = scene.held(made, "CRM")

    assert connection.place == Place(instance_id=made.id, variable_id=CRM, variable_key="CRM")
    assert (connection.name, connection.component, connection.definition_key) == (
        "CRM", "acme", "oauth2",
    )  # fmt: skip
    assert (connection.owner, connection.created_at) == (CUSTOMERS, NOW)


@pytest.mark.parametrize(
    ("variable", "status", "reason"),
    [
        (a_crm(), Status.PENDING, Reason.NOT_CONNECTED),
        (a_crm(template=None), Status.PENDING, Reason.NOT_CONFIGURED),
        (a_store(), Status.PENDING, Reason.NOT_CONFIGURED),
        (
            a_store(values={name: {"value": "x"} for name in ("host", "apiKey", "plan")}),
            Status.ACTIVE,
            None,
        ),
    ],
    ids=["consent", "nothing entered", "keys", "keys of the builder"],
)
def test_a_new_connection_stands_as_its_inputs_are_complete(
    scene: Scene, variable: Any, status: Status, reason: Reason | None
) -> None:
    scene.publish(variable)

    connection, _ = scene.held(scene.made(), variable.key)

    assert (connection.status, connection.reason) == (status, reason)


def test_lists_and_choices_of_the_builder_are_kept_as_json(scene: Scene) -> None:
    field = {"type": "string", "collection": "keyvaluelist"}
    definition = {**STORE_KEY, "inputs": {"headers": field}}
    pairs = [{"key": "x", "value": "1"}]
    scene.publish(a_store(definition=definition, values={"headers": {"value": pairs}}))

    assert scene.held(scene.made(), "Store")[1].builder == {"headers": pairs}


def test_two_connections_have_salts_of_their_own(scene: Scene) -> None:
    made = scene.made()

    assert scene.held(made, "CRM")[1].salt != scene.held(made, "Store")[1].salt


def test_a_user_makes_an_instance_of_their_own(scene: Scene) -> None:
    made = scene.made(USER, owner=ADA)

    assert made.owner == ADA
    assert scene.held(made, "CRM")[0].owner == ADA


@pytest.mark.parametrize(
    ("caller", "offered", "builder"),
    [
        (ORGANIZATION, False, None),
        (ORGANIZATION, False, CUSTOMER),
        (ADMIN, True, None),
        (ADMIN, False, CUSTOMER),
    ],
)
def test_an_integration_is_enabled_by_who_may(
    scene: Scene, caller: Caller, offered: bool, builder: CustomerId | None
) -> None:
    scene.world.integrations_by_id[INTEGRATION] = an_integration(
        offered=offered, owner=Owner(customer_id=builder)
    )

    assert scene.made(caller).integration_id == INTEGRATION


@pytest.mark.parametrize(
    ("caller", "changes"),
    [
        (ADMIN, {"offered": False}),
        (ADMIN, {"owner": Owner(customer_id=OTHER)}),
        (ADMIN, {"owner": Owner(customer_id=OTHER), "offered": True}),
        (ORGANIZATION, {"owner": Owner(customer_id=OTHER)}),
        (ORGANIZATION, None),
    ],
)
def test_an_integration_that_is_not_for_the_customer_is_refused(
    scene: Scene, caller: Caller, changes: dict[str, Any] | None
) -> None:
    scene.world.integrations_by_id.clear()
    if changes is not None:
        scene.world.integrations_by_id[INTEGRATION] = an_integration(**changes)

    with pytest.raises(InvalidRequest) as refused:
        scene.made(caller)

    assert problems(refused) == [
        Problem("#/integrationId", "is not an integration for this customer")
    ]
    assert scene.world.instances_by_id == {}


@pytest.mark.parametrize(
    ("wanted", "published", "pointer", "detail"),
    [
        ({}, 0, "#/integrationId", "has no published version yet"),
        ({"version": 2}, 1, "#/version", "must be a published version: 1 to 1"),
        ({"owner": Owner()}, 1, "#/customerId", "is required: an instance is a customer's"),
    ],
)
def test_what_makes_no_instance_is_told_at_its_place(
    scene: Scene, wanted: dict[str, Any], published: int, pointer: str, detail: str
) -> None:
    scene.world.integrations_by_id[INTEGRATION] = an_integration(latest_version=published)

    with pytest.raises(InvalidRequest) as refused:
        scene.made(**wanted)

    assert problems(refused) == [Problem(pointer, detail)]


def test_a_customer_that_is_being_deleted_gets_no_instance(scene: Scene) -> None:
    scene.world.customers_by_id[CUSTOMER] = a_customer(deleting_since=NOW)

    with pytest.raises(CustomerBeingDeleted):
        scene.made()

    assert scene.world.connections_by_id == {}


def test_an_integration_that_is_deleted_at_the_same_moment_is_refused(scene: Scene) -> None:
    scene.world.meanwhile("instances.add", scene.world.integrations_by_id.clear)

    with pytest.raises(InvalidRequest) as refused:
        scene.made()

    assert problems(refused) == [Problem("#/integrationId", "is being deleted")]


def test_a_template_that_is_gone_though_a_version_uses_it_is_no_empty_one(scene: Scene) -> None:
    scene.world.templates_by_id.clear()

    with pytest.raises(Unavailable):
        scene.made()


def test_a_template_of_two_variables_is_read_once(scene: Scene) -> None:
    other = a_crm(id=STORE, key="CRM 2")
    scene.publish(a_crm(), other)

    made = scene.made()

    assert scene.held(made, "CRM")[1].template == scene.held(made, "CRM 2")[1].template
    assert scene.world.calls.count("templates.get") == 1


def test_a_version_that_is_not_there_cannot_be_loaded(scene: Scene) -> None:
    loader: VersionLoader = scene.loader

    with pytest.raises(NotFound):
        loader.load(IntegrationId("int_none"), 1)


def test_a_version_with_a_definition_that_breaks_a_rule_by_now_makes_no_instance(
    scene: Scene,
) -> None:
    scene.publish(a_store(definition={"key": "apiKey"}))

    with pytest.raises(Misconfigured):
        scene.made()


def test_the_same_idempotency_key_returns_the_instance_that_it_made(scene: Scene) -> None:
    made = scene.made(key="key-1")
    scene.clock.advance(HOUR)

    assert scene.made(key="key-1") == scene.made(key="key-1", version=1) == made
    assert made.id == instance_id_for("key-1", "somebody")
    assert scene.world.instances_by_id == {made.id: made}
    assert len(scene.world.connections_by_id) == 2


def test_two_requests_of_one_key_at_once_make_one_instance(scene: Scene) -> None:
    first: list[object] = []
    scene.world.meanwhile("instances.add", lambda: first.append(scene.made(key="key-1")))

    assert [scene.made(key="key-1")] == first
    assert len(scene.world.connections_by_id) == 2


@pytest.mark.parametrize(
    "changes",
    [{"name": "Another"}, {"version": 1}, {"owner": ADA}, {"integration_id": IntegrationId("x")}],
)
def test_a_key_that_made_another_instance_is_refused(scene: Scene, changes: dict[str, Any]) -> None:
    scene.publish(number=2)
    scene.made(key="key-1")

    with pytest.raises(IdempotencyKeyReused):
        scene.made(key="key-1", **changes)


def test_an_instance_that_was_changed_since_is_still_what_the_key_made(scene: Scene) -> None:
    made = scene.made(key="key-1")
    renamed = replace(made, name="Renamed", version=2, revision=2)
    scene.world.instances_by_id[made.id] = renamed

    assert scene.made(key="key-1", version=1) == renamed
    with pytest.raises(IdempotencyKeyReused):
        scene.made(key="key-1", owner=ADA)


def test_an_instance_that_is_made_and_deleted_meanwhile_is_to_be_tried_again(scene: Scene) -> None:
    made = scene.made(key="key-1")
    scene.world.instances_by_id[made.id] = replace(made, deleting_since=NOW)

    with pytest.raises(Unavailable):
        scene.made(key="key-1")
