"""Flows, in the Connections table; DynamoDB clears away what has ended."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connections.adapters.authorizations_table import (
    DynamoAuthorizations,
    flow_key,
    put,
    time_to_live,
)
from connections.adapters.aws import condition, from_item, moment, sealed_bytes, to_item
from connections.adapters.grant_items import issuance_members, to_account, to_issuance
from connections.adapters.purpose import Purpose
from connections.adapters.state_items import owner_item, to_owner
from connections.application.flow_ports import UsedFlow
from connections.domain.flow import Flow, Landing
from connections.domain.identifiers import AuthorizationId, ConnectionId

if TYPE_CHECKING:
    from connections.adapters.sealing import Sealer


@dataclass(frozen=True, slots=True)
class DynamoFlows(DynamoAuthorizations):
    """Implements `Flows`."""

    sealer: "Sealer"

    def begin(self, flow: Flow) -> None:
        """Store a flow with its verifier, issuance and landing sealed."""
        secret = {
            "codeVerifier": flow.code_verifier,
            **issuance_members(flow.issuance),
            "reconnects": flow.reconnects,
            "account": asdict(flow.account) if flow.account else None,
            "landing": asdict(flow.landing) if flow.landing else None,
        }
        item = {
            **flow_key(flow.state_digest),
            "connectionId": flow.connection_id,
            "authorizationId": flow.authorization_id,
            **owner_item(flow.owner),
            "browserDigest": flow.browser_digest,
            "redirectUri": flow.redirect_uri,
            "issuer": flow.issuer,
            "sealed": self.sealer.seal(Purpose.INPUTS, _record(flow.state_digest), secret),
            "expiresAt": flow.expires_at,
            "ttl": time_to_live(flow.expires_at),
        }
        put(self.client, self.table, item)

    def take(self, state_digest: str, now: datetime) -> Flow | UsedFlow | None:
        """Take the flow, once: what it held is removed by the write that takes it."""
        with condition() as failed:
            answer = self.client.update_item(
                TableName=self.table,
                Key=to_item(flow_key(state_digest)),
                UpdateExpression="SET usedAt = :now REMOVE sealed, browserDigest",
                ConditionExpression="attribute_exists(pk) AND attribute_not_exists(usedAt)",
                ExpressionAttributeValues=to_item({":now": now}),
                ReturnValues="ALL_OLD",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        if failed:
            return _used(failed[0]) if failed[0] else None
        return self._flow(state_digest, from_item(answer["Attributes"]))

    def _flow(self, state_digest: str, item: dict[str, Any]) -> Flow:
        opened = self.sealer.unseal(
            Purpose.INPUTS, _record(state_digest), sealed_bytes(item["sealed"])
        )
        return Flow(
            state_digest=state_digest,
            browser_digest=item["browserDigest"],
            connection_id=ConnectionId(item["connectionId"]),
            authorization_id=AuthorizationId(item["authorizationId"]),
            owner=to_owner(item),
            redirect_uri=item["redirectUri"],
            issuer=item.get("issuer"),
            code_verifier=opened["codeVerifier"],
            issuance=to_issuance(opened),
            reconnects=opened.get("reconnects", False),
            account=to_account(opened.get("account")),
            landing=Landing(**opened["landing"]) if opened.get("landing") else None,
            expires_at=moment(item["expiresAt"]),
        )


def _record(state_digest: str) -> str:
    return f"flow/{state_digest}"


def _used(item: Any) -> UsedFlow:
    return UsedFlow(
        connection_id=ConnectionId(item["connectionId"]),
        authorization_id=AuthorizationId(item["authorizationId"]),
    )
