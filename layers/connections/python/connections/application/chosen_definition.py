"""The connection definition that a request chooses by its component and its key."""

from connections.application.ports import Components
from connections.domain.errors import InvalidRequest, Problem
from connections_sdk.definitions import ConnectionDefinition


def chosen_definition(components: Components, component: str, key: str) -> ConnectionDefinition:
    """Return the connection of that key which a published component declares.

    Raises:
        InvalidRequest: there is no such component, or it has no such connection.
    """
    found = components.get(component)
    if found is None:
        problem = Problem("#/connection/component", "is not a published component")
        raise InvalidRequest("There is no such component.", [problem])
    definition = found.connection(key)
    if definition is None:
        offered = ", ".join(each.key for each in found.connections)
        problem = Problem("#/connection/key", f"must be one of: {offered}")
        raise InvalidRequest("The component has no such connection.", [problem])
    return definition
