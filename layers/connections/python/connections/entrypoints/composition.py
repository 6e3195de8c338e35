"""Parts that several functions are composed of; what only one needs stands in its own module."""

import os
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Annotated

from pydantic import Field

from connections.adapters.api_keys_table import DynamoApiKeys
from connections.adapters.audit_table import DynamoAudit
from connections.adapters.aws import dynamodb_client, kms_client
from connections.adapters.clock import SystemClock
from connections.adapters.sealing import Sealer
from connections.application.identify_caller import Identified, KeyIdentification
from connections.application.ports import Connections
from connections.domain.identifiers import ConnectionId
from connections.entrypoints.access import Belonging, Belongings
from connections.entrypoints.doors import Doors, Recorder
from connections.entrypoints.identity import Identifier, Identify
from connections.entrypoints.settings import Hosts, Name, SealingSettings, Settings


@cache
def sealer() -> Sealer:
    """Return the function's sealer."""
    settings = SealingSettings.read(os.environ)
    return Sealer(
        dynamodb_client(), kms_client(), settings.branch_keys_table, settings.sealing_key_arn
    )


class AuditSettings(Settings):
    """What a function is told that writes into the audit."""

    audit_table: Name
    audit_days: Annotated[int, Field(ge=1)]


class AddressSettings(Settings):
    """Where this region answers."""

    public_url: Name
    """The address in new links."""
    other_url: Name
    """Its other name, which is answered as well; the same where it has one alone."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address, once, the one in new links first."""
        return tuple(dict.fromkeys((self.public_url, self.other_url)))


class DoorSettings(AuditSettings, AddressSettings):
    """What a function with closed routes is told."""

    development_hosts: Hosts
    definitions_table: Name
    connections_table: Name


def doors(settings: DoorSettings, belongings: Belongings) -> Doors:
    """Compose what is asked of every call to a closed route."""
    clock = SystemClock()
    keys = DynamoApiKeys(dynamodb_client(), settings.definitions_table)
    by_key = KeyIdentification(api_keys=keys, clock=clock)
    return Doors(
        identifier=Identifier(by_key=by_key.identify, by_token=_by_token(settings)),
        belongings=belongings,
        recorder=recorder(settings),
    )


def connections_belong(connections: Connections) -> Callable[[str], Belonging | None]:
    """Return what says whose a connection is."""

    def find(identifier: str) -> Belonging | None:
        found = connections.get(ConnectionId(identifier))
        return Belonging(owner=found.owner) if found else None

    return find


def recorder(settings: AuditSettings) -> Recorder:
    """Compose what writes into the audit."""
    kept_for = timedelta(days=settings.audit_days)
    trail = DynamoAudit(dynamodb_client(), settings.audit_table, kept_for)
    return Recorder(trail=trail, clock=SystemClock())


def _by_token(settings: DoorSettings) -> Identify:
    @cache
    def users() -> Identify:
        # Imported by the first signed token: it brings libraries that no call with a key needs.
        from connections.entrypoints.user_identity import user_identification  # noqa: PLC0415

        return user_identification(settings).identify

    def identify(credential: str) -> Identified:
        return users()(credential)

    return identify
