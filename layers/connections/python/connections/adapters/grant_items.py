"""A grant as it lies in the Tokens table, and sealed in a message."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import sealed_bytes
from connections.adapters.purpose import Purpose
from connections.domain.grant import Account, Grant, Issuance, SealedGrant, TokenSet
from connections.domain.identifiers import ConnectionId, GrantId

if TYPE_CHECKING:
    from connections.adapters.sealing import Sealer


def seal_grant(grant: Grant, sealer: "Sealer") -> bytes:
    """Seal token set and issuance for this connection, grant and generation."""
    tokens, issuance = grant.tokens, grant.issuance
    secret = {
        "response": tokens.response,
        "refreshToken": tokens.refresh_token,
        "issuedAt": tokens.issued_at.isoformat(),
        "expiresAt": tokens.expires_at.isoformat() if tokens.expires_at else None,
        **issuance_members(issuance),
        "context": grant.context,
        "account": asdict(grant.account) if grant.account else None,
        "since": grant.since.isoformat() if grant.since else None,
    }
    record = _record(grant.connection_id, grant.grant_id, grant.generation)
    return sealer.seal(Purpose.TOKENS, record, secret)


def grant_item(grant: Grant, sealer: "Sealer") -> dict[str, Any]:
    """Return the tokens item of a grant."""
    return {
        "pk": grant.connection_id,
        "grantId": grant.grant_id,
        "generation": grant.generation,
        "sealed": seal_grant(grant, sealer),
    }


def sealed_grant(item: Mapping[str, Any]) -> SealedGrant:
    """Return the grant that an item holds, unopened."""
    return SealedGrant(
        connection_id=ConnectionId(item["pk"]),
        grant_id=GrantId(item["grantId"]),
        generation=int(item["generation"]),
        sealed=sealed_bytes(item["sealed"]),
    )


def open_grant(item: Mapping[str, Any], sealer: "Sealer") -> Grant:
    """Return the grant that an item holds.

    Raises:
        SealBroken: it was not sealed for the connection, grant and generation that it is under.
    """
    grant = sealed_grant(item)
    record = _record(grant.connection_id, grant.grant_id, grant.generation)
    opened = sealer.unseal(Purpose.TOKENS, record, grant.sealed)
    ends, since = opened["expiresAt"], opened.get("since")
    return Grant(
        connection_id=grant.connection_id,
        grant_id=grant.grant_id,
        generation=grant.generation,
        tokens=TokenSet(
            response=opened["response"],
            refresh_token=opened["refreshToken"],
            issued_at=datetime.fromisoformat(opened["issuedAt"]),
            expires_at=datetime.fromisoformat(ends) if ends else None,
        ),
        issuance=to_issuance(opened),
        context=opened["context"],
        account=to_account(opened.get("account")),
        since=datetime.fromisoformat(since) if since else None,
    )


def issuance_members(issuance: Issuance) -> dict[str, Any]:
    """Return an issuance as members of what is sealed."""
    return {
        "definition": issuance.definition,
        "values": issuance.values,
        "inputsDigest": issuance.inputs_digest,
        "metadata": issuance.metadata,
    }


def to_issuance(opened: Mapping[str, Any]) -> Issuance:
    """Return the issuance among what was unsealed."""
    return Issuance(
        definition=opened["definition"],
        values=opened["values"],
        inputs_digest=opened.get("inputsDigest"),
        metadata=opened.get("metadata", {}),
    )


def to_account(members: Mapping[str, Any] | None) -> Account | None:
    """Return the account that was kept, if one was."""
    return Account(**members) if members else None


def _record(connection_id: str, grant_id: str, generation: int) -> str:
    return f"{connection_id}/{grant_id}/{generation}"
