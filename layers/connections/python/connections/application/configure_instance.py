"""Enter values for an instance's config variables, and say whether all that is needed is there."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from connections.application.access_ports import Deletions
from connections.application.asked_inputs import reach_of
from connections.application.change_entry import change_entry
from connections.application.entered_values import missing_inputs
from connections.application.holding import Entered, EntryForm, Held, Holding
from connections.application.instance_connections import (
    ConnectionMaker,
    LoadedVersion,
    VersionLoader,
)
from connections.application.instance_ports import Change, HeldConnections, Instances
from connections.application.ports import Clock, Logbook
from connections.domain.caller import Caller, Owner
from connections.domain.connection import Inputs
from connections.domain.errors import (
    ConfigurationIncomplete,
    Conflict,
    NotFound,
    Problem,
)
from connections.domain.identifiers import ConnectionId, InstanceId, Randomness
from connections.domain.instance import Instance
from connections.oauth.addresses import AllowedHosts
from connections.oauth.client import definition_of
from connections_sdk.places import pointer_step

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

    def enter(self, identifier: InstanceId, entered: Entered, caller: Caller) -> None:
        """Enter values: what is left out stays as it is.

        Raises:
            NotFound: there is no such instance.
            InvalidRequest: a name is not known, or a value does not fit.
            Forbidden: an input is not the caller's to enter.
            Conflict: it is being changed all the time.
        """
        shop = self.workshop
        for _ in range(ATTEMPTS):
            instance = shop.instance(identifier)
            version = shop.version(instance)
            ids = {
                each.id: each.connection_id
                for each in instance.variables
                if each.connection_id and each.key in entered
            }
            held = shop.held.many(list(ids.values()))
            if len(held) < len(ids):
                continue  # moved meanwhile
            form = shop.form(version, "instance", caller)
            holding = Holding.of(ids, held).with_entered(form, entered)
            if not holding.differs:
                return
            now = shop.clock.now()
            changed = replace(instance, revision=instance.revision + 1, updated_at=now)
            if shop.instances.saved(changed, holding.changes):
                shop.log(holding.changes)
                return
        raise Conflict("The instance is being changed all the time; try again.")

    def deploy(self, identifier: InstanceId) -> Instance:
        """Say that the instance may run: all that is required has a value.

        Raises:
            NotFound: there is no such instance.
            ConfigurationIncomplete: it names what has no value.
            Conflict: it is being changed.
        """
        shop = self.workshop
        instance = shop.instance(identifier)
        ids = {each.key: each.connection_id for each in instance.variables if each.connection_id}
        held = shop.held.many(list(ids.values()))
        if len(held) < len(ids):
            raise Conflict("The instance was changed meanwhile; deploy it again.")
        check_complete(ids, held)
        now = shop.clock.now()
        deployed = replace(
            instance, deployed_at=now, revision=instance.revision + 1, updated_at=now
        )
        if not shop.instances.saved(deployed):
            raise Conflict("The instance was changed meanwhile; deploy it again.")
        return deployed


def check_complete(ids: Mapping[str, ConnectionId], held: Held) -> None:
    """Let only pass what has a value wherever one is required.

    Raises:
        ConfigurationIncomplete: it names what has none.
    """
    problems = [
        Problem(f"#/{pointer_step(key)}/values/{pointer_step(name)}", "is required")
        for key, identifier in ids.items()
        for name in missing_of(held[identifier][1])
    ]
    if problems:
        raise ConfigurationIncomplete("Some inputs that are required have no value.", problems)


def missing_of(inputs: Inputs) -> list[str]:
    """Return the inputs of a connection that are required and have no value."""
    return missing_inputs(definition_of(inputs.definition), inputs.effective)
