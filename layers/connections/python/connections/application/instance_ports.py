"""What the use cases of instances need of the world.

As with the other ports, every method may raise `Unavailable`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from connections.domain.connection import Connection, Inputs
from connections.domain.identifiers import ConnectionId, CustomerId, InstanceId, IntegrationId
from connections.domain.instance import Instance, UserVariables
from connections.domain.integration import Integration, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A connection whose inputs change: as it was read, and as it is to be."""

    former: Connection
    former_inputs: Inputs
    connection: Connection
    inputs: Inputs


class Instances(Protocol):
    """Instances."""

    def add(self, instance: Instance, made: Sequence[tuple[Connection, Inputs]]) -> bool:
        """Store a new instance with its connections, whole; False if its id is taken.

        Raises:
            CustomerBeingDeleted: its customer is gone, or will be.
            NotFound: the integration is gone.
        """

    def get(self, instance_id: InstanceId) -> Instance | None:
        """Return the instance, consistently read; None also of one that is being deleted."""

    def saved(
        self,
        instance: Instance,
        changes: Sequence[Change] = (),
        made: Sequence[tuple[Connection, Inputs]] = (),
        closed: Sequence[ConnectionId] = (),
    ) -> bool:
        """Store an instance at its revision, which follows the former, with its connections.

        What is `closed` is gone for everybody but who deletes it. All or nothing: False if another
        change came first.
        """

    def deleting(self, instance_id: InstanceId, now: datetime) -> Instance | None:
        """Say that an instance is being deleted and return it; None if it is gone.

        Nothing is added to it any more, and what it holds once is closed; what its users hold is
        closed by who deletes it. Doing it again changes nothing.
        """

    def page(
        self, customer_id: CustomerId | None, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[Instance], str | None]:
        """Return instances, of one customer or all, newest first, and the next page's cursor.

        Raises:
            InvalidRequest: the cursor is not one of this list's.
        """


class KnownIntegrations(Protocol):
    """Integrations, for who makes instances of them."""

    def get(self, integration_id: IntegrationId) -> Integration | None:
        """Return the integration, consistently read."""


class KnownVersions(Protocol):
    """The published versions of integrations, for who makes and configures instances of them."""

    def get(self, integration_id: IntegrationId, number: int) -> Version | None:
        """Return a version.

        Raises:
            SealBroken: what is stored was not sealed for it.
        """


class KnownInstances(Protocol):
    """Instances, for who finds what one holds."""

    def get(self, instance_id: InstanceId) -> Instance | None:
        """Return the instance, consistently read; None also of one that is being deleted."""


class HeldByUser(Protocol):
    """What users hold, for who finds it."""

    def get(self, instance_id: InstanceId, user_id: str) -> UserVariables | None:
        """Return what a user has, consistently read."""


class UserConnections(Protocol):
    """The connections that users have for variables of level `user`."""

    def get(self, instance_id: InstanceId, user_id: str) -> UserVariables | None:
        """Return what a user has, consistently read."""

    def all(self, instance_id: InstanceId) -> Iterator[UserVariables]:
        """Return what each user of an instance has."""

    def saved(
        self,
        variables: UserVariables,
        changes: Sequence[Change] = (),
        made: Sequence[tuple[Connection, Inputs]] = (),
        closed: Sequence[ConnectionId] = (),
    ) -> bool:
        """Store what a user has at its revision, which follows the former, with its connections.

        All or nothing: False if another change came first, or the instance is not at the version
        of `variables` any more.
        """


class HeldConnections(Protocol):
    """Connections with their inputs, many at once."""

    def many(
        self, connection_ids: Sequence[ConnectionId]
    ) -> Mapping[ConnectionId, tuple[Connection, Inputs]]:
        """Return those that there are, consistently read.

        Raises:
            SealBroken: the inputs of one are not those that were sealed for it.
        """

    def remaining(self, connection_ids: Sequence[ConnectionId]) -> Sequence[ConnectionId]:
        """Return those that are not deleted yet, also closed ones, consistently read."""


class ChangedConnections(Protocol):
    """Connections that were made for themselves, for who changes them."""

    def saved(self, change: Change) -> bool:
        """Store changed inputs; False, and nothing changed, if they are not as they were read."""

    def closed(self, connection_id: ConnectionId) -> bool:
        """Let a connection be gone for everybody but who deletes it; False if there is none."""
