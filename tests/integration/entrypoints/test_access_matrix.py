"""Who may do what: every route, for every caller, on every kind of thing.

What is expected is written here by hand, and by nothing of the code that decides.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from connections.entrypoints.rules import RULES
from tests.integration.aws import Aws
from tests.integration.entrypoints.building import STEP
from tests.integration.entrypoints.calls import Answer, Functions
from tests.integration.entrypoints.kept import Kept
from tests.integration.entrypoints.sent import Sent, sending
from tests.integration.entrypoints.tenants import PLAIN, Tenants, key_of, made, running_functions

ALLOWED = 200
"""Stands for whatever is neither 401, 403 nor 404."""

SCOPES = {
    "D": "definitions:write",
    "R": "connections:read",
    "W": "connections:write",
    "C": "credentials:read",
    "A": "access:write",
}
SEE, CHANGE, REFUSED = "see", "change", "refused"
USES: dict[str, tuple[str, str, str]] = {
    # Which scopes a key needs one of, and what a customer's admin and user do there.
    "GET /components": ("DRWCA", SEE, SEE),
    "GET /components/{component}": ("DRWCA", SEE, SEE),
    "PUT /components/{component}": ("D", REFUSED, REFUSED),
    "DELETE /components/{component}": ("D", REFUSED, REFUSED),
    "GET /connection-templates": ("DR", SEE, SEE),
    "POST /connection-templates": ("D", REFUSED, REFUSED),
    "GET /connection-templates/{template}": ("DR", SEE, SEE),
    "PATCH /connection-templates/{template}": ("D", REFUSED, REFUSED),
    "DELETE /connection-templates/{template}": ("D", REFUSED, REFUSED),
    "GET /integrations": ("DR", SEE, SEE),
    "POST /integrations": ("D", CHANGE, REFUSED),
    "GET /integrations/{integration}": ("DR", SEE, SEE),
    "PATCH /integrations/{integration}": ("D", CHANGE, REFUSED),
    "DELETE /integrations/{integration}": ("D", CHANGE, REFUSED),
    "GET /integrations/{integration}/definition": ("DR", SEE, SEE),
    "PUT /integrations/{integration}/definition": ("D", CHANGE, REFUSED),
    "POST /integrations/{integration}/steps": ("D", CHANGE, REFUSED),
    "PATCH /integrations/{integration}/steps/{step}": ("D", CHANGE, REFUSED),
    "DELETE /integrations/{integration}/steps/{step}": ("D", CHANGE, REFUSED),
    "POST /integrations/{integration}/config-variables": ("D", CHANGE, REFUSED),
    "PATCH /integrations/{integration}/config-variables/{variable}": ("D", CHANGE, REFUSED),
    "DELETE /integrations/{integration}/config-variables/{variable}": ("D", CHANGE, REFUSED),
    "POST /integrations/{integration}/versions": ("D", CHANGE, REFUSED),
    "GET /integrations/{integration}/versions": ("DR", SEE, SEE),
    "GET /integrations/{integration}/versions/{version}": ("DR", SEE, SEE),
    "GET /connections": ("R", SEE, SEE),
    "POST /connections": ("W", SEE, SEE),
    "GET /connections/{connection}": ("R", SEE, SEE),
    "PATCH /connections/{connection}": ("W", CHANGE, CHANGE),
    "DELETE /connections/{connection}": ("W", CHANGE, CHANGE),
    "GET /connections/{connection}/logs": ("R", SEE, SEE),
    "POST /connections/{connection}/authorizations": ("W", CHANGE, CHANGE),
    "POST /connections/{connection}/refresh": ("W", CHANGE, CHANGE),
    "POST /connections/{connection}/disconnect": ("W", CHANGE, CHANGE),
    "POST /connections/{connection}/reports": ("WC", REFUSED, REFUSED),
    "GET /connections/{connection}/credentials": ("C", REFUSED, REFUSED),
    "GET /instances": ("R", SEE, SEE),
    "POST /instances": ("W", SEE, SEE),
    "GET /instances/{instance}": ("R", SEE, SEE),
    "PATCH /instances/{instance}": ("W", CHANGE, CHANGE),
    "DELETE /instances/{instance}": ("W", CHANGE, CHANGE),
    "GET /instances/{instance}/config-pages": ("R", SEE, SEE),
    "PATCH /instances/{instance}/config-variables": ("W", CHANGE, CHANGE),
    "POST /instances/{instance}/deploy": ("W", CHANGE, CHANGE),
    "GET /instances/{instance}/users/{user}/config-pages": ("R", SEE, SEE),
    "PATCH /instances/{instance}/users/{user}/config-variables": ("W", SEE, SEE),
    "POST /instances/{instance}/users/{user}/deploy": ("W", SEE, SEE),
    "GET /instances/{instance}/credentials": ("C", REFUSED, REFUSED),
    "GET /customers": ("R", REFUSED, REFUSED),
    "POST /customers": ("W", REFUSED, REFUSED),
    "GET /customers/{customer}": ("R", SEE, SEE),
    "PATCH /customers/{customer}": ("W", REFUSED, REFUSED),
    "DELETE /customers/{customer}": ("W", REFUSED, REFUSED),
    "GET /api-keys": ("A", REFUSED, REFUSED),
    "POST /api-keys": ("A", REFUSED, REFUSED),
    "POST /api-keys/{key}/rotate": ("A", REFUSED, REFUSED),
    "DELETE /api-keys/{key}": ("A", REFUSED, REFUSED),
    "GET /signing-keys": ("A", REFUSED, REFUSED),
    "POST /signing-keys": ("A", REFUSED, REFUSED),
    "DELETE /signing-keys/{key}": ("A", REFUSED, REFUSED),
    "GET /audit": ("A", REFUSED, REFUSED),
    "GET /organization": ("DRWCA", REFUSED, REFUSED),
    "PATCH /organization": ("A", REFUSED, REFUSED),
    "GET /connections/{connection}/authorizations/{authorization}": ("R", SEE, SEE),
}

BEYOND = {"POST /signing-keys": {"R", "W"}}
"""What a key must have as well, because what it makes can do that."""
NONE, MALFORMED, NAMELESS = "none", "malformed", "nameless"
OWN, OTHER, OFFERED = "own", "other", "the organization's that is offered"
TELLS_OF_OFFERED = "GET /integrations/{integration}"
"""Without the draft, to every customer."""
THINGS: dict[str, dict[str, tuple[int, int, int, int]]] = {
    # What is answered to a key; to an admin; to a user who looks, and to one who changes.
    "{connection}": {
        "the organization's": (ALLOWED, 404, 404, 404),
        "the customer's": (ALLOWED, ALLOWED, ALLOWED, 403),
        "the user's own": (ALLOWED, ALLOWED, ALLOWED, ALLOWED),
        "another user's": (ALLOWED, ALLOWED, 404, 404),
        "another customer's": (ALLOWED, 404, 404, 404),
        "of another's user of the same name": (ALLOWED, 404, 404, 404),
        NONE: (404, 404, 404, 404),
        MALFORMED: (404, 404, 404, 404),
    },
    # Of a user of an instance.
    "{instance}/users/{user}": {
        "the caller's own": (ALLOWED,) * 4,
        "another user's": (ALLOWED, ALLOWED, 404, 404),
        "in another user's instance": (ALLOWED, ALLOWED, 404, 404),
        "in another customer's instance": (ALLOWED, 404, 404, 404),
        NONE: (404,) * 4,
        MALFORMED: (404,) * 4,
    },
    "{instance}": {
        "the customer's": (ALLOWED, ALLOWED, ALLOWED, 403),
        "the user's own": (ALLOWED,) * 4,
        "another user's": (ALLOWED, ALLOWED, 404, 404),
        "another customer's": (ALLOWED, 404, 404, 404),
        "of another's user of the same name": (ALLOWED, 404, 404, 404),
        NONE: (404,) * 4,
        MALFORMED: (404,) * 4,
    },
    "{customer}": {
        OWN: (ALLOWED, ALLOWED, ALLOWED, ALLOWED),
        OTHER: (ALLOWED, 404, 404, 404),
        NONE: (404, 404, 404, 404),
        MALFORMED: (404, 404, 404, 404),
    },
    "{template}": {
        "shared": (ALLOWED,) * 4,
        "the organization's": (ALLOWED, 404, 404, 404),
        NONE: (404,) * 4,
        MALFORMED: (404,) * 4,
    },
    "{integration}": {
        "the organization's": (ALLOWED, 404, 404, 404),
        OFFERED: (ALLOWED, 404, 404, 404),
        "the customer's": (ALLOWED, ALLOWED, ALLOWED, 403),
        "another customer's": (ALLOWED, 404, 404, 404),
        NONE: (404,) * 4,
        MALFORMED: (404,) * 4,
    },
    "{key}": {OWN: (ALLOWED,) * 4, NONE: (404,) * 4, MALFORMED: (404,) * 4},
    "{component}": {OWN: (ALLOWED,) * 4},
    # Of a customer, in the body of what is made and in the query of a list.
    "customerId": {
        NAMELESS: (ALLOWED, ALLOWED, ALLOWED, ALLOWED),
        OWN: (ALLOWED, ALLOWED, ALLOWED, ALLOWED),
        OTHER: (ALLOWED, 404, 404, 404),
        NONE: (ALLOWED, 404, 404, 404),
    },
    "": {NAMELESS: (ALLOWED,) * 4},
}
OF_A_CUSTOMER = (
    "GET /integrations", "POST /integrations", "GET /instances", "POST /instances",
    "GET /connections", "POST /connections",
)  # fmt: skip
BODIES: dict[str, dict[str, Any]] = {
    "PUT /components/{component}": PLAIN,
    "POST /connection-templates": {
        "name": "Another",
        "connection": {"component": "plain", "key": "apiKey", "values": {"host": "h"}},
    },
    "PATCH /connection-templates/{template}": {"connection": {"values": {"host": "i"}}},
    "POST /integrations": {"name": "Another"},
    "PATCH /integrations/{integration}": {"name": "Another"},
    "PUT /integrations/{integration}/definition": {"name": "Another"},
    "POST /integrations/{integration}/steps": {**STEP, "name": "Another"},
    "PATCH /integrations/{integration}/steps/{step}": {"name": "Another"},
    "POST /integrations/{integration}/config-variables": {
        "key": "Another",
        "connection": {"component": "plain", "key": "apiKey"},
    },
    "PATCH /integrations/{integration}/config-variables/{variable}": {"key": "Another"},
    "POST /connections": {"connection": {"component": "plain", "key": "apiKey"}},
    "PATCH /connections/{connection}": {"name": "Another"},
    "POST /connections/{connection}/reports": {"outcome": "success"},
    "POST /instances": {"name": "Another", "integrationId": "int_" + "0" * 26},
    "PATCH /instances/{instance}": {"name": "Another"},
    "PATCH /instances/{instance}/config-variables": {
        "OAuth Connection": {"values": {"clientId": "c"}}
    },
    "PATCH /instances/{instance}/users/{user}/config-variables": {},
    "PATCH /customers/{customer}": {"name": "Another name"},
    "PATCH /organization": {"name": "Another"},
    "POST /api-keys": {"name": "Another", "scopes": ["access:write"]},
    "POST /api-keys/{key}/rotate": {},
    "POST /signing-keys": {"name": "Set", "jwksUrl": "https://acme.example/keys"},
}
QUERIES = {"GET /instances/{instance}/credentials": {"configVariable": "OAuth Connection"}}
NO_PARTS = {
    "{step}": "stp_none", "{variable}": "var_none", "{version}": "1", "{authorization}": "aut_none",
}  # fmt: skip
NOBODY, ADMIN, USER, EVERYTHING = "nobody", "admin", "user", "DRWCA"
CALLERS = (NOBODY, *SCOPES, EVERYTHING, ADMIN, USER)


def kind(route: str) -> str:
    """Return which kind of thing a call is about."""
    if route in OF_A_CUSTOMER:
        return "customerId"
    return next((each for each in THINGS if each in route and each.startswith("{")), "")


CELLS = [
    (route, caller, thing)
    for route, rule in sorted(RULES.items())
    if not rule.open
    for caller, thing in itertools.product(CALLERS, THINGS[kind(route)])
]


def expected(route: str, caller: str, thing: str) -> int:
    if caller == NOBODY:
        return 401
    scopes, of_admins, of_users = USES[route]
    to_keys, to_admins, to_lookers, to_changers = THINGS[kind(route)][thing]
    if (route, thing) == (TELLS_OF_OFFERED, OFFERED):
        to_admins = to_lookers = ALLOWED
    if caller in (ADMIN, USER):
        does = of_admins if caller == ADMIN else of_users
        if does == REFUSED:
            return 403
        if caller == ADMIN:
            return to_admins
        return to_lookers if does == SEE else to_changers
    if route in BEYOND and not BEYOND[route] <= set(caller):
        return 403
    return to_keys if set(caller) & set(scopes) else 403


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """An organization in which there is a thing of each kind, and what is sent to AWS."""

    tenants: Tenants
    sent: Sent
    credentials: dict[str, str]
    things: dict[str, dict[str, str]]
    parts: dict[str, dict[str, str]]
    """What the paths name below an integration, by the integration's kind."""
    kept: Kept

    def call(self, route: str, caller: str, thing: str) -> Answer:
        method, _, path = route.partition(" ")
        content = {**BODIES.get(route, {})}
        query: dict[str, str] = {**QUERIES.get(route, {})}
        own = self.things["{signing}" if "signing" in route else kind(route)]
        if kind(route) == "customerId" and thing != NAMELESS:
            (query if method == "GET" else content)["customerId"] = own[thing]
        elif kind(route) != "customerId":
            path = path.replace(kind(route), own.get(thing, ""))
        for part, identifier in self.parts.get(thing, NO_PARTS).items():
            path = path.replace(part, identifier)
        self.sent.anew()
        return self.tenants.call(
            self.credentials[caller],
            method,
            path,
            json=content if route in BODIES else None,
            query=query,
        )


