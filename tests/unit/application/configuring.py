"""What the tests of instances say again and again: the use cases over one world."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from connections.application.config_pages import ConfigPages, ShownVariable
from connections.application.configure_instance import InstanceConfigurator, Workshop
from connections.application.configure_user import UserConfigurator
from connections.application.create_instance import InstanceCreator, NewInstance
from connections.application.find_held_connection import HeldConnectionFinder
from connections.application.instance_connections import VersionLoader
from connections.application.manage_instances import InstanceBook, InstanceChange
from connections.application.seen_connections import ConnectionSight
from connections.domain.caller import Caller, CustomerUser, Role
from connections.domain.connection import Connection, Inputs
from connections.domain.identifiers import ConnectionId, InstanceId
from connections.domain.instance import Instance, UserVariables
from connections.oauth.addresses import AllowedHosts
from tests.builders import CUSTOMER, GRANT, KEY_HOLDER, a_customer, a_template
from tests.builders_of_instances import (
    CUSTOMERS,
    INTEGRATION,
    Variable,
    a_version,
    an_integration,
)
from tests.doubles.clock import ManualClock
from tests.doubles.world import World

ORGANIZATION = KEY_HOLDER
ADMIN = CustomerUser(customer_id=CUSTOMER, user_id="root", role=Role.ADMIN)
USER = CustomerUser(customer_id=CUSTOMER, user_id="ada", role=Role.USER)
EMBEDDING = replace(ADMIN, embedding=True)
STORE_VALUES = {"host": "store.example", "apiKey": "the-key", "plan": "gold"}
"""All that the store requires."""


def a_chance() -> Callable[[int], bytes]:
    """Return chance that gives other bytes at every call, and the same in every test."""
    calls: Iterator[int] = iter(range(1, 10_000))
    return lambda count: next(calls).to_bytes(count)


@dataclass(frozen=True)
class Scene:
    """A world with a customer and a published integration, and the use cases over it."""

    world: World = field(default_factory=World)
    clock: ManualClock = field(default_factory=ManualClock)
    chance: Callable[[int], bytes] = field(default_factory=a_chance)

    @classmethod
    def founded(cls) -> "Scene":
        scene = cls()
        scene.world.customers_by_id[CUSTOMER] = a_customer()
        scene.world.templates_by_id[a_template().id] = a_template(locked=True)
        scene.publish()
        return scene

    def publish(self, *variables: Variable, number: int = 1) -> None:
        """Publish a version with these config variables."""
        version = a_version(*variables, number=number)
        self.world.versions_by_number[INTEGRATION, number] = version
        self.world.integrations_by_id[INTEGRATION] = an_integration(latest_version=number)
        for each in variables:
            if each.template is not None:
                self.world.templates_by_id[each.template.id] = each.template

    @cached_property
    def loader(self) -> VersionLoader:
        return VersionLoader(versions=self.world.versions, templates=self.world.templates)

    @cached_property
    def creator(self) -> InstanceCreator:
        return InstanceCreator(
            integrations=self.world.integrations,
            loader=self.loader,
            instances=self.world.instances,
            clock=self.clock,
            randomness=self.chance,
        )

    @cached_property
    def workshop(self) -> Workshop:
        return Workshop(
            instances=self.world.instances,
            loader=self.loader,
            held=self.world.held,
            logbook=self.world.logbook,
            deletions=self.world.deletions,
            clock=self.clock,
            hosts=AllowedHosts.parse(""),
            randomness=self.chance,
            chance=lambda: 0.5,
        )

    @cached_property
    def configurator(self) -> InstanceConfigurator:
        return InstanceConfigurator(workshop=self.workshop)

    @cached_property
    def users(self) -> UserConfigurator:
        return UserConfigurator(workshop=self.workshop, users=self.world.users_connections)

    @cached_property
    def book(self) -> InstanceBook:
        return InstanceBook(
            integrations=self.world.integrations, workshop=self.workshop, users=self.users
        )

    @cached_property
    def pages(self) -> ConfigPages:
        sight = ConnectionSight(registrations=self.world.registrations, clock=self.clock)
        return ConfigPages(workshop=self.workshop, users=self.users, sight=sight)

    @cached_property
    def finder(self) -> HeldConnectionFinder:
        return HeldConnectionFinder(
            instances=self.world.instances, users=self.world.users_connections
        )

    def made(self, caller: Caller = ORGANIZATION, key: str | None = None, **more: Any) -> Instance:
        """Make an instance."""
        return self.creator.create(wanting(**more), caller, key, by="somebody")

    def enter(
        self, instance: Instance, caller: Caller = ORGANIZATION, **values: Mapping[str, Any]
    ) -> None:
        """Enter values, by the keys of config variables."""
        self.configurator.enter(instance.id, values, caller)

    def enter_of(
        self,
        instance: Instance,
        user: str = "ada",
        caller: Caller = ORGANIZATION,
        **values: Mapping[str, Any],
    ) -> None:
        """Enter a user's values."""
        self.users.enter(instance.id, user, values, caller)

    def change(self, instance: Instance, caller: Caller = ORGANIZATION, **changes: Any) -> Instance:
        """Change an instance."""
        return self.book.change(instance.id, InstanceChange(**changes), caller)

    def move(self, instance: Instance, version: int, caller: Caller = ORGANIZATION) -> Instance:
        """Move an instance to a version."""
        return self.change(instance, caller, version=version)

    def deploy(self, instance: Instance, caller: Caller = ORGANIZATION) -> Instance:
        """Deploy an instance."""
        return self.configurator.deploy(instance.id, caller)

    def deploy_of(
        self, instance: Instance, user: str = "ada", caller: Caller = ORGANIZATION
    ) -> UserVariables:
        """Deploy an instance for a user."""
        return self.users.deploy(instance.id, user, caller)

    def touch(self, instance: Instance) -> None:
        """Let somebody change an instance."""
        now = self.now(instance)
        self.world.instances_by_id[instance.id] = replace(now, revision=now.revision + 1)

    def touch_user(self, instance: Instance, user: str = "ada") -> None:
        """Let somebody change what a user has."""
        users = self.world.users_of_instances[instance.id]
        users[user] = replace(users[user], revision=users[user].revision + 1)

    def now(self, instance: Instance) -> Instance:
        """Return an instance as it is stored."""
        return self.world.instances_by_id[instance.id]

    def id_of(self, instance: Instance, key: str, user: str = "ada") -> ConnectionId:
        """Return the id of the connection that a variable holds, or that a user has of it."""
        variable = self.now(instance).variable(key)
        assert variable is not None
        if variable.connection_id is not None:
            return variable.connection_id
        return self.world.users_of_instances[instance.id][user].connections[variable.id]

    def held(self, instance: Instance, key: str, user: str = "ada") -> tuple[Connection, Inputs]:
        """Return what a variable holds."""
        identifier = self.id_of(instance, key, user)
        return self.world.connections_by_id[identifier], self.world.inputs_by_id[identifier]

    def connect(self, instance: Instance, key: str, user: str = "ada") -> None:
        """Let a consent be given under the inputs that there are."""
        connection, _ = self.held(instance, key, user)
        self.world.holding(
            replace(
                connection,
                status=connection.status.ACTIVE,
                reason=None,
                grant_id=GRANT,
                generation=1,
                grant_inputs_digest=connection.inputs_digest,
            )
        )

    def shown(
        self, instance: Instance, caller: Caller, user: str | None = None
    ) -> dict[str, ShownVariable]:
        """Return the config variables that a caller is shown, by their keys."""
        if user is None:
            _, pages = self.pages.of_instance(instance.id, caller)
        else:
            _, pages = self.pages.of_user(instance.id, user, caller)
        return {each.of.variable.key: each for page in pages for each in page.variables}


def wanting(**changes: Any) -> NewInstance:
    """Return the wish for an instance of the customer's."""
    defaults: dict[str, Any] = {
        "name": "Sync of Acme",
        "integration_id": INTEGRATION,
        "version": None,
        "owner": CUSTOMERS,
    }
    return NewInstance(**{**defaults, **changes})


NOWHERE = InstanceId("ins_" + "9" * 26)
"""The id of no instance."""
