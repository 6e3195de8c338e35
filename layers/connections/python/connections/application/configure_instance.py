"""Enter values for an instance's config variables, and say whether all that is needed is there."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from connections.application.access_ports import Deletions
from connections.application.asked_inputs import reach_of
from connections.application.change_entry import change_entry
from connections.application.completeness import all_fit, refuse_unfit
from connections.application.holding import Configured, Entered, EntryForm, Holding
from connections.application.instance_connections import (
    ConnectionMaker,
    LoadedVersion,
    VersionLoader,
)
from connections.application.instance_ports import Change, HeldConnections, Instances
from connections.application.ports import Clock, Logbook
from connections.domain.caller import Caller, Owner
from connections.domain.errors import Conflict, NotFound
from connections.domain.identifiers import ConnectionId, InstanceId, Randomness
from connections.domain.instance import Instance
from connections.oauth.addresses import AllowedHosts

ATTEMPTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What all who configure instances need."""

    instances: Instances
    loader: VersionLoader
    held: HeldConnections
    logbook: Logbook
    deletions: Deletions
    clock: Clock
    hosts: AllowedHosts
    randomness: Randomness = secrets.token_bytes
    chance: Callable[[], float] = secrets.SystemRandom().random

    def attempts(self) -> Iterator[int]:
        """Return attempts at a change that another may come before; between them it waits."""
        for attempt in range(ATTEMPTS):
            if attempt:
                self.clock.sleep(0.05 + 0.15 * self.chance())
            yield attempt

    def instance(self, identifier: InstanceId) -> Instance:
        """Return an instance.

        Raises:
            NotFound: there is none.
        """
        found = self.instances.get(identifier)
        if found is None:
            raise NotFound("There is no such instance.")
        return found

    def version(self, instance: Instance) -> LoadedVersion:
        """Return the version at which an instance is."""
        return self.loader.load(instance.integration_id, instance.version)

    def configured(self, identifier: InstanceId) -> Configured:
        """Return what an instance holds once.

        Raises:
            NotFound: there is no such instance.
        """
        instance = self.instance(identifier)
        version = self.version(instance)
        ids = {each.id: each.connection_id for each in instance.variables if each.connection_id}
        holding = Holding.of(ids, self.held.many(list(ids.values())))
        return Configured(
            instance=instance,
            version=version,
            level="instance",
            owner=instance.owner,
            holding=holding,
        )

    def form(self, version: LoadedVersion, level: str, caller: Caller) -> EntryForm:
        """Return what a caller may enter."""
        return EntryForm(
            version=version,
            level=level,
            reach=reach_of(caller),
            hosts=self.hosts,
            now=self.clock.now(),
        )

    def maker(
        self, instance: Instance, version: LoadedVersion, level: str, owner: Owner
    ) -> ConnectionMaker:
        """Return what makes connections for the variables of a level."""
        return ConnectionMaker(
            instance_id=instance.id,
            owner=owner,
            fills=self.loader.fills(version.of_level(level)),
            now=self.clock.now(),
            randomness=self.randomness,
        )

    def still_deployed(self, deployed_at: datetime | None, holding: Holding) -> datetime | None:
        """Return since when it is deployed: not at all, if what is to be stored is incomplete."""
        return deployed_at if all_fit(holding.written, self.hosts) else None

    def leaving(
        self, former: Sequence[ConnectionId], closed: Sequence[ConnectionId]
    ) -> tuple[ConnectionId, ...]:
        """Return what is being deleted: what left before and is still there, and what leaves."""
        return (*self.held.remaining(former), *closed) if closed else tuple(former)

    def see_off(self, closed: Iterable[ConnectionId], *, delay_seconds: int = 0) -> None:
        """Let connections be deleted that no variable holds any more.

        Sent once before they are closed, to arrive when they surely are: killed in between, they
        are not left closed and forgotten. What is not closed then stays.
        """
        for each in closed:
            self.deletions.send_connection(each, delay_seconds=delay_seconds)

    def log(self, changes: Iterable[Change]) -> None:
        """Say in the connections' logs what was changed, and what follows from it."""
        for change in changes:
            self.logbook.write(change_entry(change, otherwise="It moved to another version."))


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceConfigurator:
    """Configures what an instance has once; what each user has, `UserConfigurator` does."""

    workshop: Workshop

    def enter(self, identifier: InstanceId, entered: Entered, caller: Caller) -> Configured:
        """Enter values: what is left out stays as it is. What becomes incomplete is not deployed.

        Raises:
            NotFound: there is no such instance.
            InvalidRequest: a name is not known, or a value does not fit.
            Forbidden: an input is not the caller's to enter.
            Conflict: it is being changed all the time.
        """
        shop = self.workshop
        for _ in shop.attempts():
            configured = shop.configured(identifier)
            instance, former = configured.instance, configured.holding
            if any(former.lacks(each.id) for each in instance.variables if each.key in entered):
                continue  # moved meanwhile
            form = shop.form(configured.version, "instance", caller)
            holding = former.with_entered(form, entered)
            if not holding.changes:
                return configured
            changed = replace(
                instance,
                deployed_at=shop.still_deployed(instance.deployed_at, holding),
                revision=instance.revision + 1,
                updated_at=shop.clock.now(),
            )
            if shop.instances.saved(changed, holding.changes):
                shop.log(holding.changes)
                return replace(configured, instance=changed, holding=holding)
        raise Conflict("The instance is being changed all the time; try again.")

    def deploy(self, identifier: InstanceId, caller: Caller) -> Instance:
        """Say that the instance may run: all that is required has a value, and all values fit.

        Raises:
            NotFound: there is no such instance.
            ConfigurationIncomplete: it names what has none or does not fit, as far as the caller
                is asked for it.
            Conflict: it is being changed.
        """
        shop = self.workshop
        instance = shop.instance(identifier)
        ids = {each.key: each.connection_id for each in instance.variables if each.connection_id}
        held = shop.held.many(list(ids.values()))
        if len(held) < len(ids):
            raise Conflict("The instance was changed meanwhile; deploy it again.")
        refuse_unfit(
            {key: held[each][1] for key, each in ids.items()}, shop.hosts, reach_of(caller)
        )
        now = shop.clock.now()
        deployed = replace(
            instance, deployed_at=now, revision=instance.revision + 1, updated_at=now
        )
        if not shop.instances.saved(deployed):
            raise Conflict("The instance was changed meanwhile; deploy it again.")
        return deployed
