"""Connections that come, change and go: as parts of transactions, for whoever has others beside."""

from typing import TYPE_CHECKING, Any

from connections.adapters.aws import to_item
from connections.adapters.inputs_items import inputs_item
from connections.adapters.state_items import (
    CLOSED,
    due_item,
    inputs_key,
    new_state,
    place_item,
    state_key,
)
from connections.application.instance_ports import Change
from connections.domain.connection import Connection, Inputs
from connections.domain.identifiers import ConnectionId

if TYPE_CHECKING:
    from connections.adapters.sealing import Sealer

_OPEN = f"attribute_exists(pk) AND attribute_not_exists({CLOSED})"


def new_connection_parts(
    table: str, sealer: "Sealer", connection: Connection, inputs: Inputs
) -> list[dict[str, Any]]:
    """Return the parts that store a new connection; both fail if its id is taken."""
    return [
        {
            "Put": {
                "TableName": table,
                "Item": to_item(item),
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }
        for item in (new_state(connection), inputs_item(inputs, sealer))
    ]


def changed_connection_parts(table: str, sealer: "Sealer", change: Change) -> list[dict[str, Any]]:
    """Return the parts that store a change.

    They fail if the inputs are not the former ones, if the connection is gone, or if a refresh or
    a consent has meanwhile changed what the change changes as well.
    """
    return [_changed_inputs(table, sealer, change), _changed_state(table, change)]


def closed_part(table: str, connection_id: ConnectionId) -> dict[str, Any]:
    """Return the part that closes a state: nobody finds it, and no grant is added to it."""
    return _closed(table, state_key(connection_id))


def closed_parts(table: str, connection_id: ConnectionId) -> list[dict[str, Any]]:
    """Return the parts that close a connection with its inputs: code does not get them, too."""
    return [_closed(table, key) for key in (state_key(connection_id), inputs_key(connection_id))]


def _closed(table: str, key: dict[str, str]) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": table,
            "Key": to_item(key),
            "UpdateExpression": f"SET {CLOSED} = :closed",
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeValues": to_item({":closed": True}),
        }
    }


def _changed_inputs(table: str, sealer: "Sealer", change: Change) -> dict[str, Any]:
    former = change.former_inputs.revision
    as_read = "revision = :former" if former else f"{_EXISTING} AND attribute_not_exists(revision)"
    return {
        "Put": {
            "TableName": table,
            "Item": to_item(inputs_item(change.inputs, sealer)),
            "ConditionExpression": f"{as_read} AND attribute_not_exists({CLOSED})",
            **({"ExpressionAttributeValues": to_item({":former": former})} if former else {}),
        }
    }


_EXISTING = "attribute_exists(pk)"


def _changed_state(table: str, change: Change) -> dict[str, Any]:
    """Return the part that changes the state, and nothing of what refreshes write."""
    connection, former = change.connection, change.former
    sets: dict[str, Any] = {
        **place_item(connection.place),
        "templateId": connection.template_id,
        "inputsDigest": connection.inputs_digest,
        "updatedAt": connection.updated_at,
    }
    if connection.refresh_at != former.refresh_at:
        sets |= due_item(connection.id, connection.refresh_at)
    if connection.registration != former.registration:
        sets["registration"] = connection.registration
    changed, expected = _shared(connection), _shared(former)
    differing = [name for name in changed if changed[name] != expected[name]]
    sets |= {name: changed[name] for name in differing}
    kept = {name: value for name, value in sets.items() if value is not None}
    gone = [name for name in sets if name not in kept]
    conditions = [_OPEN]
    values = {f":{name}": value for name, value in kept.items()}
    for name in differing:
        if expected[name] is None:
            conditions.append(f"attribute_not_exists(#{name})")
        else:
            conditions.append(f"#{name} = :former_{name}")
            values[f":former_{name}"] = expected[name]
    setting = "SET " + ", ".join(f"#{name} = :{name}" for name in kept)
    removing = "REMOVE " + ", ".join(f"#{name}" for name in gone) if gone else ""
    return {
        "Update": {
            "TableName": table,
            "Key": to_item(state_key(connection.id)),
            "UpdateExpression": f"{setting} {removing}".strip(),
            "ConditionExpression": " AND ".join(conditions),
            "ExpressionAttributeNames": {f"#{name}": name for name in sets},
            "ExpressionAttributeValues": to_item(values),
        }
    }


def _shared(connection: Connection) -> dict[str, str | None]:
    """Return what others write as well: it is changed only where it stands as it was read."""
    return {
        "name": connection.name,
        "requestedScopes": connection.requested_scopes,
        "status": connection.status.value,
        "reason": connection.reason.value if connection.reason else None,
    }
