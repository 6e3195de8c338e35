"""Documents of components, from which each test changes what it is about."""

from typing import Any

from pydantic import ValidationError

from connections_sdk.definitions import Component, ConnectionDefinition, InputField


def a_field(**changes: Any) -> InputField:
    """Return an input field, made from its document."""
    return InputField.model_validate({"type": "string", **changes})


def a_connection_definition(**changes: Any) -> ConnectionDefinition:
    """Return a connection definition, made from its document."""
    document = {"key": "apiKey", "label": "API Key", "inputs": {"apiKey": {"type": "password"}}}
    return ConnectionDefinition.model_validate({**document, **changes})


def a_component(*definitions: dict[str, Any], **changes: Any) -> Component:
    """Return a component that declares these connections, made from its document."""
    document = {"key": "acme", "label": "Acme", "connections": list(definitions)}
    return Component.model_validate({**document, **changes})


def places(error: ValidationError) -> list[tuple[str, tuple[int | str, ...]]]:
    """Return the kind and place of each error."""
    return [(each["type"], each["loc"]) for each in error.errors()]
