"""What a connection's log says of a change."""

from connections.application.instance_ports import Change
from connections.domain.log_entry import Event, LogEntry, Severity
from connections_sdk.integrations import Visibility

_RECONNECT = (
    " The grant goes on with the inputs that it was issued under; CONNECT again to take up the new"
    " ones."
)
_SHOWN = {None, str(Visibility.CUSTOMER)}
"""By whom an input is entered that a customer's user knows of; None where nobody said."""
_FETCHED = " The access token goes on until one is fetched under the new inputs."


def change_entry(change: Change, *, otherwise: str) -> LogEntry:
    """Return the entry of a change; it names inputs and quotes no value.

    Customers' users read it: what they are not asked for is not named.

    `otherwise` says what happened where no value was entered.
    """
    former, values = change.former_inputs.values, change.inputs.values
    names = {name for name in {*former, *values} if former.get(name) != values.get(name)}
    # Whoever enters the organization's secret by guess is not told by its log that it was right.
    names |= change.former_inputs.by_organization ^ change.inputs.by_organization
    told = _changed(sorted(names), change) if names else otherwise
    if change.connection.inputs_changed:
        told += _FETCHED if change.connection.client_credentials else _RECONNECT
    return LogEntry(
        connection_id=change.connection.id,
        at=change.connection.updated_at,
        event=Event.CHANGED,
        severity=Severity.INFO,
        detail=told,
    )


def _changed(names: list[str], change: Change) -> str:
    """Return which values were changed, in words for everybody."""
    shown = [
        name
        for name in names
        if {each.visibility.get(name) for each in (change.former_inputs, change.inputs)} <= _SHOWN
    ]
    if not shown:
        return "Values were changed that not everybody is shown."
    others = " and others that not everybody is shown" if len(shown) < len(names) else ""
    return f"Values were changed: {', '.join(shown)}{others}."
