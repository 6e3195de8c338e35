"""Make an instance of an integration for a customer, with the connections that it holds."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from connections.application.instance_connections import (
    ConnectionMaker,
    LoadedVersion,
    VersionLoader,
)
from connections.application.instance_ports import Instances, KnownIntegrations
from connections.application.ports import Clock
from connections.domain.caller import Caller, Organization, Owner
from connections.domain.connection import Connection, Inputs
from connections.domain.errors import (
    IdempotencyKeyReused,
    InvalidRequest,
    NotFound,
    Problem,
    Unavailable,
)
from connections.domain.identifiers import (
    ConnectionId,
    InstanceId,
    IntegrationId,
    Randomness,
    VariableId,
    instance_id,
    instance_id_for,
)
from connections.domain.instance import HeldVariable, Instance
from connections.domain.integration import Integration

Made = list[tuple[Connection, Inputs]]
NEWEST_ONLY = (
    "must be the newest version: of an integration that the organization offers, customers choose"
    " no other"
)
"""What is wrong with another version, for who is on the customer's side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInstance:
    """What is asked for."""

    name: str
    integration_id: IntegrationId
    version: int | None
    """The newest if None."""
    owner: Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceCreator:
    """Makes instances of published versions."""

    integrations: KnownIntegrations
    loader: VersionLoader
    instances: Instances
    clock: Clock
    randomness: Randomness = secrets.token_bytes

    def create(
        self,
        wanted: NewInstance,
        caller: Caller,
        idempotency_key: str | None = None,
        *,
        by: str = "",
    ) -> Instance:
        """Make an instance; the same Idempotency-Key returns the one that it made before.

        Raises:
            InvalidRequest: no customer is named, or there is no such integration or version for it,
                or the version is not the caller's to choose.
            IdempotencyKeyReused: the key made an instance of something else.
            CustomerBeingDeleted: nothing can be added to the customer any more.
        """
        now = self.clock.now()
        identifier = instance_id(now, self.randomness)
        if idempotency_key is not None:
            identifier = instance_id_for(idempotency_key, by)
            made = self.instances.get(identifier)
            if made is not None:
                return _made_before(wanted, made)
        if wanted.owner.customer_id is None:
            raise _wrong("customerId", "is required: an instance is a customer's")
        version = self._version(self._integration(wanted, caller), wanted.version, caller)
        return self._added(wanted, *self._made(identifier, wanted, version, now))

    def _made(
        self, identifier: InstanceId, wanted: NewInstance, version: LoadedVersion, now: datetime
    ) -> tuple[Instance, Made]:
        level = version.of_level("instance")
        maker = ConnectionMaker(
            instance_id=identifier,
            owner=wanted.owner,
            fills=self.loader.fills(level),
            now=now,
            randomness=self.randomness,
        )
        connections = [maker.new(each) for each in level]
        held = {
            each.id: connection.id for each, (connection, _) in zip(level, connections, strict=True)
        }
        instance = Instance(
            id=identifier,
            name=wanted.name,
            owner=wanted.owner,
            integration_id=wanted.integration_id,
            version=version.number,
            variables=held_variables(version, held),
            created_at=now,
            updated_at=now,
        )
        return instance, connections

    def _added(self, wanted: NewInstance, instance: Instance, connections: Made) -> Instance:
        try:
            if self.instances.add(instance, connections):
                return instance
        except NotFound:
            raise _wrong("integrationId", "is being deleted") from None
        made = self.instances.get(instance.id)
        if made is None:
            raise Unavailable("The instance was made and deleted meanwhile; try again.")
        return _made_before(wanted, made)

    def _integration(self, wanted: NewInstance, caller: Caller) -> Integration:
        """Return the integration, if this customer may have an instance of it."""
        found = self.integrations.get(wanted.integration_id)
        if found is not None:
            offered = found.offered or isinstance(caller, Organization)
            organizations = found.owner.customer_id is None
            if found.owner.customer_id == wanted.owner.customer_id or (organizations and offered):
                return found
        raise _wrong("integrationId", "is not an integration for this customer")

    def _version(
        self, integration: Integration, number: int | None, caller: Caller
    ) -> LoadedVersion:
        if integration.latest_version == 0:
            raise _wrong("integrationId", "has no published version yet")
        wanted = number or integration.latest_version
        if wanted > integration.latest_version:
            raise _wrong(
                "version", f"must be a published version: 1 to {integration.latest_version}"
            )
        if wanted != integration.latest_version and not integration.lets_choose_version(caller):
            raise _wrong("version", NEWEST_ONLY)
        return self.loader.load(integration.id, wanted)


def held_variables(
    version: LoadedVersion, connections: Mapping[VariableId, ConnectionId]
) -> tuple[HeldVariable, ...]:
    """Return the variables of a version with the connections that they hold."""
    return tuple(
        HeldVariable(
            id=each.id,
            key=each.variable.key,
            level=each.variable.level,
            connection_id=connections.get(each.id),
        )
        for each in version.variables.values()
    )


def _made_before(wanted: NewInstance, made: Instance) -> Instance:
    same = (made.owner, made.integration_id) == (wanted.owner, wanted.integration_id)
    # What was changed since tells nothing of what was wanted then.
    untouched = made.revision == 1
    if untouched and (wanted.name != made.name or wanted.version not in (None, made.version)):
        same = False
    if not same:
        raise IdempotencyKeyReused(
            "This Idempotency-Key made another instance. Send a new key for a new instance."
        )
    return made


def _wrong(member: str, detail: str) -> InvalidRequest:
    return InvalidRequest("The instance cannot be made.", [Problem(f"#/{member}", detail)])