def template(functions: Functions, name: str, **more: Any) -> str:
    wanted = {**BODIES["POST /connection-templates"], "name": name, **more}
    return str(made(functions.call("POST", "/connection-templates", json=wanted))["id"])


def integration(tenants: Tenants, credential: str = "", **more: Any) -> tuple[str, dict[str, str]]:
    """Build and publish an integration; return its id, and the ids of its parts."""
    key = credential or tenants.functions.key
    wanted = {"name": "Sync", **more}
    identifier = made(tenants.call(key, "POST", "/integrations", json=wanted))["id"]
    path = f"/integrations/{identifier}"
    step = made(tenants.call(key, "POST", f"{path}/steps", json=STEP))
    made(tenants.call(key, "POST", f"{path}/versions"))
    draft = made(tenants.call(key, "GET", path))["draft"]
    variable = draft["configPages"][0]["elements"][0]["id"]
    return identifier, {"{step}": step["id"], "{variable}": variable, "{version}": "1"}


def authorization(functions: Functions, connection: str) -> str:
    """Make a link for a connection, and return its authorization's id."""
    return str(made(functions.call("POST", f"/connections/{connection}/authorizations"))["id"])


def instance(tenants: Tenants, of: str, credential: str, **more: Any) -> str:
    """Make an instance of an integration."""
    wanted = {"name": "Sync", "integrationId": of, **more}
    return str(made(tenants.call(credential, "POST", "/instances", json=wanted))["id"])


