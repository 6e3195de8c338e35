"""The connection definition that a request chooses by its component and its key."""

from connections.application.ports import Components
from connections.domain.errors import InvalidRequest, Problem
from connections_sdk.definitions import Component, ConnectionDefinition


def chosen_definition(components: Components, component: str, key: str) -> ConnectionDefinition:
    """Return the connection of that key which a published component declares.

    Raises:
        InvalidRequest: there is no such component, or it has no such connection.
    """
    return declared_by(components.get(component), key)[1]


def declared_by(
    component: Component | None, key: str, *, at: str = "#"
) -> tuple[Component, ConnectionDefinition]:
    """Return a component that was read, with its connection of that key.

    `at` is where in the request what is chosen stands.

    Raises:
        InvalidRequest: there is no such component, or it has no such connection.
    """
    if component is None:
        problem = Problem(f"{at}/connection/component", "is not a published component")
        raise InvalidRequest("There is no such component.", [problem])
    definition = component.connection(key)
    if definition is None:
        offered = ", ".join(each.key for each in component.connections)
        problem = Problem(f"{at}/connection/key", f"must be one of: {offered}")
        raise InvalidRequest("The component has no such connection.", [problem])
    return component, definition
