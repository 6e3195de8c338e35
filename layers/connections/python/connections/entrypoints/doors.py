"""The way in and out of a closed route: who calls, may they, and what the audit keeps of it."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from connections.application.access_ports import AuditTrail
from connections.application.identify_caller import Unknown
from connections.application.ports import Clock
from connections.domain.audit import Action, Actor, ActorKind, AuditEntry
from connections.domain.caller import Caller, CustomerUser, Organization, Owner
from connections.domain.identifiers import (
    ConnectionId,
    CustomerId,
    Randomness,
    audit_entry_id,
)
from connections.entrypoints.access import Belongings, admit
from connections.entrypoints.identity import Identifier
from connections.entrypoints.logs import logger
from connections.entrypoints.rules import RULES


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A caller who was let through."""

    caller: Caller
    owner: Owner | None
    """Whose the thing is that the path names, where it was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """Writes into the audit what somebody changed."""

    trail: AuditTrail
    clock: Clock
    randomness: Randomness = secrets.token_bytes

    def record(
        self,
        action: Action,
        actor: Actor,
        *,
        target: str | None,
        customer_id: str | None = None,
        connection_id: str | None = None,
        source_ip: str | None = None,
        request_id: str,
        status: int,
    ) -> None:
        """Write an entry; `status` is the HTTP status with which the call was answered."""
        now = self.clock.now()
        self.trail.write(
            AuditEntry(
                id=audit_entry_id(now, self.randomness),
                at=now,
                action=action,
                actor=actor,
                target=target,
                customer_id=None if customer_id is None else CustomerId(customer_id),
                connection_id=None if connection_id is None else ConnectionId(connection_id),
                source_ip=source_ip,
                request_id=request_id,
                http_status=status,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """What a function asks of every call to a closed route."""

    identifier: Identifier
    belongings: Belongings
    recorder: Recorder

    def let_in(self, event: Mapping[str, Any]) -> Visit:
        """Identify the caller and let them through.

        Raises:
            Unauthenticated, Forbidden, NotFound: they may not pass.
            Unavailable: it cannot be told for now.
        """
        try:
            caller = self.identifier.identify(event["headers"])
        except Unknown as unknown:
            logger.warning("caller-unknown", extra={"reason": unknown.reason})
            raise
        logger.append_keys(**_ids(caller))
        parameters = event.get("pathParameters") or {}
        owner = admit(event["routeKey"], caller, parameters, self.belongings)
        return Visit(caller=caller, owner=owner)

    def see_out(self, event: Mapping[str, Any], visit: Visit, answered: Mapping[str, Any]) -> None:
        """Write the change into the audit, or the try of one whose end is not known."""
        action = RULES[event["routeKey"]].action
        status = int(answered["statusCode"])
        refused = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        if action is None or refused:
            return
        made = json.loads(answered["body"]) if status == HTTPStatus.CREATED else {}
        parameters = event.get("pathParameters") or {}
        owner_id = visit.owner.customer_id if visit.owner else made.get("customerId")
        if isinstance(visit.caller, CustomerUser):
            owner_id = visit.caller.customer_id
        named = _first_named(event["routeKey"], parameters)
        # Of a step that is added, too, the integration is what changes.
        changed = action is Action.INTEGRATION_CHANGED
        target = named if changed else made.get("id") or named
        self.recorder.record(
            action,
            actor_of(visit.caller),
            target=target,
            customer_id=target if action is Action.CUSTOMER_CREATED else owner_id,
            connection_id=parameters.get("connection")
            or (target if action is Action.CONNECTION_CREATED else None),
            source_ip=source_ip(event),
            request_id=event["requestContext"]["requestId"],
            status=status,
        )


def source_ip(event: Mapping[str, Any]) -> str:
    """Return the address that a request came from, as API Gateway saw it."""
    return str(event["requestContext"]["http"]["sourceIp"])


def actor_of(caller: Caller) -> Actor:
    """Return a caller as the audit names them."""
    if isinstance(caller, Organization):
        return Actor(kind=ActorKind.API_KEY, id=caller.key_id)
    return Actor(kind=ActorKind.CUSTOMER_USER, id=caller.user_id)


def _first_named(route: str, parameters: Mapping[str, str]) -> str | None:
    """Return the first that the path names: of a step its integration, which the audit follows."""
    named = re.search(r"{(\w+)}", route)
    return parameters[named[1]] if named else None


def _ids(caller: Caller) -> dict[str, str]:
    if isinstance(caller, Organization):
        return {"apiKeyId": caller.key_id}
    return {"customerId": caller.customer_id, "userId": caller.user_id}
