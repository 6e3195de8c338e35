"""Whether a connection's inputs are complete: without them nobody is sent to connect it.

What is missing is named to those who are asked for it; others hear whom to turn to.
"""

from collections.abc import Iterable, Mapping

from connections.application.entered_values import missing_inputs, value_problems
from connections.domain.connection import Inputs
from connections.domain.errors import ConfigurationIncomplete, Problem
from connections.oauth.addresses import AllowedHosts
from connections.oauth.stored_definitions import definition_of
from connections_sdk.definitions import ConnectionDefinition
from connections_sdk.integrations import Visibility
from connections_sdk.places import pointer_step

Reach = frozenset[Visibility]
"""Which inputs somebody may enter: see `reach_of`."""
_INCOMPLETE = "Some inputs that are required have no value, or one that does not fit."
_MORE = "The organization has to enter more."


def refuse_incomplete(definition: ConnectionDefinition, inputs: Inputs, reach: Reach) -> None:
    """Do nothing if every input that is required has a value.

    Raises:
        ConfigurationIncomplete: some have none; it names those that are within reach.
    """
    missing = missing_inputs(definition, inputs.effective)
    named = [name for name in missing if may_enter(definition, name, inputs, reach)]
    told = [f"These inputs have no value yet: {', '.join(named)}."] if named else []
    if len(named) < len(missing):
        told.append(_MORE)
    if told:
        raise ConfigurationIncomplete(
            " ".join(told),
            [Problem(f"#/connection/values/{pointer_step(name)}", "is required") for name in named],
        )


def refuse_unfit(held: Mapping[str, Inputs], hosts: AllowedHosts, reach: Reach) -> None:
    """Do nothing if all connections can be connected; they are given by their variables' keys.

    Raises:
        ConfigurationIncomplete: an input has no value and is required, or has one that does not
            fit; it names those that are within reach.
    """
    problems: list[Problem] = []
    more = False
    for key, inputs in held.items():
        at = f"#/{pointer_step(key)}/values"
        definition = definition_of(inputs.definition)
        hidden = {
            f"{at}/{pointer_step(name)}"
            for name in definition.inputs
            if not may_enter(definition, name, inputs, reach)
        }
        found = _unfit(definition, inputs, hosts, at)
        told = [each for each in found if each.pointer not in hidden]
        problems += told
        more = more or len(told) < len(found)
    if problems or more:
        told_of = [_INCOMPLETE] if problems else []
        raise ConfigurationIncomplete(" ".join(told_of + [_MORE] * more), problems)


def all_fit(connections: Iterable[Inputs], hosts: AllowedHosts) -> bool:
    """Tell whether all of some connections can be connected."""
    return not any(
        _unfit(definition_of(each.definition), each, hosts, at="#") for each in connections
    )


def _unfit(
    definition: ConnectionDefinition, inputs: Inputs, hosts: AllowedHosts, at: str
) -> list[Problem]:
    """Return what nobody would be sent to CONNECT for.

    Values are held against each other once more: those that were entered under another version met
    others there.
    """
    effective = inputs.effective
    missing = missing_inputs(definition, effective)
    problems = [Problem(f"{at}/{pointer_step(name)}", "is required") for name in missing]
    values = [name for name in effective if name in definition.inputs and name not in missing]
    return problems + value_problems(definition, effective, hosts, at=at, of=values)


def may_enter(definition: ConnectionDefinition, name: str, inputs: Inputs, reach: Reach) -> bool:
    """Tell whether who has this reach is asked for an input; all is the organization's to know."""
    if Visibility.ORGANIZATION in reach:
        return True
    if inputs.variable_key is not None:
        return inputs.visibility.get(name) in reach
    templated = inputs.template is not None and name in inputs.template.values
    return definition.inputs[name].shown and not templated
