"""Find the connection that code asks for by its config variable's name."""

from dataclasses import dataclass

from connections.application.instance_ports import HeldByUser, KnownInstances
from connections.domain.errors import InvalidRequest, NotFound, Problem
from connections.domain.identifiers import ConnectionId, InstanceId, well_formed


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldConnectionFinder:
    """Finds connections by the names that code uses."""

    instances: KnownInstances
    users: HeldByUser

    def find(self, identifier: InstanceId, key: str, user_id: str | None) -> ConnectionId:
        """Return the connection that a config variable of an instance holds.

        Raises:
            NotFound: there is no such instance or variable, or the user has no connection yet.
            InvalidRequest: the variable is each user's own, and no user is named.
        """
        # Nothing else is looked for: the function may read no more of the definitions than these.
        could_be = identifier.startswith("ins_") and well_formed(identifier)
        instance = self.instances.get(identifier) if could_be else None
        variable = instance.variable(key) if instance else None
        if instance is None or variable is None:
            raise NotFound("There is no such instance, or it has no config variable of this key.")
        if variable.connection_id is not None:
            return variable.connection_id
        if user_id is None:
            problem = Problem(
                "#/query/userId", "is required: each user has a connection of their own"
            )
            raise InvalidRequest("The config variable is each user's own.", [problem])
        held = self.users.get(identifier, user_id)
        connection_id = held.connections.get(variable.id) if held else None
        if connection_id is None:
            raise NotFound("The user has not configured this variable yet.")
        return connection_id
