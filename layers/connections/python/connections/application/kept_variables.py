"""What stays of config variables when they are changed, or imported anew."""

from collections.abc import Mapping
from typing import Any

from connections_sdk.integrations import ConfigVariable, Integration, VariableConnection


def identities(document: Integration, former: Integration) -> Mapping[str, ConfigVariable]:
    """Return which variable of the former document another's is, by the other's keys.

    One of the same stable key, or else one of the same key that no other is by its stable key.
    """
    by_stable_key = {
        each.stable_key: each for each in former.variables.values() if each.stable_key is not None
    }
    found = {
        each.key: by_stable_key[each.stable_key]
        for each in document.variables.values()
        if each.stable_key in by_stable_key
    }
    taken = {each.key for each in found.values()}
    return found | {
        key: former.variables[key]
        for key in document.variables
        if key not in found and key in former.variables and key not in taken
    }


def restored(variable: ConfigVariable, former: ConfigVariable | None) -> ConfigVariable:
    """Return the variable with the secrets that an export left out, from where they are kept.

    One that is kept nowhere is left to be entered. Nothing that was entered for another connection
    is taken: there it may not be a secret.
    """
    same = former is not None and (former.connection.component, former.connection.key) == (
        variable.connection.component,
        variable.connection.key,
    )
    stored = former.connection.values if former is not None and same else {}
    values = {}
    for name, each in variable.connection.values.items():
        kept = stored.get(name)
        value = kept.value if each.set and each.value is None and kept is not None else each.value
        values[name] = each.model_copy(update={"set": False, "value": value})
    connection = variable.connection.model_copy(update={"values": values})
    return variable.model_copy(update={"connection": connection})


def begun(former: ConfigVariable, changes: Mapping[str, Any]) -> ConfigVariable:
    """Return what a change begins from: of another connection neither values nor template stay."""
    connection = former.connection
    same = {"component": connection.component, "key": connection.key}
    changed = changes.get("connection", {})
    wanted = {name: changed.get(name, former_one) for name, former_one in same.items()}
    if wanted == same:
        return former
    return former.model_copy(update={"connection": VariableConnection(**wanted)})
