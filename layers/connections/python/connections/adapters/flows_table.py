"""Authorizations and flows, in the Connections table; DynamoDB clears away what has ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import (
    condition,
    from_item,
    moment,
    sealed_bytes,
    to_item,
    translated_errors,
)
from connections.adapters.sealing import Purpose, Sealer
from connections.adapters.state_items import owner_item, to_owner
from connections.application.ports import UsedFlow
from connections.domain.flow import Authorization, Flow
from connections.domain.grant import Issuance
from connections.domain.identifiers import AuthorizationId, ConnectionId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_AFTER_END = timedelta(days=1)
"""A flow that comes back late, or twice, is recognized for so long."""


@dataclass(frozen=True, slots=True)
class DynamoFlows:
    """Implements `Flows`."""

    client: "DynamoDBClient"
    table: str
    sealer: Sealer

    def offer(self, authorization: Authorization) -> None:
        """Store an authorization."""
        item = {
            **_authorization_key(authorization.id),
            "linkDigest": authorization.link_digest,
            "connectionId": authorization.connection_id,
            **owner_item(authorization.owner),
            "customerName": authorization.customer_name,
            "expiresAt": authorization.expires_at,
            "ttl": _time_to_live(authorization.expires_at),
        }
        self._put(item)

    def offered(self, authorization_id: AuthorizationId) -> Authorization | None:
        """Return an authorization, also an expired one that is still there."""
        with translated_errors():
            found = self.client.get_item(
                TableName=self.table,
                Key=to_item(_authorization_key(authorization_id)),
                ConsistentRead=True,
            ).get("Item")
        return _authorization(authorization_id, from_item(found)) if found else None

    def close(self, authorization_id: AuthorizationId) -> Authorization | None:
        """Delete an authorization and return it, once."""
        with translated_errors():
            gone = self.client.delete_item(
                TableName=self.table,
                Key=to_item(_authorization_key(authorization_id)),
                ReturnValues="ALL_OLD",
            ).get("Attributes")
        return _authorization(authorization_id, from_item(gone)) if gone else None

    def begin(self, flow: Flow) -> None:
        """Store a flow with its verifier and issuance sealed."""
        secret = {
            "codeVerifier": flow.code_verifier,
            "definition": flow.issuance.definition,
            "values": flow.issuance.values,
            "inputsDigest": flow.issuance.inputs_digest,
        }
        item = {
            **_flow_key(flow.state_digest),
            "connectionId": flow.connection_id,
            "authorizationId": flow.authorization_id,
            **owner_item(flow.owner),
            "browserDigest": flow.browser_digest,
            "redirectUri": flow.redirect_uri,
            "issuer": flow.issuer,
            "sealed": self.sealer.seal(Purpose.INPUTS, _record(flow.state_digest), secret),
            "expiresAt": flow.expires_at,
            "ttl": _time_to_live(flow.expires_at),
        }
        self._put(item)

    def take(self, state_digest: str, now: datetime) -> Flow | UsedFlow | None:
        """Take the flow, once: what it held is removed by the write that takes it."""
        with condition() as failed:
            answer = self.client.update_item(
                TableName=self.table,
                Key=to_item(_flow_key(state_digest)),
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
            issuance=Issuance(
                definition=opened["definition"],
                values=opened["values"],
                inputs_digest=opened.get("inputsDigest"),
            ),
            expires_at=moment(item["expiresAt"]),
        )

    def _put(self, item: dict[str, Any]) -> None:
        with translated_errors():
            self.client.put_item(TableName=self.table, Item=to_item(item))


def _authorization(authorization_id: AuthorizationId, item: dict[str, Any]) -> Authorization:
    return Authorization(
        id=authorization_id,
        link_digest=item["linkDigest"],
        connection_id=ConnectionId(item["connectionId"]),
        owner=to_owner(item),
        customer_name=item.get("customerName"),
        expires_at=moment(item["expiresAt"]),
    )


def _authorization_key(authorization_id: AuthorizationId) -> dict[str, str]:
    return {"pk": authorization_id, "sk": "authorization"}


def _flow_key(state_digest: str) -> dict[str, str]:
    return {"pk": f"flow#{state_digest}", "sk": "flow"}


def _record(state_digest: str) -> str:
    return f"flow/{state_digest}"


def _time_to_live(end: datetime) -> int:
    return int((end + KEPT_AFTER_END).timestamp())


def _used(item: Any) -> UsedFlow:
    return UsedFlow(
        connection_id=ConnectionId(item["connectionId"]),
        authorization_id=AuthorizationId(item["authorizationId"]),
    )
