"""Change or delete a connection that was made for itself."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from connections.application.access_ports import SURELY_CLOSED, Deletions
from connections.application.asked_inputs import KEPT, kept_beside, misdirected
from connections.application.change_entry import change_entry
from connections.application.create_connection import FILLED, VALUES
from connections.application.entered_values import missing_inputs, size_problems, value_problems
from connections.application.instance_ports import Change, ChangedConnections
from connections.application.issuing import inputs_digest
from connections.application.ports import Clock, Connections, Logbook
from connections.application.redirects import changed_redirects
from connections.application.settled_state import settled
from connections.domain.connection import Connection, Inputs
from connections.domain.errors import Conflict, InUse, InvalidRequest, NotFound, Problem
from connections.domain.identifiers import ConnectionId, Randomness
from connections.oauth.addresses import AllowedHosts
from connections.oauth.stored_definitions import definition_of
from connections_sdk.places import pointer_step

TRIES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedChange:
    """What is to become different: a merge patch."""

    name: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """None takes away what was entered; what is left out stays."""
    redirects: Mapping[str, Any] | None = field(default_factory=dict)
    """Changes of the document, as a merge patch; None takes it away."""
    by_customer: bool = False
    """Whether it is wanted on the customer's side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionEditor:
    """Connections that were made for themselves, for who changes and deletes them."""

    connections: Connections
    changed: ChangedConnections
    deletions: Deletions
    logbook: Logbook
    clock: Clock
    hosts: AllowedHosts
    randomness: Randomness = secrets.token_bytes

    def change(self, identifier: ConnectionId, wanted: WantedChange) -> tuple[Connection, Inputs]:
        """Change a connection. A grant goes on under the inputs that it was issued under.

        Raises:
            NotFound: there is no such connection.
            InUse: it is an instance's.
            InvalidRequest: a value does not fit.
            Misconfigured: the definition that it was made from breaks a rule.
            Conflict: it is being changed all the time.
        """
        for _ in range(TRIES):
            found = self.connections.with_inputs(identifier)
            if found is None:
                raise NotFound("There is no such connection.")
            _refuse_of_instance(found[0])
            change = self._change(*found, wanted)
            if change is None:
                return found
            if self.changed.saved(change):
                self.logbook.write(change_entry(change, otherwise=_other_change(change)))
                return change.connection, change.inputs
        raise Conflict("The connection is being changed all the time; try again.")

    def delete(self, identifier: ConnectionId) -> None:
        """Let a connection be gone for everybody; its tokens are revoked and all of it removed.

        Asked again while it is being deleted, that is taken up again.

        Raises:
            NotFound: there is no such connection.
            InUse: it is an instance's.
        """
        found = self.connections.get(identifier)
        if found is not None:
            _refuse_of_instance(found)
            # Before it is closed: killed in between, it is not left closed and forgotten.
            self.deletions.send_connection(identifier, delay_seconds=SURELY_CLOSED)
        if not self.changed.closed(identifier):
            raise NotFound("There is no such connection.")
        self.deletions.send_connection(identifier)

    def _change(
        self, connection: Connection, inputs: Inputs, wanted: WantedChange
    ) -> Change | None:
        """Return the change; None if everything is as it is wanted."""
        entered = inputs.with_entered(wanted.values, by_organization=not wanted.by_customer)
        redirects = changed_redirects(inputs.redirects, wanted.redirects, self.hosts)
        entered = replace(entered, redirects=redirects)
        name = wanted.name or connection.name
        self._check(inputs, entered, wanted)
        if (name, entered) == (connection.name, inputs):
            return None
        changed = self._salted(inputs, replace(entered, revision=inputs.revision + 1))
        renamed = replace(connection, name=name, updated_at=self.clock.now())
        return Change(
            former=connection,
            former_inputs=inputs,
            connection=settled(renamed, changed),
            inputs=changed,
        )

    def _check(self, former: Inputs, inputs: Inputs, wanted: WantedChange) -> None:
        definition, sent = definition_of(inputs.definition), wanted.values
        filled = inputs.template.values if inputs.template else {}
        kept = kept_beside(definition, former, sent) if wanted.by_customer else frozenset()
        problems = [
            Problem(f"{VALUES}/{pointer_step(name)}", FILLED if name in filled else KEPT)
            for name in sent
            if name in filled or name in kept
        ]
        entered = [name for name, each in sent.items() if each is not None and name not in filled]
        if not wanted.by_customer:
            known = [name for name in entered if name in definition.inputs]
            faults = misdirected(definition, inputs, known)
            problems += [
                Problem(f"{VALUES}/{pointer_step(name)}", fault) for name, fault in faults.items()
            ]
        problems += value_problems(definition, inputs.effective, self.hosts, at=VALUES, of=entered)
        layer = inputs.entered_by(organization=not wanted.by_customer)
        problems += size_problems(layer, at=VALUES)
        wrong = {each.pointer for each in problems}
        before = missing_inputs(definition, former.effective)
        for name in missing_inputs(definition, inputs.effective):
            place = f"{VALUES}/{pointer_step(name)}"
            if place not in wrong and name not in before:
                problems.append(Problem(place, "is required"))
        if problems:
            raise InvalidRequest("Some values do not fit the connection's inputs.", problems)

    def _salted(self, former: Inputs, inputs: Inputs) -> Inputs:
        """Return the inputs with a salt, if they have none and a grant depends on what changed.

        One that was made before there were digests has none, and neither has its grant.
        """
        if inputs.salt:
            return inputs
        salt = self.randomness(16).hex()
        salted = replace(inputs, salt=salt)
        same = inputs_digest(salted) == inputs_digest(replace(former, salt=salt))
        return inputs if same else salted


def _other_change(change: Change) -> str:
    """Return what the log says of a change of no value."""
    if change.inputs.redirects != change.former_inputs.redirects:
        return "Where the user lands after a consent was changed."
    return "It was renamed."


def _refuse_of_instance(connection: Connection) -> None:
    if connection.place is not None:
        raise InUse(
            f"The connection is held by the instance {connection.place.instance_id}: it is changed"
            " and deleted there."
        )
