"""Every change that the audit knows, and what its entry says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connections.domain.audit import Action
from tests.integration.entrypoints.calls import Answer
from tests.integration.entrypoints.demo import Customer, Demo
from tests.integration.entrypoints.tenants import PLAIN, Tenants, key_of, made
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


PATH, MADE, ACME, NOTHING = "path", "made", "acme", "nothing"


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


def a_spare_component(world: World) -> str:
    return str(made(world.call("PUT", "/components/spare", {**PLAIN, "key": "spare"}))["key"])


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
CONNECTIONS_AND_ACCESS = {
    Action.COMPONENT_PUBLISHED: Change("PUT /components/{}", 200, PLAIN, about=a_component),
    Action.COMPONENT_DELETED: Change("DELETE /components/{}", 204, about=a_spare_component),
    Action.CONNECTION_CREATED: Change(
        "POST /connections", 201, PLAIN_ONE, target=MADE, customer=ACME, connection=MADE
    ),
    Action.CONNECTION_CHANGED: Change(
        "PATCH /connections/{}", 200, {"name": "Another"}, **OF_A_CONNECTION
    ),
    Action.CONNECTION_DELETED: Change(
        "DELETE /connections/{}", 202, **{**OF_A_CONNECTION, "about": one_to_end}
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
    Action.ORGANIZATION_CHANGED: Change(
        "PATCH /organization", 200, {"name": "Acme"}, target=NOTHING
    ),
    Action.API_KEY_CREATED: Change("POST /api-keys", 201, KEY, target=MADE),
    Action.API_KEY_ROTATED: Change("POST /api-keys/{}/rotate", 200, {}, about=a_key),
    Action.API_KEY_DELETED: Change("DELETE /api-keys/{}", 204, about=a_key),
    Action.SIGNING_KEY_CREATED: Change("POST /signing-keys", 201, SIGNING_KEY, target=MADE),
    Action.SIGNING_KEY_DELETED: Change("DELETE /signing-keys/{}", 204, about=a_signing_key),
}
