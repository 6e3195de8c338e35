"""Enter what each user of an instance has for themselves."""

from dataclasses import dataclass, replace
from datetime import datetime

from connections.application.access_ports import SURELY_CLOSED
from connections.application.asked_inputs import reach_of
from connections.application.completeness import refuse_unfit
from connections.application.configure_instance import Workshop
from connections.application.holding import Configured, Entered, Holding
from connections.application.instance_connections import LoadedVersion
from connections.application.instance_ports import UserConnections
from connections.domain.caller import Caller, Owner
from connections.domain.errors import Conflict
from connections.domain.identifiers import InstanceId
from connections.domain.instance import Instance, UserVariables


@dataclass(frozen=True, slots=True, kw_only=True)
class UserConfigurator:
    """Configures the variables of level `user`; the first entry makes the user's connections."""

    workshop: Workshop
    users: UserConnections

    def enter(
        self, identifier: InstanceId, user_id: str, entered: Entered, caller: Caller
    ) -> Configured:
        """Enter a user's values, also none: then their connections are made and nothing else.

        What becomes incomplete is not deployed.

        Raises:
            NotFound: there is no such instance.
            InvalidRequest: a name is not known, or a value does not fit.
            Forbidden: an input is not the caller's to enter.
            Conflict: it is being changed all the time.
        """
        shop = self.workshop
        for _ in shop.attempts():
            instance = shop.instance(identifier)
            former = self.read(instance, user_id)
            version = shop.version(instance)
            holding = self._at_version(instance, version, former)
            holding = holding.with_entered(shop.form(version, "user", caller), entered)
            moved = former.version != instance.version
            since = None if moved else shop.still_deployed(former.deployed_at, holding)
            unchanged = not moved and not holding.differs
            if unchanged or self._saved(instance, former, holding, since) is not None:
                return self._configured(instance, version, user_id, holding)
        raise Conflict("The user's configuration is being changed all the time; try again.")

    def deploy(self, identifier: InstanceId, user_id: str, caller: Caller) -> UserVariables:
        """Say that the instance may run for a user: all that is required of them has a value.

        Raises:
            NotFound: there is no such instance.
            ConfigurationIncomplete: as an instance's.
            Conflict: it is being changed.
        """
        shop = self.workshop
        instance = shop.instance(identifier)
        former = self.read(instance, user_id)
        holding = self._at_version(instance, shop.version(instance), former)
        keys = {each.id: each.key for each in instance.variables}
        held = {
            keys[each]: holding.current[connection][1]
            for each, connection in holding.connections.items()
        }
        refuse_unfit(held, shop.hosts, reach_of(caller))
        saved = self._saved(instance, former, holding, shop.clock.now())
        if saved is None:
            raise Conflict("The user's configuration was changed meanwhile; deploy it again.")
        return saved

    def move(self, instance: Instance, version: LoadedVersion) -> None:
        """Bring what every user of an instance has to its version, one user at a time.

        Cut short, the same call does the rest; a user who comes before it moves by themselves.

        Raises:
            Conflict: what a user has is being changed all the time, or the instance moved on.
        """
        for former in self.users.all(instance.id):
            self._move(instance, version, former)

    def read(self, instance: Instance, user_id: str) -> UserVariables:
        """Return what a user has, which may be nothing yet."""
        return self.users.get(instance.id, user_id) or UserVariables(
            instance_id=instance.id, user_id=user_id, version=instance.version
        )

    def configured(self, identifier: InstanceId, user_id: str) -> Configured:
        """Return what a user has of an instance, which may be nothing yet.

        Raises:
            NotFound: there is no such instance.
        """
        shop = self.workshop
        instance = shop.instance(identifier)
        version = shop.version(instance)
        ids = self.read(instance, user_id).connections
        holding = Holding.of(ids, shop.held.many(list(ids.values())))
        return self._configured(instance, version, user_id, holding)

    def _configured(
        self, instance: Instance, version: LoadedVersion, user_id: str, holding: Holding
    ) -> Configured:
        return Configured(
            instance=instance,
            version=version,
            level="user",
            owner=Owner(customer_id=instance.owner.customer_id, user_id=user_id),
            holding=holding,
        )

    def _move(self, instance: Instance, version: LoadedVersion, former: UserVariables) -> None:
        for _ in self.workshop.attempts():
            if former.version == instance.version:
                return
            holding = self._at_version(instance, version, former)
            if self._saved(instance, former, holding, None) is not None:
                return
            former = self.read(instance, former.user_id)
        raise Conflict("What a user has is being changed all the time; move the instance again.")

    def _at_version(
        self, instance: Instance, version: LoadedVersion, former: UserVariables
    ) -> Holding:
        """Return what a user holds at the instance's version, be it new to them."""
        shop = self.workshop
        held = shop.held.many(list(former.connections.values()))
        holding = Holding.of(former.connections, held)
        variables = version.of_level("user")
        there = {each for each, connection in former.connections.items() if connection in held}
        if former.version == instance.version and there == {each.id for each in variables}:
            return holding
        owner = Owner(customer_id=instance.owner.customer_id, user_id=former.user_id)
        return holding.at(variables, shop.maker(instance, version, "user", owner))

    def _saved(
        self,
        instance: Instance,
        former: UserVariables,
        holding: Holding,
        deployed_at: datetime | None,
    ) -> UserVariables | None:
        """Store what a user holds; None if another change came first."""
        shop = self.workshop
        variables = replace(
            former,
            version=instance.version,
            connections=dict(holding.connections),
            leaving=shop.leaving(former.leaving, holding.closed),
            deployed_at=deployed_at,
            revision=former.revision + 1,
        )
        shop.see_off(holding.closed, delay_seconds=SURELY_CLOSED)
        if not self.users.saved(variables, holding.changes, holding.made, holding.closed):
            return None
        shop.log(holding.changes)
        shop.see_off(holding.closed)
        return variables
