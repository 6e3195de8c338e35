"""Read, list, change, move and delete instances."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from connections.application.access_ports import SURELY_CLOSED
from connections.application.configure_instance import Workshop
from connections.application.configure_user import UserConfigurator
from connections.application.create_instance import NEWEST_ONLY, held_variables
from connections.application.holding import Holding
from connections.application.instance_connections import LoadedVersion
from connections.application.instance_ports import KnownIntegrations
from connections.domain.caller import Caller, Organization
from connections.domain.errors import Conflict, InvalidRequest, NotFound, Problem
from connections.domain.identifiers import CustomerId, InstanceId
from connections.domain.instance import Instance


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceChange:
    """What is to change of an instance; None leaves it as it is."""

    name: str | None = None
    enabled: bool | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceBook:
    """The instances of customers."""

    integrations: KnownIntegrations
    workshop: Workshop
    users: UserConfigurator

    def read(self, identifier: InstanceId) -> Instance:
        """Return an instance.

        Raises:
            NotFound: there is none.
        """
        return self.workshop.instance(identifier)

    def page(
        self, customer_id: CustomerId | None, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[Instance], str | None]:
        """Return instances, of one customer or all, newest first, and the next page's cursor."""
        return self.workshop.instances.page(customer_id, limit=limit, cursor=cursor)

    def change(self, identifier: InstanceId, change: InstanceChange, caller: Caller) -> Instance:
        """Change an instance; moved to another version, its connections stay where they can.

        What each of its users has moves after it, one user at a time: cut short, the same call
        does the rest.

        Raises:
            NotFound: there is no such instance.
            InvalidRequest: there is no such version, or it is not the caller's to choose.
            Conflict: it is being changed all the time.
        """
        for _ in self.workshop.attempts():
            instance = self.workshop.instance(identifier)
            version = self._version(instance, change.version, caller)
            holding, changed = self._changed(instance, change, version)
            saved = self._saved(instance, changed, holding)
            if saved is None:
                continue
            if version is not None:
                self.users.move(saved, version)
            return saved
        raise Conflict("The instance is being changed all the time; try again.")

    def delete(self, identifier: InstanceId) -> Instance:
        """Let an instance be deleted with what it holds: its tokens are revoked.

        Asked again while it is being deleted, that is taken up again.

        Raises:
            NotFound: there is none.
        """
        shop = self.workshop
        if shop.instances.get(identifier) is not None:
            # Before it is marked: killed in between, it is not left marked and forgotten.
            shop.deletions.send_instance(identifier, delay_seconds=SURELY_CLOSED)
        instance = shop.instances.deleting(identifier, shop.clock.now())
        if instance is None:
            raise NotFound("There is no such instance.")
        shop.deletions.send_instance(identifier)
        return instance

    def _saved(self, former: Instance, changed: Instance, holding: Holding) -> Instance | None:
        """Store an instance, if anything is different; None if another change came first."""
        if changed == former:
            return former
        shop = self.workshop
        changed = replace(changed, revision=former.revision + 1, updated_at=shop.clock.now())
        shop.see_off(holding.closed, delay_seconds=SURELY_CLOSED)
        if not shop.instances.saved(changed, holding.changes, holding.made, holding.closed):
            return None
        shop.log(holding.changes)
        shop.see_off(holding.closed)
        return changed

    def _changed(
        self, instance: Instance, change: InstanceChange, version: LoadedVersion | None
    ) -> tuple[Holding, Instance]:
        """Return what the instance holds then, and the instance."""
        changed = replace(
            instance,
            name=change.name or instance.name,
            enabled=instance.enabled if change.enabled is None else change.enabled,
        )
        if version is None or version.number == instance.version:
            return Holding.of({}, {}), changed
        holding = self._moved(instance, version)
        return holding, replace(
            changed,
            version=version.number,
            variables=held_variables(version, holding.connections),
            leaving=self.workshop.leaving(instance.leaving, holding.closed),
            deployed_at=None,
        )

    def _version(
        self, instance: Instance, number: int | None, caller: Caller
    ) -> LoadedVersion | None:
        """Return the version that is asked for, if one is."""
        if number is None:
            return None
        if number != instance.version and not self._may_choose(instance, number, caller):
            problem = Problem("#/version", NEWEST_ONLY)
            raise InvalidRequest("The instance cannot be moved there.", [problem])
        try:
            return self.workshop.loader.load(instance.integration_id, number)
        except NotFound:
            problem = Problem("#/version", "must be a published version of the integration")
            raise InvalidRequest("There is no such version.", [problem]) from None

    def _may_choose(self, instance: Instance, number: int, caller: Caller) -> bool:
        """Tell whether a caller may move an instance to another version."""
        if isinstance(caller, Organization):
            return True
        integration = self.integrations.get(instance.integration_id)
        if integration is None:
            return False
        return integration.lets_choose_version(caller) or number == integration.latest_version

    def _moved(self, instance: Instance, version: LoadedVersion) -> Holding:
        """Return what the instance holds at another version."""
        shop = self.workshop
        former = {each.id: each.connection_id for each in instance.variables if each.connection_id}
        holding = Holding.of(former, shop.held.many(list(former.values())))
        maker = shop.maker(instance, version, "instance", instance.owner)
        return holding.at(version.of_level("instance"), maker)
