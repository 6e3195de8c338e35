"""Whose connections are: made for a customer, listed by its users, filtered, page by page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.integration.aws import Aws
from tests.integration.entrypoints.calls import Answer
from tests.integration.entrypoints.tenants import Tenants, made, running_functions

ORGANIZATIONS, ACMES, ADAS, BOBS, GLOBEXS = (
    "the organization's", "acme's", "Ada's", "Bob's", "globex's",
)  # fmt: skip
KEY, ADMIN, ADA, BOB, STRANGER = "key", "admin", "ada", "bob", "ada of globex"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """An organization with connections of everybody, oldest first."""

    tenants: Tenants
    credentials: dict[str, str]
    ids: dict[str, str]

    def listed(self, caller: str = KEY, **query: str) -> Answer:
        return self.tenants.call(self.credentials[caller], "GET", "/connections", query=query)

    def names(self, caller: str = KEY, **query: str) -> list[str]:
        """Return the names of what is listed, which must be on one page."""
        page = made(self.listed(caller, **query))
        assert page["nextCursor"] is None
        return [each["name"] for each in page["items"]]


@pytest.fixture(scope="module")
def world(_running_aws: Aws) -> Iterator[World]:
    with running_functions(_running_aws) as functions:
        tenants = Tenants.founded(functions)
        credentials = {
            KEY: functions.key,
            ADMIN: tenants.token("root", role="admin"),
            ADA: tenants.token("ada"),
            BOB: tenants.token("bob"),
            STRANGER: tenants.token("ada", customer="globex"),
        }
        connections = [
            tenants.connection(name=ORGANIZATIONS),
            tenants.connection(credentials[ADMIN], name=ACMES, component="oauth"),
            tenants.connection(credentials[ADA], name=ADAS),
            tenants.connection(credentials[BOB], name=BOBS, component="oauth"),
            tenants.connection(name=GLOBEXS, customerId=tenants.globex),
        ]
        ids = {each["name"]: each["id"] for each in connections}
        for name, outcome in ((ADAS, "success"), (GLOBEXS, "connection-error")):
            path = f"/connections/{ids[name]}/reports"
            assert functions.call("POST", path, json={"outcome": outcome}).status == 204
        yield World(tenants=tenants, credentials=credentials, ids=ids)


def read(world: World, name: str) -> dict[str, Any]:
    return made(world.tenants.functions.call("GET", f"/connections/{world.ids[name]}"))


def test_a_connection_says_whose_it_is(world: World) -> None:
    whose = {
        name: (connection["customerId"], connection["userId"])
        for name in world.ids
        for connection in [read(world, name)]
    }

    acme, globex = world.tenants.acme, world.tenants.globex
    assert whose == {
        ORGANIZATIONS: (None, None),
        ACMES: (acme, None),
        ADAS: (acme, "ada"),
        BOBS: (acme, "bob"),
        GLOBEXS: (globex, None),
    }


def test_a_list_says_how_a_connection_stands_and_none_of_its_values(world: World) -> None:
    (listed,) = made(world.listed(component="plain", light="green"))["items"]

    whole = read(world, ADAS)
    assert listed == {
        **{name: whole[name] for name in listed},
        "connection": {"component": "plain", "key": "apiKey"},
    }
    assert set(whole) - set(listed) == {
        "configVariable", "scopes", "generation", "refreshAt", "lastRefreshedAt", "lastUsedAt",
        "lastError", "account", "oauthRedirects",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("caller", "seen"),
    [
        (KEY, [GLOBEXS, BOBS, ADAS, ACMES, ORGANIZATIONS]),
        (ADMIN, [BOBS, ADAS, ACMES]),
        (ADA, [ADAS, ACMES]),
        (BOB, [BOBS, ACMES]),
        (STRANGER, [GLOBEXS]),
    ],
)
def test_a_caller_lists_what_they_may_see_newest_first(
    world: World, caller: str, seen: list[str]
) -> None:
    assert world.names(caller) == seen


@pytest.mark.parametrize("caller", [ADMIN, ADA, BOB])
def test_a_user_may_name_their_own_customer(world: World, caller: str) -> None:
    assert world.names(caller, customerId=world.tenants.acme) == world.names(caller)


@pytest.mark.parametrize("caller", [ADMIN, ADA])
@pytest.mark.parametrize("whose", ["globex", "nobody"])
def test_another_customers_list_is_not_found(world: World, caller: str, whose: str) -> None:
    customer = world.tenants.globex if whose == "globex" else "cus_nobody"

    answer = world.listed(caller, customerId=customer)

    assert (answer.status, answer.json["detail"]) == (404, "There is no such customer.")


@pytest.mark.parametrize("caller", [ADMIN, ADA])
def test_nobody_makes_a_connection_for_another_customer(world: World, caller: str) -> None:
    wanted = {
        "connection": {"component": "plain", "key": "apiKey"},
        "customerId": world.tenants.globex,
    }

    answer = world.tenants.call(world.credentials[caller], "POST", "/connections", json=wanted)

    assert (answer.status, answer.json["detail"]) == (404, "There is no such customer.")
    assert world.names(customerId=world.tenants.globex) == [GLOBEXS]


def test_a_customer_that_does_not_exist_is_pointed_at(world: World) -> None:
    wanted = {"connection": {"component": "plain", "key": "apiKey"}, "customerId": "cus_nobody"}

    answer = world.tenants.functions.call("POST", "/connections", json=wanted)

    assert (answer.status, answer.json["code"]) == (400, "invalid-request")
    assert [each["pointer"] for each in answer.json["errors"]] == ["#/customerId"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"component": "oauth"}, [BOBS, ACMES]),
        ({"component": "unknown"}, []),
        ({"status": "pending"}, [BOBS, ACMES]),
        ({"status": "active"}, [GLOBEXS, ADAS, ORGANIZATIONS]),
        ({"status": "degraded"}, []),
        ({"light": "green"}, [ADAS]),
        ({"light": "yellow"}, [ORGANIZATIONS]),
        ({"light": "red"}, [GLOBEXS]),
        ({"light": "red", "status": "pending"}, []),
        ({"component": "plain", "status": "active", "light": "green"}, [ADAS]),
    ],
)
def test_a_list_is_filtered(world: World, query: dict[str, str], found: list[str]) -> None:
    assert world.names(**query) == found


def test_a_customers_list_is_filtered(world: World) -> None:
    acme, globex = world.tenants.acme, world.tenants.globex

    assert world.names(customerId=acme) == [BOBS, ADAS, ACMES]
    assert world.names(customerId=globex) == [GLOBEXS]
    assert world.names(customerId=acme, component="plain") == [ADAS]
    assert world.names(customerId="cus_nobody") == []
    assert world.names(BOB, status="pending") == [BOBS, ACMES]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"status": "fine"}, "#/query/status"),
        ({"light": "blue"}, "#/query/light"),
        ({"customerId": ""}, "#/query/customerId"),
        ({"component": "c" * 101}, "#/query/component"),
        ({"limit": "0"}, "#/query/limit"),
        ({"cursor": "fine"}, "#/query/cursor"),
        ({"cursor": "Y3VzXzAw"}, "#/query/cursor"),
    ],
)
def test_a_wrong_filter_is_pointed_at(world: World, query: dict[str, str], pointer: str) -> None:
    answer = world.listed(**query)

    assert (answer.status, answer.json["code"]) == (400, "invalid-request")
    assert [each["pointer"] for each in answer.json["errors"]] == [pointer]


def pages(world: World, caller: str, **query: str) -> list[list[str]]:
    found, cursor = [], None
    while True:
        page = made(world.listed(caller, **query, **({"cursor": cursor} if cursor else {})))
        found.append([each["name"] for each in page["items"]])
        cursor = page["nextCursor"]
        if cursor is None:
            return found


def test_a_list_is_read_page_by_page(world: World) -> None:
    assert pages(world, KEY, limit="2") == [[GLOBEXS, BOBS], [ADAS, ACMES], [ORGANIZATIONS]]
    assert pages(world, ADMIN, limit="2") == [[BOBS, ADAS], [ACMES]]


def test_a_page_holds_and_names_only_what_its_reader_may_see(world: World) -> None:
    assert pages(world, ADA, limit="1") == [[ADAS], [ACMES]]
    assert pages(world, KEY, limit="2", light="green") == [[ADAS]]


def test_a_cursor_of_another_customer_shows_nothing_of_it(world: World) -> None:
    page = made(world.listed(KEY, limit="1"))

    shown = world.listed(ADA, cursor=page["nextCursor"])

    assert {each["name"] for each in made(shown)["items"]} <= {ADAS, ACMES}
