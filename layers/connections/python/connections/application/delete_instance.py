"""Delete an instance with the connections that it and its users hold.

Every step can be done again: killed anywhere, the work is taken up by whoever comes next.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from connections.application.access_ports import Deletions
from connections.application.delete_connection import ConnectionDeleter, Progress
from connections.application.deletion_ports import MarkedInstances
from connections.application.invocation import Invocation
from connections.domain.identifiers import ConnectionId, InstanceId
from connections.domain.instance import Instance

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceDeleter:
    """Deletes instances that are marked for it."""

    instances: MarkedInstances
    connections: ConnectionDeleter
    deletions: Deletions

    def delete(self, instance_id: InstanceId, invocation: Invocation) -> Progress:
        """Do one pass; one that runs out of time sends for the next.

        Raises:
            Unavailable: storage or a queue does not answer; nothing is lost by trying again.
        """
        instance = self.instances.instance(instance_id)
        # NOTE: a message is a hint; only the mark on the instance allows the deletion.
        if instance is None or instance.deleting_since is None:
            return Progress.DONE
        if self.end(instance, invocation) is Progress.UNFINISHED:
            self.deletions.send_instance(instance_id)
            return Progress.UNFINISHED
        return Progress.DONE

    def end_of_customer(self, instance_id: InstanceId, invocation: Invocation) -> Progress:
        """Mark an instance and delete it, as far as the time goes."""
        self.instances.mark_instance(instance_id, self.connections.clock.now())
        instance = self.instances.instance(instance_id)
        return Progress.DONE if instance is None else self.end(instance, invocation)

    def end(self, instance: Instance, invocation: Invocation) -> Progress:
        """Delete a marked instance with all that it holds, as far as the time goes."""
        for connection_id in self._held(instance):
            if self.connections.late(invocation):
                return Progress.UNFINISHED
            self.connections.end(connection_id)
        self.instances.remove_instance(instance)
        logger.info("instance-deleted", extra={"instanceId": instance.id})
        return Progress.DONE

    def _held(self, instance: Instance) -> Iterator[ConnectionId]:
        """Return the connections that it and its users hold, and those they held before."""
        held = (each.connection_id for each in instance.variables)
        yield from (each for each in held if each is not None)
        yield from instance.leaving
        for variables in self.instances.users(instance.id):
            yield from variables.connections.values()
            yield from variables.leaving
