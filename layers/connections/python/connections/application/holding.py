"""The connections that an instance or one of its users holds: as stored, and as they are to be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from connections.application.enter_values import Entry
from connections.application.instance_connections import (
    ConnectionMaker,
    LoadedVersion,
    VersionVariable,
)
from connections.application.instance_ports import Change
from connections.domain.caller import Owner
from connections.domain.connection import Connection, Inputs
from connections.domain.errors import InvalidRequest, Problem
from connections.domain.identifiers import ConnectionId, VariableId
from connections.domain.instance import Instance
from connections.oauth.addresses import AllowedHosts
from connections_sdk.integrations import Visibility
from connections_sdk.places import pointer_step

Held = Mapping[ConnectionId, tuple[Connection, Inputs]]
Entered = Mapping[str, Mapping[str, object]]
"""By the variables' keys: values by input, where None takes away what was entered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Which connection each variable holds. Every step returns another holding."""

    stored: Held
    """As they were read; what is not among them is new."""
    current: Held
    connections: Mapping[VariableId, ConnectionId]
    closed: tuple[ConnectionId, ...] = ()
    """What no variable holds any more."""

    @classmethod
    def of(cls, connections: Mapping[VariableId, ConnectionId], stored: Held) -> "Holding":
        """Return what is held as it was read."""
        return cls(stored=stored, current=stored, connections=connections)

    def at(self, variables: Sequence[VersionVariable], maker: ConnectionMaker) -> "Holding":
        """Return what is held at a version: connections stay where their variable does.

        One that is to hold another component's connection, or that is new, gets a new one.
        """
        current: dict[ConnectionId, tuple[Connection, Inputs]] = {}
        connections: dict[VariableId, ConnectionId] = {}
        for each in variables:
            found = self.current.get(self.connections.get(each.id, ConnectionId("")))
            if found is not None and each.held_by(found[0]):
                pair = maker.moved(each, *found)
            else:
                pair = maker.new(each)
            connections[each.id] = pair[0].id
            current[pair[0].id] = pair
        closed = tuple(each for each in self.stored if each not in current)
        return replace(self, current=current, connections=connections, closed=closed)

    def with_entered(self, form: "EntryForm", entered: Entered) -> "Holding":
        """Return what is held, which is all that is named, with values entered.

        Raises:
            InvalidRequest: a name is not known, or a value does not fit.
            Forbidden: an input is not theirs to enter.
        """
        problems: list[Problem] = []
        current = dict(self.current)
        for key, values in entered.items():
            of = form.version.variables.get(key)
            if of is None or of.variable.level != form.level:
                problems.append(form.unknown(key))
                continue
            found = current[self.connections[of.id]]
            entry = Entry(of=of, values=values, reach=form.reach)
            problems += entry.problems(found[1], form.hosts)
            current[found[0].id] = entry.entered(*found, form.now)
        if problems:
            raise InvalidRequest("Some values do not fit the config variables.", problems)
        return replace(self, current=current)

    def lacks(self, variable: VariableId) -> bool:
        """Tell whether the connection is gone that a variable is said to hold."""
        identifier = self.connections.get(variable)
        return identifier is not None and identifier not in self.current

    @property
    def changes(self) -> list[Change]:
        """What is stored and is to be stored anew."""
        return [
            Change(
                former=self.stored[identifier][0],
                former_inputs=self.stored[identifier][1],
                connection=connection,
                inputs=replace(inputs, revision=inputs.revision + 1),
            )
            for identifier, (connection, inputs) in self.current.items()
            if identifier in self.stored and (connection, inputs) != self.stored[identifier]
        ]

    @property
    def made(self) -> list[tuple[Connection, Inputs]]:
        """What is new."""
        return [pair for identifier, pair in self.current.items() if identifier not in self.stored]

    @property
    def written(self) -> list[Inputs]:
        """The inputs of what is to be stored."""
        return [each.inputs for each in self.changes] + [inputs for _, inputs in self.made]

    @property
    def differs(self) -> bool:
        """Whether there is anything to store."""
        return bool(self.changes or self.made or self.closed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """What an instance or one of its users holds, as it was read or has just been written."""

    instance: Instance
    version: LoadedVersion
    level: str
    owner: Owner
    """Whose the connections are."""
    holding: Holding


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryForm:
    """What somebody may enter into the variables of one level of a version."""

    version: LoadedVersion
    level: str
    reach: frozenset[Visibility]
    hosts: AllowedHosts
    now: datetime

    def unknown(self, key: str) -> Problem:
        """Return what is wrong with a name that is no variable of this level."""
        if key not in self.version.variables:
            detail = "is not a config variable of this instance"
        elif self.level == "instance":
            detail = "is each user's own: send it below /users/{userId}"
        else:
            detail = "is the instance's: send it to /instances/{id}/config-variables"
        return Problem(f"#/{pointer_step(key)}", detail)
