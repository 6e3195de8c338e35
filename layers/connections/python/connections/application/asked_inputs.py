"""Which inputs of a config variable somebody is asked for, and who."""

from collections.abc import Collection

from connections.domain.caller import Caller, Organization
from connections.domain.connection import Inputs
from connections_sdk.definitions import ConnectionDefinition
from connections_sdk.inputs import InputField
from connections_sdk.integrations import ConfigValue, ConfigVariable, Visibility

KEPT = "is for the organization to say: it decides where secrets are sent that are not yours"
_REACH = {
    "organization": frozenset(Visibility),
    "embedding": frozenset({Visibility.CUSTOMER, Visibility.EMBEDDED}),
    "user": frozenset({Visibility.CUSTOMER}),
}
ALL_INPUTS = _REACH["organization"]
"""The reach of the organization, and of its code."""


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
        name: Visibility.ORGANIZATION if name in kept else _visibility(variable, name, field)
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


def kept_beside(
    definition: ConnectionDefinition, inputs: Inputs, anew: Collection[str]
) -> frozenset[str]:
    """Return the inputs that nobody on the customer's side enters for a connection as it stands.

    A secret of the organization that they enter `anew` in the same request is theirs then.
    """
    filled = inputs.template.values if inputs.template else {}
    organizations = inputs.by_organization & inputs.values.keys()
    return kept_from_customers(definition, filled, organizations - frozenset(anew))


def misdirected(
    definition: ConnectionDefinition, inputs: Inputs, anew: Collection[str]
) -> dict[str, str]:
    """Return what is wrong with secrets that the organization enters `anew`, by their names.

    `inputs` as they would be then: who said before where such a secret is sent, while there was
    none, would have it sent to themselves.
    """
    own = [name for name in anew if definition.inputs[name].secret]
    said = inputs.values.keys() - inputs.by_organization
    theirs = sorted(kept_from_customers(definition, (), own) & said)
    fault = f"would be sent where the customer's side said: enter {', '.join(theirs)} as well"
    return dict.fromkeys(own, fault) if theirs else {}


def _visibility(variable: ConfigVariable, name: str, field: InputField) -> Visibility:
    """Return who is asked for an input: the customer, unless the builder says something else.

    Of the input, or of the variable as a whole; a secret that the builder entered is the
    organization's own unless it is said of the input that it is not.
    """
    said = variable.connection.values.get(name, ConfigValue())
    if said.visibility is not None:
        return said.visibility
    if field.secret and said.entered:
        return Visibility.ORGANIZATION
    return variable.visibility or Visibility.CUSTOMER
