"""Every change leaves one entry in the audit: who, what, whose, from where, with what end."""

from collections.abc import Iterator

import httpx
import pytest

from connections.domain.audit import Action
from tests.integration.aws import Aws
from tests.integration.entrypoints.audited import (
    ACME,
    CONNECTIONS_AND_ACCESS,
    IP,
    MADE,
    NOTHING,
    PATH,
    PLAIN_ONE,
    World,
)
from tests.integration.entrypoints.audited_definitions import DEFINITIONS, an_integration
from tests.integration.entrypoints.calls import Answer
from tests.integration.entrypoints.demo import Demo
from tests.integration.entrypoints.tenants import Tenants, key_of, made, running_functions


@pytest.fixture(scope="module")
def world(_running_aws: Aws, running_provider: str) -> Iterator[World]:
    host = running_provider.removeprefix("http://")
    with (
        running_functions(_running_aws, host) as functions,
        httpx.Client(base_url=running_provider, trust_env=False) as http,
    ):
        key = functions.make_key()
        tenants = Tenants.founded(functions)
        demo = Demo(functions=functions, http=http, url=running_provider)
        connected = demo.connection(customer_id=tenants.acme).connected()
        yield World(tenants=tenants, demo=demo, key=key, connected=connected)


CHANGES = CONNECTIONS_AND_ACCESS | DEFINITIONS


def test_every_action_is_tried() -> None:
    # A consent and the making of an instance have tests of their own.
    others = {Action.CONNECTION_CONNECTED, Action.INSTANCE_CREATED}
    assert CHANGES.keys() | others == set(Action)


@pytest.mark.parametrize("action", CHANGES)
def test_a_change_leaves_one_entry(world: World, action: Action) -> None:
    change = CHANGES[action]
    about = change.about(world)
    content = change.content
    if action is Action.CONNECTION_CREATED:
        content = {**content, "customerId": world.tenants.acme}

    answer, entries = world.new_entries(lambda: change(world, about, content))

    assert answer.status == change.status, answer.body
    named = {PATH: about, ACME: world.tenants.acme, NOTHING: None}
    if change.status == 201:
        named[MADE] = answer.json.get("id")
    (entry,) = entries
    assert {**entry, "id": "", "at": "", "requestId": ""} == {
        "id": "",
        "at": "",
        "requestId": "",
        "action": action,
        "actor": {"kind": "api-key", "id": world.key["id"]},
        "target": named[change.target],
        "customerId": named[change.customer] if change.customer else None,
        "connectionId": named[change.connection] if change.connection else None,
        "sourceIp": IP,
        "httpStatus": change.status,
    }
    assert entry["id"].startswith("adt_")
    assert entry["requestId"]


@pytest.mark.parametrize("action", CHANGES)
def test_what_was_refused_leaves_none(world: World, action: Action) -> None:
    change = CHANGES[action]
    about = change.about(world)
    before = world.entries()

    if change.content is not None:
        assert change(world, about, {"unknown": True}).status == 400
    if change.target == PATH and action is not Action.COMPONENT_PUBLISHED:
        assert change(world, "con_nobody").status == 404
    world.tenants.functions.key, key = "", world.tenants.functions.key
    assert change(world, about).status == 401
    world.tenants.functions.key = key_of(world.tenants.functions, "credentials:read")["key"]
    assert change(world, about).status == 403
    world.tenants.functions.key = key

    made_the_key, *others = world.entries()
    assert others == before
    assert made_the_key["actor"]["kind"] == "operator"


def test_the_making_of_an_instance_leaves_an_entry(world: World) -> None:
    integration = an_integration(world)
    made(world.call("POST", f"/integrations/{integration}/versions"))
    wanted = {"name": "I", "customerId": world.tenants.acme, "integrationId": integration}

    answer, (entry,) = world.new_entries(lambda: world.call("POST", "/instances", wanted))

    assert (entry["action"], entry["target"]) == ("instance.created", answer.json["id"])
    assert entry["customerId"] == world.tenants.acme


def test_a_user_is_named_as_the_actor(world: World) -> None:
    token = world.tenants.token("ada")

    def act() -> Answer:
        return world.tenants.call(token, "POST", "/connections", json=PLAIN_ONE)

    answer, (entry,) = world.new_entries(act)

    assert entry["actor"] == {"kind": "customer-user", "id": "ada"}
    assert (entry["customerId"], entry["connectionId"]) == (world.tenants.acme, answer.json["id"])


def test_a_consent_leaves_an_entry_with_its_link_as_the_actor(world: World) -> None:
    query = world.connected.answered()
    (link, *_) = world.entries(connectionId=world.connected.id)

    answer, (entry,) = world.new_entries(lambda: world.connected.returns(query))

    assert answer.status == 303
    assert {**entry, "id": "", "at": "", "requestId": ""} == {
        "id": "",
        "at": "",
        "requestId": "",
        "action": "connection.connected",
        "actor": {"kind": "link", "id": link["target"]},
        "target": world.connected.id,
        "customerId": world.tenants.acme,
        "connectionId": world.connected.id,
        "sourceIp": IP,
        "httpStatus": 303,
    }
    assert link["action"] == "authorization.created"


@pytest.mark.parametrize("query", ["code=made-up&state=made-up", "", "error=access_denied&state=x"])
def test_a_callback_that_connected_nothing_leaves_none(world: World, query: str) -> None:
    answer, entries = world.new_entries(lambda: world.connected.returns(query))

    assert (answer.status, entries) == (400, [])


def test_a_refused_consent_leaves_none(world: World) -> None:
    query = world.connected.answered(decision="deny")

    answer, entries = world.new_entries(lambda: world.connected.returns(query))

    assert (answer.status, entries) == (400, [])
