"""Which inputs of a config variable somebody is asked for, and who."""

from collections.abc import Collection

from connections.domain.caller import Caller, Organization
from connections_sdk.definitions import ConnectionDefinition
from connections_sdk.inputs import InputField
from connections_sdk.integrations import ConfigValue, ConfigVariable, Visibility

KEPT = "is for the organization to say: it decides where secrets are sent that are not yours"
_REACH = {
    "organization": frozenset(Visibility),
    "embedding": frozenset({Visibility.CUSTOMER, Visibility.EMBEDDED}),
    "user": frozenset({Visibility.CUSTOMER}),
}


def reach_of(caller: Caller) -> frozenset[Visibility]:
    """Return which inputs a caller is asked for, and may enter."""
    if isinstance(caller, Organization):
        return _REACH["organization"]
    return _REACH["embedding" if caller.embedding else "user"]


def asked(
    definition: ConnectionDefinition, variable: ConfigVariable, templated: Collection[str]
) -> dict[str, Visibility]:
    """Return the inputs that somebody is asked for, in their order, each with who that is.

    Nobody is asked for what is not shown, nor for what a connection template fills.
    """
    said = variable.connection.values
    entered = [name for name, each in said.items() if each.entered]
    kept = kept_from_customers(definition, templated, entered)
    return {
        name: Visibility.ORGANIZATION if name in kept else _visibility(field, said.get(name))
        for name, field in definition.inputs.items()
        if field.shown and name not in templated
    }


def kept_from_customers(
    definition: ConnectionDefinition, templated: Collection[str], given: Collection[str] = ()
) -> frozenset[str]:
    """Return the inputs that nobody on the customer's side enters beside what is given to them.

    `templated` a template fills; `given` somebody else may have entered. Who says where a secret is
    sent could have it sent to themselves; a text with slots could name one that a template fills,
    and tell it to a browser.
    """
    inputs = definition.inputs
    kept = frozenset(definition.templates) if templated else frozenset()
    if any(inputs[name].secret for name in (*templated, *given) if name in inputs):
        kept |= definition.directing | {name for name, field in inputs.items() if not field.shown}
    return kept


def _visibility(field: InputField, said: ConfigValue | None) -> Visibility:
    """Return who is asked for an input: the customer, unless the builder says something else.

    A secret that the builder entered is the organization's own.
    """
    if said is not None and said.visibility is not None:
        return said.visibility
    kept = field.secret and said is not None and said.entered
    return Visibility.ORGANIZATION if kept else Visibility.CUSTOMER
