"""What a connection's log says of a change."""

from connections.application.instance_ports import Change
from connections.domain.log_entry import Event, LogEntry, Severity

_RECONNECT = (
    " The grant goes on with the inputs that it was issued under; CONNECT again to take up the new"
    " ones."
)


def change_entry(change: Change, *, otherwise: str) -> LogEntry:
    """Return the entry of a change; it names inputs and quotes no value.

    `otherwise` says what happened where no value was entered.
    """
    former, values = change.former_inputs.values, change.inputs.values
    names = sorted(name for name in {*former, *values} if former.get(name) != values.get(name))
    told = f"Values were changed: {', '.join(names)}." if names else otherwise
    if change.connection.inputs_changed:
        told += _RECONNECT
    return LogEntry(
        connection_id=change.connection.id,
        at=change.connection.updated_at,
        event=Event.CHANGED,
        severity=Severity.INFO,
        detail=told,
    )
