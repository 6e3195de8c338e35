"""Instances, and what their users have, as they lie in the Definitions table."""

from collections.abc import Mapping
from typing import Any

from connections.adapters.aws import moment
from connections.adapters.state_items import owner_item, to_owner
from connections.domain.identifiers import ConnectionId, InstanceId, IntegrationId, VariableId
from connections.domain.instance import HeldVariable, Instance, UserVariables

LISTED = "instance"
"""The partition of the index in which all instances are listed."""
_USER = "user/"


def instance_key(instance_id: InstanceId) -> dict[str, str]:
    """Return the key of an instance's item."""
    return {"pk": instance_id, "sk": "instance"}


def user_key(instance_id: InstanceId, user_id: str) -> dict[str, str]:
    """Return the key of the item of what a user has."""
    return {"pk": instance_id, "sk": f"{_USER}{user_id}"}


def instance_reference_key(
    integration_id: IntegrationId, instance_id: InstanceId
) -> dict[str, str]:
    """Return the key of the item that keeps an integration from being deleted."""
    return {"pk": integration_id, "sk": f"instance/{instance_id}"}


def instance_item(instance: Instance) -> dict[str, Any]:
    """Return the item of an instance."""
    return {
        **instance_key(instance.id),
        "listed": LISTED,
        **owner_item(instance.owner),
        "name": instance.name,
        "integrationId": instance.integration_id,
        "version": instance.version,
        "variables": [_variable_item(each) for each in instance.variables],
        "leaving": list(instance.leaving),
        "enabled": instance.enabled,
        "deployedAt": instance.deployed_at,
        "revision": instance.revision,
        "createdAt": instance.created_at,
        "updatedAt": instance.updated_at,
        "deletingSince": instance.deleting_since,
    }


def to_instance(item: Mapping[str, Any]) -> Instance:
    """Return the instance that an item holds."""
    return Instance(
        id=InstanceId(item["pk"]),
        name=item["name"],
        owner=to_owner(item),
        integration_id=IntegrationId(item["integrationId"]),
        version=int(item["version"]),
        variables=tuple(_variable(each) for each in item["variables"]),
        leaving=tuple(map(ConnectionId, item["leaving"])),
        enabled=item["enabled"],
        deployed_at=moment(item.get("deployedAt")),
        revision=int(item["revision"]),
        created_at=moment(item["createdAt"]),
        updated_at=moment(item["updatedAt"]),
        deleting_since=moment(item.get("deletingSince")),
    )


def user_item(variables: UserVariables) -> dict[str, Any]:
    """Return the item of what a user has."""
    return {
        **user_key(variables.instance_id, variables.user_id),
        "version": variables.version,
        "connections": dict(variables.connections),
        "leaving": list(variables.leaving),
        "deployedAt": variables.deployed_at,
        "revision": variables.revision,
    }


def to_user_variables(item: Mapping[str, Any]) -> UserVariables:
    """Return what a user has."""
    return UserVariables(
        instance_id=InstanceId(item["pk"]),
        user_id=item["sk"].removeprefix(_USER),
        version=int(item["version"]),
        connections={
            VariableId(each): ConnectionId(connection)
            for each, connection in item["connections"].items()
        },
        leaving=tuple(map(ConnectionId, item["leaving"])),
        deployed_at=moment(item.get("deployedAt")),
        revision=int(item["revision"]),
    )


def _variable_item(variable: HeldVariable) -> dict[str, Any]:
    item = {"id": variable.id, "key": variable.key, "level": variable.level}
    if variable.connection_id is not None:
        return {**item, "connectionId": variable.connection_id}
    return item


def _variable(item: Mapping[str, Any]) -> HeldVariable:
    connection = item.get("connectionId")
    return HeldVariable(
        id=VariableId(item["id"]),
        key=item["key"],
        level=item["level"],
        connection_id=None if connection is None else ConnectionId(connection),
    )