@pytest.fixture(scope="module")
def world(_running_aws: Aws) -> Iterator[World]:
    with sending() as sent, running_functions(_running_aws) as functions:
        tenants = Tenants.founded(functions)
        admin, user = tenants.token("root", role="admin"), tenants.token("ada")
        keys = {letter: key_of(functions, scope)["key"] for letter, scope in SCOPES.items()}
        credentials = {
            NOBODY: "", **keys, EVERYTHING: functions.key, ADMIN: admin, USER: user,
        }  # fmt: skip
        for each in credentials.values():
            tenants.call(each, "GET", "/components/plain")
        namesake = tenants.token("ada", customer="globex")
        connections = {
            "the organization's": tenants.connection(component="oauth"),
            "the customer's": tenants.connection(admin, component="oauth"),
            "the user's own": tenants.connection(user, component="oauth"),
            "another user's": tenants.connection(tenants.token("bob"), component="oauth"),
            "another customer's": tenants.connection(component="oauth", customerId=tenants.globex),
            "of another's user of the same name": tenants.connection(namesake, component="oauth"),
        }
        integrations = {
            "the organization's": integration(tenants),
            OFFERED: integration(tenants, offered=True),
            "the customer's": integration(tenants, admin),
            "another customer's": integration(tenants, customerId=tenants.globex),
        }
        instances = {
            name: instance(tenants, integrations[OFFERED][0], credential, **more)
            for name, credential, more in [
                ("the customer's", admin, {}),
                ("the user's own", user, {}),
                ("another user's", tenants.token("bob"), {}),
                ("another customer's", functions.key, {"customerId": tenants.globex}),
                ("of another's user of the same name", namesake, {}),
            ]
        }
        (signing,) = functions.call("GET", "/signing-keys").json["items"]
        nothing = {MALFORMED: "x' OR 1=1"}
        things = {
            "{connection}": {name: each["id"] for name, each in connections.items()}
            | {NONE: "con_" + "0" * 26, **nothing},
            "{instance}": {**instances, NONE: "ins_" + "0" * 26, **nothing},
            "{instance}/users/{user}": {
                "the caller's own": instances["the customer's"] + "/users/ada",
                "another user's": instances["the customer's"] + "/users/bob",
                "in another user's instance": instances["another user's"] + "/users/ada",
                "in another customer's instance": instances["another customer's"] + "/users/ada",
                NONE: "ins_" + "0" * 26 + "/users/ada",
                MALFORMED: "x' OR 1=1/users/ada",
            },
            "{customer}": {OWN: tenants.acme, OTHER: tenants.globex}
            | {NONE: "cus_" + "0" * 26, **nothing},
            "{template}": {
                "shared": template(functions, "Shared", shared=True),
                "the organization's": template(functions, "Own"),
                NONE: "tpl_" + "0" * 26,
                **nothing,
            },
            "{integration}": {name: each for name, (each, _) in integrations.items()}
            | {NONE: "int_" + "0" * 26, **nothing},
            "{key}": {OWN: key_of(functions, "access:write")["id"]}
            | {NONE: "key_" + "0" * 26, **nothing},
            "{signing}": {OWN: signing["id"], NONE: "sig_" + "0" * 26, **nothing},
            "{component}": {OWN: "plain"},
            "customerId": {OWN: tenants.acme, OTHER: tenants.globex, NONE: "cus_" + "0" * 26},
            "": {},
        }
        yield World(
            tenants=tenants,
            sent=sent,
            credentials=credentials,
            things=things,
            parts={
                name: {
                    **integrations.get(name, ("", NO_PARTS))[1],
                    "{authorization}": authorization(functions, connection["id"]),
                }
                for name, connection in connections.items()
            }
            | {OFFERED: integrations[OFFERED][1]},
            kept=Kept.of(_running_aws),
        )


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("route", sorted({route for route, _, _ in CELLS}))
def test_a_caller_may_do_what_is_written_here_and_nothing_else(
    world: World, route: str, caller: str
) -> None:
    hidden: set[str] = set()
    for thing in [thing for *cell, thing in CELLS if cell == [route, caller]]:
        answer = world.call(route, caller, thing)
        found = answer.status if answer.status in {401, 403, 404} else ALLOWED

        assert found == expected(route, caller, thing), f"{thing}: {answer.body}"
        assert answer.status < 500
        if found == ALLOWED:
            if world.sent.changes:
                world.kept.restore()
        elif caller in (ADMIN, USER) or found != 404:
            assert world.sent.changes == []
        else:  # a key may look for what is not there
            assert world.kept.changed == []
        if found == 404:
            hidden.add(answer.body)
    assert len(hidden) <= 1, "What is hidden and what is not there must look the same"


def test_what_was_refused_left_everything_as_it_was(world: World) -> None:
    world.kept.restore()
    refused = [cell for cell in CELLS if expected(*cell) != ALLOWED]
    for cell in refused:
        world.call(*cell)

    assert len(refused) > 400
    assert world.kept.changed == []


def test_the_matrix_does_not_shrink() -> None:
    assert len(USES) == len({route for route, _, _ in CELLS}) == 64
    assert len(CELLS) >= 2727
    assert sum(expected(*cell) == ALLOWED for cell in CELLS) >= 599
    assert {expected(*cell) for cell in CELLS} == {401, 403, 404, ALLOWED}
