"""What makes of a good case one that can succeed: a body or a query that names what there is."""

import random
import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from schemathesis.generation.case import Case

from connections_sdk.integration_texts import written
from connections_sdk.integrations import Integration
from tests.fuzz.scene import (
    COMPONENT,
    OF_USERS,
    UNUSED,
    VARIABLE,
    Caller,
    api_key_values,
    definition,
    entered,
    variable,
)

Members = Mapping[str, Any]
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")


def mend(case: Case[Any], caller: Caller, chance: random.Random) -> None:
    """Change a case so that nothing beyond the document speaks against it."""
    label = case.operation.label
    for name, index in _NAMED.get(label, {}).items():
        case.path_parameters[name] = caller.ids[f"path.{name}"][index]
    if label in _CHANGES:
        case.body = {**cast("dict[str, Any]", case.body), **_CHANGES[label](caller)}
    elif label in _BODIES:
        case.body = dict(_BODIES[label](chance))
    elif label == "PUT /integrations/{integration}/definition":
        as_yaml = case.media_type == "application/yaml"
        # Bytes are sent as they are, where a text would be written as YAML's form of a text.
        case.body = _yaml().encode() if as_yaml else definition()
    elif label == "PUT /components/{component}":
        key = cast("dict[str, Any]", case.body)["key"]
        if _KEY.fullmatch(key):
            case.path_parameters["component"] = key
    elif label in _PARTS:
        # The last of an integration's parts is the one that may go.
        first, name = caller.ids["path.integration"][0], _PARTS[label]
        case.path_parameters.update(integration=first)
        case.path_parameters[name] = caller.parts[first][name][-1]
    elif label.startswith("GET "):
        case.query.pop("cursor", None)
        if label == "GET /instances/{instance}/credentials":
            case.query.pop("userId", None)
            case.query.update(chance.choice(_HELD))


def unspoken(body: Any) -> Any:
    """Return a body without an API key that was told before.

    Schemathesis takes what answers had as `key` for what requests call so. An answer that repeats
    it would look like a leak.
    """
    match body:
        case str() if body.startswith("cnx_"):
            return "key"
        case list():
            return [unspoken(each) for each in body]
        case dict():
            return {unspoken(key): unspoken(each) for key, each in body.items()}
    return body


def _yaml() -> str:
    return written(Integration.model_validate(definition()))


def _wanted_connection() -> dict[str, Any]:
    return {"component": COMPONENT, "key": "apiKey", "values": api_key_values()}


def _wanted_instance(caller: Caller) -> Members:
    ids = {name: caller.ids[f"path.{name}"][0] for name in ("integration", "customer")}
    return {"integrationId": ids["integration"], "customerId": ids["customer"], "version": 1}


_CHANGES: Mapping[str, Callable[[Caller], Members]] = {
    "POST /connections": lambda _: {
        "connection": _wanted_connection(), "customerId": None, "oauthRedirects": None,
    },
    "POST /connection-templates": lambda _: {"connection": _wanted_connection()},
    "PATCH /connection-templates/{template}": lambda _: {
        "connection": {"values": api_key_values()}
    },
    "POST /signing-keys": lambda _: {"publicKey": UNUSED, "jwksUrl": None},
    "POST /api-keys": lambda _: {"expiresAt": None},
    "POST /integrations": lambda _: {"customerId": None, "offered": False},
    "POST /integrations/{integration}/steps": lambda _: {
        "component": COMPONENT, "configVariable": None,
    },
    "POST /instances": _wanted_instance,
    "PATCH /instances/{instance}": lambda _: {"version": 1},
}  # fmt: skip
"""By operation, the members that a body is given."""
_BODIES: Mapping[str, Callable[[random.Random], Members]] = {
    "PATCH /integrations/{integration}": lambda _: {"description": "Changed"},
    "PATCH /integrations/{integration}/steps/{step}": lambda _: {"action": "change"},
    "POST /integrations/{integration}/config-variables": lambda chance: variable(
        f"Key {chance.randrange(10**6)}"
    ),
    "PATCH /integrations/{integration}/config-variables/{variable}": lambda _: {
        "description": "Changed",
    },
    "PATCH /instances/{instance}/config-variables": lambda _: entered(VARIABLE),
    "PATCH /instances/{instance}/users/{user}/config-variables": lambda _: entered(OF_USERS),
}
"""By operation, the body in place of one that names what there is only by chance."""
_PARTS = {
    "DELETE /integrations/{integration}/steps/{step}": "step",
    "DELETE /integrations/{integration}/config-variables/{variable}": "variable",
}
_NAMED: Mapping[str, Mapping[str, int]] = {
    "DELETE /api-keys/{key}": {"key": 1},
    # The first connection stays connected and has a link; the second may be disconnected.
    "GET /connections/{connection}/authorizations/{authorization}": {
        "connection": 0, "authorization": 0,
    },
    "POST /connections/{connection}/disconnect": {"connection": 1},
}  # fmt: skip
"""By operation, which of the ids that the caller knows its path names."""
_HELD: tuple[Members, ...] = (
    {"configVariable": VARIABLE},
    {"configVariable": OF_USERS, "userId": "ada"},
)
"""How code asks for the credentials of the instances that are kept."""
