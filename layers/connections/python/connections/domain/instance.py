"""An instance: a customer's use of an integration at one of its versions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connections.domain.caller import Owner
from connections.domain.identifiers import ConnectionId, InstanceId, IntegrationId, VariableId


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldVariable:
    """A config variable of the instance's version, and the connection that it holds."""

    id: VariableId
    key: str
    level: str
    """`instance`, or `user`: then each user has a connection of their own."""
    connection_id: ConnectionId | None
    """Of level `instance`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """An instance; what its variables hold are connections, which say whether they work."""

    id: InstanceId
    name: str
    owner: Owner
    """The customer, or one of its users."""
    integration_id: IntegrationId
    version: int
    variables: tuple[HeldVariable, ...]
    leaving: tuple[ConnectionId, ...] = ()
    """Connections that former versions held: they are being deleted, or are gone."""
    enabled: bool = True
    deployed_at: datetime | None = None
    """When its configuration was last found complete; None before."""
    revision: int = 1
    created_at: datetime
    updated_at: datetime
    deleting_since: datetime | None = None

    def variable(self, key: str) -> HeldVariable | None:
        """Return the variable of that key."""
        return next((each for each in self.variables if each.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserVariables:
    """The connections that one user has for the variables of level `user`."""

    instance_id: InstanceId
    user_id: str
    version: int
    """The instance's version for which they were made."""
    connections: Mapping[VariableId, ConnectionId] = field(default_factory=dict)
    leaving: tuple[ConnectionId, ...] = ()
    """As an instance's."""
    deployed_at: datetime | None = None
    revision: int = 0
    """0 until something is stored."""
