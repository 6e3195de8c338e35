"""The bodies of instances: how they are made, configured and read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints

from connections.domain.instance import Instance, UserVariables
from connections.entrypoints.bodies import Body
from connections_sdk.forms import NUMBER, Document, Flag, InputValue, Key, Label

IdText = Annotated[str, StringConstraints(min_length=1, max_length=100)]
VersionNumber = Annotated[int, Field(ge=1, le=10**9), NUMBER]


class CreateInstance(Body):
    """What `POST /instances` takes."""

    name: Label
    customer_id: IdText | None = None
    """Whose it is; of a customer's user always their own customer's."""
    integration_id: IdText
    version: VersionNumber | None = None
    """The newest if none, which is all that customers have of what the organization offers."""


class PatchInstance(Body):
    """What `PATCH /instances/{id}` takes."""

    name: Label | None = None
    version: VersionNumber | None = None
    """Moves the instance to another version; its connections stay where they can. Customers move
    to the newest, but of integrations that they build."""
    enabled: Flag | None = None


class EnteredValues(Body):
    """What is entered for one config variable; null takes away what was entered."""

    values: Annotated[dict[Key, InputValue | None], Field(max_length=100)]


class ReadHeldVariable(Document):
    """A config variable of an instance, and the connection that it holds."""

    id: str
    key: str
    level: str
    connection_id: str | None
    """None of level `user`: each user has a connection of their own."""


class ReadInstance(Document):
    """An instance as it is read."""

    id: str
    name: str
    customer_id: str | None
    user_id: str | None
    integration_id: str
    version: int
    enabled: bool
    deployed_at: datetime | None
    """When its configuration was last found complete, at this version."""
    config_variables: Sequence[ReadHeldVariable]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, instance: Instance) -> Self:
        """Return what is read of an instance."""
        return cls(
            id=instance.id,
            name=instance.name,
            customer_id=instance.owner.customer_id,
            user_id=instance.owner.user_id,
            integration_id=instance.integration_id,
            version=instance.version,
            enabled=instance.enabled,
            deployed_at=instance.deployed_at,
            config_variables=[
                ReadHeldVariable(
                    id=each.id, key=each.key, level=each.level, connection_id=each.connection_id
                )
                for each in instance.variables
            ],
            created_at=instance.created_at,
            updated_at=instance.updated_at,
        )


class InstancePage(Document):
    """A page of instances, newest first."""

    items: Sequence[ReadInstance]
    next_cursor: str | None


class ReadUserVariables(Document):
    """What one user of an instance has."""

    instance_id: str
    user_id: str
    version: int
    connections: dict[str, str]
    """The connections' ids by their config variables' ids."""
    deployed_at: datetime | None

    @classmethod
    def of(cls, variables: UserVariables) -> Self:
        """Return what is read of it."""
        return cls(
            instance_id=variables.instance_id,
            user_id=variables.user_id,
            version=variables.version,
            connections={str(each): str(id_) for each, id_ in variables.connections.items()},
            deployed_at=variables.deployed_at,
        )
