"""The state item of a connection, as it lies in the Connections table."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from zlib import crc32

from connections.adapters.aws import moment, number
from connections.domain.caller import Owner
from connections.domain.claim import Claim, Spending
from connections.domain.connection import (
    Connection,
    Evidence,
    Place,
    Reason,
    Status,
    Use,
    UseOutcome,
)
from connections.domain.grant import Account
from connections.domain.identifiers import (
    ConnectionId,
    CustomerId,
    GrantId,
    InstanceId,
    RegistrationId,
    TemplateId,
    VariableId,
)

LISTED = "connection"
"""What the index of all connections is partitioned by: it grows by creations alone."""
CLOSED = "closed"
"""Of a connection that is being deleted: nothing is added to it any more, and nobody reads it."""
SHARDS = 8
"""How many partitions the due index has."""


def state_key(connection_id: ConnectionId) -> dict[str, str]:
    """Return the key of a state item."""
    return {"pk": connection_id, "sk": "state"}


def inputs_key(connection_id: ConnectionId) -> dict[str, str]:
    """Return the key of an inputs item."""
    return {"pk": connection_id, "sk": "inputs"}


def shard(connection_id: ConnectionId) -> str:
    """Return the connection's partition of the due index."""
    return str(crc32(connection_id.encode()) % SHARDS)


def due_item(connection_id: ConnectionId, refresh_at: datetime | None) -> dict[str, Any]:
    """Return what puts a connection into the due index, or takes it out."""
    return {
        "refreshAt": refresh_at,
        "dueShard": None if refresh_at is None else shard(connection_id),
    }


def evidence_item(evidence: Evidence) -> dict[str, Any]:
    """Return the evidence of a failure as an attribute."""
    values = {
        "at": number(evidence.at),
        "generation": evidence.generation,
        "httpStatus": evidence.http_status,
        "providerError": evidence.provider_error,
        "requestId": evidence.request_id,
    }
    return {name: value for name, value in values.items() if value is not None}


def account_item(account: Account | None) -> dict[str, str] | None:
    """Return the account that consented as an attribute."""
    if account is None:
        return None
    return {"id": account.id, **({"name": account.name} if account.name else {})}


def owner_item(owner: Owner) -> dict[str, str | None]:
    """Return the attributes that say whose an item is; by the first it is found again."""
    return {"customerId": owner.customer_id, "userId": owner.user_id}


def to_owner(item: Mapping[str, Any]) -> Owner:
    """Return whose an item is."""
    customer = item.get("customerId")
    return Owner(
        customer_id=None if customer is None else CustomerId(customer), user_id=item.get("userId")
    )


def place_item(place: Place | None) -> dict[str, str | None]:
    """Return the attributes that say what a connection is for."""
    return {
        "instanceId": place.instance_id if place else None,
        "variableId": place.variable_id if place else None,
        "variableKey": place.variable_key if place else None,
    }


def new_state(connection: Connection) -> dict[str, Any]:
    """Return the item of a connection that was never connected, refreshed or used."""
    return {
        **due_item(connection.id, connection.refresh_at),
        **state_key(connection.id),
        "listed": LISTED,
        **owner_item(connection.owner),
        **place_item(connection.place),
        "templateId": connection.template_id,
        "name": connection.name,
        "component": connection.component,
        "definitionKey": connection.definition_key,
        "oauth": connection.oauth,
        "clientCredentials": connection.client_credentials or None,
        "status": connection.status.value,
        "reason": connection.reason.value if connection.reason else None,
        "requestedScopes": connection.requested_scopes,
        "inputsDigest": connection.inputs_digest,
        # Always there, so that a claim can copy them whether there is a grant or not.
        "grantId": connection.grant_id or "",
        "generation": connection.generation,
        "fence": connection.fence,
        "failures": connection.failures,
        "createdAt": connection.created_at,
        "updatedAt": connection.updated_at,
    }


def to_connection(item: Mapping[str, Any]) -> Connection:
    """Return the connection that an item holds."""
    return Connection(
        id=ConnectionId(item["pk"]),
        name=item["name"],
        component=item["component"],
        definition_key=item["definitionKey"],
        owner=to_owner(item),
        place=_place(item),
        template_id=TemplateId(item["templateId"]) if "templateId" in item else None,
        oauth=item["oauth"],
        client_credentials=item.get("clientCredentials", False),
        status=Status(item["status"]),
        reason=Reason(item["reason"]) if "reason" in item else None,
        requested_scopes=item.get("requestedScopes"),
        granted_scopes=item.get("grantedScopes"),
        account=Account(**item["account"]) if "account" in item else None,
        grant_id=GrantId(item["grantId"]) if item["grantId"] else None,
        generation=int(item["generation"]),
        expires_at=moment(item.get("expiresAt")),
        refresh_at=moment(item.get("refreshAt")),
        last_refreshed_at=moment(item.get("lastRefreshedAt")),
        failures=int(item["failures"]),
        last_error=_evidence(item.get("lastError")),
        last_use=_use(item.get("lastUse")),
        inputs_digest=item.get("inputsDigest"),
        grant_inputs_digest=item.get("grantInputsDigest"),
        registration=RegistrationId(item["registration"]) if "registration" in item else None,
        fence=int(item["fence"]),
        claim=_claim(item),
        spending=_spending(item),
        created_at=moment(item["createdAt"]),
        updated_at=moment(item["updatedAt"]),
    )


def _place(item: Mapping[str, Any]) -> Place | None:
    if "instanceId" not in item:
        return None
    return Place(
        instance_id=InstanceId(item["instanceId"]),
        variable_id=VariableId(item["variableId"]),
        variable_key=item["variableKey"],
    )


def _evidence(item: Mapping[str, Any] | None) -> Evidence | None:
    if item is None:
        return None
    status = item.get("httpStatus")
    return Evidence(
        at=moment(item["at"]),
        generation=int(item["generation"]),
        http_status=None if status is None else int(status),
        provider_error=item.get("providerError"),
        request_id=item.get("requestId"),
    )


def _use(item: Mapping[str, Any] | None) -> Use | None:
    if item is None:
        return None
    generation = item.get("generation")
    return Use(
        at=moment(item["at"]),
        outcome=UseOutcome(item["outcome"]),
        generation=None if generation is None else int(generation),
    )


def _claim(item: Mapping[str, Any]) -> Claim | None:
    if "claimUntil" not in item:
        return None
    return Claim(holder=item["claimHolder"], until=moment(item["claimUntil"]))


def _spending(item: Mapping[str, Any]) -> Spending | None:
    if "spendingGeneration" not in item:
        return None
    return Spending(
        grant_id=cast("GrantId", item["spendingGrant"]), generation=int(item["spendingGeneration"])
    )
