"""Whether a connection's inputs are complete: without them nobody is sent to connect it."""

from connections.application.entered_values import missing_inputs
from connections.domain.connection import Inputs
from connections.domain.errors import ConfigurationIncomplete, Problem
from connections_sdk.definitions import ConnectionDefinition
from connections_sdk.places import pointer_step


def refuse_incomplete(definition: ConnectionDefinition, inputs: Inputs) -> None:
    """Do nothing if every input that is required has a value.

    Raises:
        ConfigurationIncomplete: some have none; it names them.
    """
    missing = missing_inputs(definition, inputs.effective)
    if missing:
        raise ConfigurationIncomplete(
            f"These inputs have no value yet: {', '.join(missing)}.",
            [
                Problem(f"#/connection/values/{pointer_step(name)}", "is required")
                for name in missing
            ],
        )
