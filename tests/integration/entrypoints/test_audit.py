"""Every change leaves one entry in the audit: who, what, whose, from where, with what end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from connections.domain.audit import Action
from tests.integration.aws import Aws
from tests.integration.entrypoints.calls import Answer
from tests.integration.entrypoints.demo import Customer, Demo
from tests.integration.entrypoints.tenants import PLAIN, Tenants, key_of, made, running_functions
from tests.tokens import Signer

IP = "198.51.100.23"
"""Whence the events of `events/` come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """An organization with a key of all scopes, and acme's connection to the demo provider."""

    tenants: Tenants
    demo: Demo
    key: dict[str, str]
    connected: Customer

    def call(self, method: str, path: str, json: Any = None) -> Answer:
        return self.tenants.functions.call(method, path, json=json)

    def entries(self, **query: str) -> list[dict[str, Any]]:
        page = self.tenants.functions.call("GET", "/audit", query={"limit": "200", **query})
        entries: list[dict[str, Any]] = made(page)["items"]
        return entries

    def new_entries(self, act: Callable[[], Answer]) -> tuple[Answer, list[dict[str, Any]]]:
        """Do something, and return what it was answered and left in the audit."""
        before = {each["id"] for each in self.entries()}
        answer = act()
        return answer, [each for each in self.entries() if each["id"] not in before]


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


PATH, MADE, ACME = "path", "made", "acme"


@dataclass(frozen=True, slots=True)
class Change:
    """A change; and what its entry says: what the path names, what was made, or acme."""

    request: str
    status: int
    content: Any = None
    about: Callable[[World], str] = str
    target: str = PATH
    customer: str | None = None
    connection: str | None = None

    def __call__(self, world: World, about: str, content: Any = None) -> Answer:
        method, _, path = self.request.format(about).partition(" ")
        return world.call(method, path, content or self.content)


def a_component(world: World) -> str:
    return "plain"


def a_connection(world: World) -> str:
    return world.connected.id


def one_to_end(world: World) -> str:
    return world.demo.connection(customer_id=world.tenants.acme).connected().id


def a_customer(world: World) -> str:
    wanted = {"name": "Initech", "externalId": f"initech-{len(world.entries())}"}
    return str(made(world.call("POST", "/customers", wanted))["id"])


def a_key(world: World) -> str:
    return key_of(world.tenants.functions, "access:write")["id"]


def a_signing_key(world: World) -> str:
    return str(made(world.call("POST", "/signing-keys", SIGNING_KEY))["id"])


SIGNING_KEY = {"name": "Key", "publicKey": Signer.ed25519().public_jwk}
KEY = {"name": "Key", "scopes": ["access:write"]}
PLAIN_ONE = {"connection": {"component": "plain", "key": "apiKey"}}
OF_A_CONNECTION: dict[str, Any] = {"about": a_connection, "customer": ACME, "connection": PATH}
CHANGES = {
    Action.COMPONENT_PUBLISHED: Change("PUT /components/{}", 200, PLAIN, about=a_component),
    Action.CONNECTION_CREATED: Change(
        "POST /connections", 201, PLAIN_ONE, target=MADE, customer=ACME, connection=MADE
    ),
    Action.AUTHORIZATION_CREATED: Change(
        "POST /connections/{}/authorizations", 201, target=MADE, **OF_A_CONNECTION
    ),
    Action.CONNECTION_REFRESHED: Change("POST /connections/{}/refresh", 200, **OF_A_CONNECTION),
    Action.CONNECTION_DISCONNECTED: Change(
        "POST /connections/{}/disconnect", 202, **{**OF_A_CONNECTION, "about": one_to_end}
    ),
    Action.CUSTOMER_CREATED: Change(
        "POST /customers", 201, {"name": "U", "externalId": "umbrella"}, target=MADE, customer=MADE
    ),
    Action.CUSTOMER_CHANGED: Change(
        "PATCH /customers/{}", 200, {"name": "I"}, about=a_customer, customer=PATH
    ),
    Action.CUSTOMER_DELETED: Change("DELETE /customers/{}", 202, about=a_customer, customer=PATH),
    Action.API_KEY_CREATED: Change("POST /api-keys", 201, KEY, target=MADE),
    Action.API_KEY_ROTATED: Change("POST /api-keys/{}/rotate", 200, {}, about=a_key),
    Action.API_KEY_DELETED: Change("DELETE /api-keys/{}", 204, about=a_key),
    Action.SIGNING_KEY_CREATED: Change("POST /signing-keys", 201, SIGNING_KEY, target=MADE),
    Action.SIGNING_KEY_DELETED: Change("DELETE /signing-keys/{}", 204, about=a_signing_key),
}


def test_every_action_is_tried() -> None:
    assert {*CHANGES, Action.CONNECTION_CONNECTED} == set(Action)


@pytest.mark.parametrize("action", CHANGES)
def test_a_change_leaves_one_entry(world: World, action: Action) -> None:
    change = CHANGES[action]
    about = change.about(world)
    content = change.content
    if action is Action.CONNECTION_CREATED:
        content = {**content, "customerId": world.tenants.acme}

    answer, entries = world.new_entries(lambda: change(world, about, content))

    assert answer.status == change.status, answer.body
    named = {PATH: about, ACME: world.tenants.acme}
    if change.status == 201:
        named[MADE] = answer.json["id"]
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
