"""The config pages of an instance, as each caller sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connections.application.asked_inputs import reach_of
from connections.application.configure_instance import Workshop
from connections.application.configure_user import UserConfigurator
from connections.application.entered_values import missing_inputs
from connections.application.holding import Configured, Held
from connections.application.instance_connections import LoadedVersion, VersionVariable
from connections.application.seen_connections import ConnectionSight
from connections.domain.caller import Caller, Organization, Owner, Role, Scope
from connections.domain.connection import Connection, Inputs
from connections.domain.identifiers import ConnectionId, InstanceId, VariableId
from connections.domain.instance import Instance
from connections_sdk.integrations import Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownVariable:
    """A config variable with what a caller is asked for."""

    of: VersionVariable
    connection: Connection | None
    """None for a user who has entered nothing yet."""
    inputs: Inputs | None
    asked: Mapping[str, Visibility]
    may_change: bool
    """Whether the caller may enter values and CONNECT."""

    @property
    def entered(self) -> Mapping[str, Any]:
        """What was entered for this connection."""
        return self.inputs.values if self.inputs else {}

    @property
    def missing(self) -> list[str]:
        """The inputs that are required and have no value; not those that a template fills."""
        held = self.inputs.effective if self.inputs else self.of.builder
        lacking = missing_inputs(self.of.definition, held)
        filled = self.of.resolved.template.inputs if self.of.resolved.template else ()
        return [name for name in lacking if name not in filled]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPage:
    """A page with what a caller may see on it."""

    name: str
    tagline: str | None
    variables: Sequence[ShownVariable]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigPages:
    """Shows config pages, with a number of requests that depends on the version alone."""

    workshop: Workshop
    users: UserConfigurator
    sight: ConnectionSight

    def of_instance(
        self, identifier: InstanceId, caller: Caller
    ) -> tuple[Instance, list[ShownPage]]:
        """Return the pages of what an instance has once.

        Raises:
            NotFound: there is no such instance.
        """
        configured = self.workshop.configured(identifier)
        return configured.instance, self.shown(configured, caller)

    def of_user(
        self, identifier: InstanceId, user_id: str, caller: Caller
    ) -> tuple[Instance, list[ShownPage]]:
        """Return the pages of what each user has, with what this one has.

        Raises:
            NotFound: there is no such instance.
        """
        configured = self.users.configured(identifier, user_id)
        return configured.instance, self.shown(configured, caller)

    def shown(self, configured: Configured, caller: Caller) -> list[ShownPage]:
        """Return the pages of what is configured, with one request where something is connected."""
        pairs = configured.holding.current
        shown = self.sight.seen([connection for connection, _ in pairs.values()])
        showing = Showing(
            level=configured.level,
            held={each.id: (each, pairs[each.id][1]) for each in shown},
            caller=caller,
            may_change=_may_change(caller, configured.owner),
        )
        return showing.pages(configured.version, configured.holding.connections)


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What is shown to somebody of the variables of one level."""

    level: str
    held: Held
    caller: Caller
    may_change: bool

    def pages(
        self, version: LoadedVersion, ids: Mapping[VariableId, ConnectionId]
    ) -> list[ShownPage]:
        """Return the pages on which something of this level stands."""
        pages = []
        for page in version.pages:
            of_page = [version.variables[each.key] for each in page.elements]
            shown = [
                self._variable(each, ids.get(each.id))
                for each in of_page
                if each.variable.level == self.level
            ]
            # Of one with nothing to enter and nothing to CONNECT there is nothing to show.
            told = [each for each in shown if each.asked or each.of.oauth]
            if told:
                pages.append(ShownPage(name=page.name, tagline=page.tagline, variables=told))
        return pages

    def _variable(self, of: VersionVariable, identifier: ConnectionId | None) -> ShownVariable:
        connection, inputs = self.held.get(identifier or ConnectionId(""), (None, None))
        reach = reach_of(self.caller)
        return ShownVariable(
            of=of,
            connection=connection,
            inputs=inputs,
            asked={name: each for name, each in of.asked.items() if each in reach},
            may_change=self.may_change,
        )


def _may_change(caller: Caller, owner: Owner) -> bool:
    """Tell whether a caller may enter values and CONNECT."""
    if isinstance(caller, Organization):
        return Scope.CONNECTIONS_WRITE in caller.scopes
    return caller.role is Role.ADMIN or caller.owns(owner)
