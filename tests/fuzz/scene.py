"""What the fuzzing finds: callers of each kind, and things of which it knows the ids."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.live_connection import content_of
from tests.stack import RunningStack
from tests.tokens import Signer

COMPONENT = "fuzzed"
"""A component with a connection of one API key."""
DEMO = "demo-crm"
SPARE = "spare"
"""A component that nothing needs."""
VARIABLE, OF_USERS = "API key", "Own API key"
"""The config variables of what is published here: the second is each user's own."""
UNUSED = Signer.ed25519(kid="unused").public_jwk
TOKEN_SECONDS = 3600
"""As long as a customer user's token may live: no run takes longer."""
ROTATING = "POST /api-keys/{key}/rotate"
REWRITING = "PUT /integrations/{integration}/definition"
SCOPES = (
    "definitions:write", "connections:read", "connections:write", "credentials:read",
    "access:write",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who calls the API."""

    name: str
    credential: str | None = field(repr=False)
    ids: Mapping[str, list[str]]
    """What they know, by the parameter that takes it."""
    parts: Mapping[str, Mapping[str, list[str]]]
    """By an integration that they know, what it has of steps, config variables and versions."""

    @property
    def headers(self) -> dict[str, str]:
        """The headers that each of their requests has."""
        return {} if self.credential is None else {"Authorization": f"Bearer {self.credential}"}


NOBODY, READER, ADMIN, USER, ORGANIZATION = (
    "nobody", "a key that reads", "a customer's admin", "a customer's user",
    "a key of all scopes",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Callers, and the ids of what is not to be ended."""

    callers: list[Caller]
    kept: frozenset[str]
    """Without these the rest of the run would be refused, and prove nothing."""
    spared: Mapping[str, frozenset[str]]
    """By operation, what is kept, and can bear this one."""

    def may(self, operation: str, identifier: str) -> bool:
        """Tell whether an operation that ends something may be done to this."""
        return identifier not in self.kept or identifier in self.spared.get(operation, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """Integrations that one builder has."""

    ids: list[str]
    """The published one, the one to be written anew, and the one to be deleted."""
    parts: Mapping[str, Mapping[str, list[str]]]
    lasting: list[str]

    @property
    def rewritten(self) -> str:
        """The one to be written anew."""
        return self.ids[1]


def set_up(stack: RunningStack) -> Scene:
    """Make the callers, and something of each kind."""
    signer = Signer.ec(kid="fuzzing")
    wanted = {"name": "Fuzzing", "publicKey": signer.public_jwk}
    signing_key = _made(stack, "/signing-keys", wanted)
    unused = _made(stack, "/signing-keys", {"name": "Unused", "publicKey": UNUSED})
    acme, doomed = (
        _made(stack, "/customers", {"name": name, "externalId": name})["id"]
        for name in ("acme", "doomed")
    )
    everything = _key(stack, SCOPES)
    reading, rotated, spare = (_key(stack, ["connections:read"]) for _ in range(3))
    admin = _token(stack, signer, sub="grace", role="admin")
    user = _token(stack, signer, sub="ada", role="user")
    stack.publish(_component(COMPONENT))
    stack.publish(_component(SPARE))
    values = _connected(stack)
    of_organization = _connections(stack, values)
    of_customer = _connections(stack, values, {"customerId": acme})
    of_user = _connections(stack, values, credential=user)
    template, ended = (_made(stack, "/connection-templates", _template(n))["id"] for n in "ab")
    keys = [each["id"] for each in content_of(stack.api.get("/api-keys"))["items"]]
    _, _, link = _link(stack, of_organization[0])["url"].partition("authorization=")
    known = {
        "path.customer": [acme, doomed],
        "path.key": [rotated["id"], spare["id"], unused["id"]],
        "path.component": [COMPONENT, DEMO, SPARE],
        "path.template": [template, ended],
        "path.code": ["not-found", "unavailable"],
        "query.authorization": [link],
    }

    offered, built = _built(stack, offered=True), _built(stack, customerId=acme)
    instances = {
        who: _instances(stack, acme, of.ids[0], credential)
        for who, of, credential in (
            (USER, offered, user),
            (ADMIN, built, admin),
            (ORGANIZATION, offered, everything["key"]),
        )
    }
    parts = {**offered.parts, **built.parts}
    seen_by_customer = [built.ids[0], *offered.ids, *built.ids[1:]]

    def caller(name: str, credential: str | None, connections: list[str], **more: Any) -> Caller:
        of_caller = {
            "path.connection": connections,
            "path.authorization": [_link(stack, connections[0])["id"]],
            "path.integration": [*offered.ids, built.ids[0]],
            "path.instance": [*instances[ORGANIZATION], instances[USER][0]],
            "path.user": ["ada", "grace"],
            **{f"path.{kind}": ids for kind, ids in more.items()},
        }
        return Caller(name=name, credential=credential, ids={**known, **of_caller}, parts=parts)

    lasting = [
        of_organization[0],
        of_customer[0],
        of_user[0],
        acme,
        template,
        signing_key["id"],
        *keys,
        *(each[0] for each in instances.values()),
        *(each for one in (offered, built) for each in one.lasting),
    ]
    return Scene(
        # Last who can change what the others need.
        callers=[
            caller(NOBODY, None, of_organization),
            caller(READER, reading["key"], of_organization),
            caller(
                USER,
                user,
                [*of_user, of_organization[0]],
                integration=seen_by_customer,
                instance=[*instances[USER], instances[ADMIN][0]],
            ),
            caller(
                ADMIN,
                admin,
                [*of_customer, of_organization[0]],
                integration=seen_by_customer,
                instance=[*instances[ADMIN], instances[USER][0]],
            ),
            caller(ORGANIZATION, everything["key"], [*of_organization, of_user[2]]),
        ],
        kept=frozenset({COMPONENT, DEMO, *lasting} - {spare["id"]}),
        spared={
            ROTATING: frozenset({rotated["id"]}),
            REWRITING: frozenset({offered.rewritten, built.rewritten}),
        },
    )


def api_key_values() -> dict[str, str]:
    """Return values for a connection of the component."""
    return {"apiKey": secrets.token_urlsafe(24)}


def entered(key: str) -> dict[str, Any]:
    """Return what can be entered for a config variable."""
    return {key: {"values": api_key_values()}}


def variable(key: str, level: str = "instance") -> dict[str, Any]:
    """Return a config variable of the component's connection."""
    connection = {"component": COMPONENT, "key": "apiKey", "values": {}}
    return {"key": key, "level": level, "connection": connection}


def step(name: str) -> dict[str, str]:
    """Return a step that works with a config variable of the component."""
    return {"name": name, "component": COMPONENT, "action": "list"}


def definition() -> dict[str, Any]:
    """Return an integration as code."""
    elements = [variable(VARIABLE), variable(OF_USERS, "user")]
    return {
        "name": "As code",
        "configPages": [{"name": "Connections", "elements": elements}],
        "steps": [{**step("List"), "configVariable": VARIABLE}],
    }


def _built(stack: RunningStack, **whose: Any) -> Built:
    """Make three: a published one with spare parts, one to be written anew, one to be deleted."""
    published, rewritten, ended = (
        _made(stack, "/integrations", {"name": name, **whose})["id"]
        for name in ("Published", "Rewritten", "Ended")
    )
    path = f"/integrations/{published}"
    variables = [
        _made(stack, f"{path}/config-variables", each)["id"]
        for each in (variable(VARIABLE), variable(OF_USERS, "user"))
    ]
    steps = [_made(stack, f"{path}/steps", {**step("List"), "configVariable": VARIABLE})["id"]]
    _made(stack, f"{path}/versions", None)
    # Not in the version: instances need not be given values for it.
    variables.append(_made(stack, f"{path}/config-variables", variable("Spare"))["id"])
    steps.append(_made(stack, f"{path}/steps", {**step("Spare"), "configVariable": VARIABLE})["id"])
    return Built(
        ids=[published, rewritten, ended],
        parts={published: {"variable": variables, "step": steps, "version": ["1"]}},
        lasting=[published, rewritten, *variables[:2], steps[0]],
    )


def _instances(stack: RunningStack, customer: str, integration: str, credential: str) -> list[str]:
    """Make one that stays, configured for itself and for a user, and one that may be deleted."""
    wanted = {"name": "Fuzzed", "customerId": customer, "integrationId": integration}
    kept, ended = (_made(stack, "/instances", wanted, credential)["id"] for _ in "ab")
    path = f"/instances/{kept}"
    for place, key in ((path, VARIABLE), (f"{path}/users/ada", OF_USERS)):
        content_of(stack.api.patch(f"{place}/config-variables", json=entered(key)))
    return [kept, ended]


def _component(key: str) -> dict[str, Any]:
    fields = {"apiKey": {"type": "password", "label": "API key", "required": True}}
    definition = {"key": "apiKey", "label": "An API key", "inputs": fields}
    return {"key": key, "label": "Fuzzed", "connections": [definition]}


def _template(name: str) -> dict[str, Any]:
    filled = {"component": COMPONENT, "key": "apiKey", "values": api_key_values()}
    return {"name": name, "connection": filled, "shared": True}


def _connected(stack: RunningStack) -> dict[str, str]:
    """Connect the connection that the stack has, and return its values."""
    _connect(stack, stack.authorization_url)
    credentials = stack.api.get(f"/connections/{stack.connection_id}/credentials")
    values: dict[str, str] = content_of(credentials)["fields"]
    return values


def _connections(
    stack: RunningStack,
    values: dict[str, str],
    whose: Mapping[str, str] | None = None,
    credential: str | None = None,
) -> list[str]:
    """Make one that stays connected, one that may be disconnected, and one without OAuth."""
    oauth = {"component": DEMO, "key": "oauth2", "values": values}
    plain = {"component": COMPONENT, "key": "apiKey", "values": api_key_values()}
    made = [
        _made(stack, "/connections", {"connection": each, **(whose or {})}, credential)["id"]
        for each in (oauth, oauth, plain)
    ]
    for connection in made[:2]:
        _connect(stack, _link(stack, connection)["url"])
    return made


def _link(stack: RunningStack, connection_id: str) -> dict[str, Any]:
    return _made(stack, f"/connections/{connection_id}/authorizations", None)


def _connect(stack: RunningStack, link: str) -> None:
    browser = stack.browser()
    page = browser.submit(browser.submit(browser.get(link).form).form, "Allow")
    assert page.title == "Authorization complete", page.text


def _key(stack: RunningStack, scopes: Any) -> dict[str, Any]:
    key = _made(stack, "/api-keys", {"name": "Fuzzing", "scopes": list(scopes)})
    stack.evidence.secrets.add(key["key"])
    return key


def _token(stack: RunningStack, signer: Signer, **claims: Any) -> str:
    now = datetime.now(UTC)
    expires = int(now.timestamp()) + TOKEN_SECONDS
    token = signer.token(now=now, exp=expires, aud=stack.url, **claims)
    stack.evidence.secrets.add(token)
    return token


def _made(
    stack: RunningStack, path: str, wanted: dict[str, Any] | None, credential: str | None = None
) -> dict[str, Any]:
    headers = {} if credential is None else {"Authorization": f"Bearer {credential}"}
    return content_of(stack.api.post(path, json=wanted, headers=headers))
