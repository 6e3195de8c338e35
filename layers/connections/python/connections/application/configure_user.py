"""Enter what each user of an instance has for themselves."""

from dataclasses import dataclass, replace
from datetime import datetime

from connections.application.access_ports import SURELY_CLOSED
from connections.application.configure_instance import ATTEMPTS, Workshop, check_complete
from connections.application.holding import Entered, Holding
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
    ) -> UserVariables:
        """Enter a user's values, also none: then their connections are made and nothing else.

        Raises:
            NotFound: there is no such instance.
            InvalidRequest: a name is not known, or a value does not fit.
            Forbidden: an input is not the caller's to enter.
            Conflict: it is being changed all the time.
        """
        shop = self.workshop
        for _ in range(ATTEMPTS):
            instance = shop.instance(identifier)
            former = self.read(instance, user_id)
            version = shop.version(instance)
            holding = self._at_version(instance, version, former)
            holding = holding.with_entered(shop.form(version, "user", caller), entered)
            if not holding.differs and former.version == instance.version:
                return former
            saved = self._saved(instance, former, holding)
            if saved is not None:
                return saved
        raise Conflict("The user's configuration is being changed all the time; try again.")

    def deploy(self, identifier: InstanceId, user_id: str) -> UserVariables:
        """Say that the instance may run for a user: all that is required of them has a value.

        Raises:
            NotFound: there is no such instance.
            ConfigurationIncomplete: it names what has no value.
            Conflict: it is being changed.
        """
        shop = self.workshop
        instance = shop.instance(identifier)
        former = self.read(instance, user_id)
        holding = self._at_version(instance, shop.version(instance), former)
        keys = {each.id: each.key for each in instance.variables}
        ids = {keys[each]: connection for each, connection in holding.connections.items()}
        check_complete(ids, holding.current)
        saved = self._saved(instance, former, holding, deployed_at=shop.clock.now())
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

    def _move(self, instance: Instance, version: LoadedVersion, former: UserVariables) -> None:
        for _ in range(ATTEMPTS):
            if former.version == instance.version:
                return
            holding = self._at_version(instance, version, former)
            if self._saved(instance, former, holding) is not None:
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
        deployed_at: datetime | None = None,
    ) -> UserVariables | None:
        """Store what a user holds; None if another change came first."""
        shop, moved = self.workshop, former.version != instance.version
        variables = replace(
            former,
            version=instance.version,
            connections=dict(holding.connections),
            leaving=holding.closed or former.leaving,
            deployed_at=deployed_at or (None if moved else former.deployed_at),
            revision=former.revision + 1,
        )
        shop.see_off(holding.closed, delay_seconds=SURELY_CLOSED)
        if not self.users.saved(variables, holding.changes, holding.made, holding.closed):
            return None
        shop.log(holding.changes)
        shop.see_off(holding.closed)
        return variables
