"""Which of the values that were entered are read back, and by whom."""

from connections_sdk.definitions import ConnectionDefinition
from connections_sdk.inputs import InputField


def read_back(
    definition: ConnectionDefinition, field: InputField, *, to_organization: bool
) -> bool:
    """Tell whether the organization, or a customer's user, reads back what was entered.

    A secret nobody does. Definitions in use declare API keys as plain strings, too: free text is
    told to the organization alone, and only of OAuth connections, whose secrets are marked.
    """
    if field.secret:
        return False
    return _is_a_choice(field) or (to_organization and definition.oauth2_type is not None)


def _is_a_choice(field: InputField) -> bool:
    """Tell whether the definition lists what can be entered; entries of collections it does not."""
    if field.collection is not None or field.type == "template":
        return False
    return field.type == "boolean" or field.model is not None
