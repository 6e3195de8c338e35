"""Authorizations, in the Connections table, and what of flows needs no seal to be opened."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import condition, from_item, moment, to_item, translated_errors
from connections.adapters.state_items import owner_item, to_owner
from connections.domain.flow import Authorization, LapsedFlow, Outcome
from connections.domain.identifiers import AuthorizationId, ConnectionId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_AFTER_END = timedelta(days=1)
"""A flow that comes back late, or twice, is recognized for so long."""


@dataclass(frozen=True, slots=True)
class DynamoAuthorizations:
    """Implements `Authorizations` and `Lapses`."""

    client: "DynamoDBClient"
    table: str

    def offer(self, authorization: Authorization) -> None:
        """Store an authorization, also in place of itself."""
        item = {
            **_authorization_key(authorization.id),
            "linkDigest": authorization.link_digest,
            "connectionId": authorization.connection_id,
            **owner_item(authorization.owner),
            "customerName": authorization.customer_name,
            # What is as usual is left out.
            "unconfirmed": None if authorization.confirm else True,
            "returnUrl": authorization.return_url,
            "scopes": list(authorization.scopes) or None,
            "taken": authorization.taken or None,
            "outcome": authorization.outcome and _outcome_item(authorization.outcome),
            "expiresAt": authorization.expires_at,
            "ttl": time_to_live(authorization.expires_at),
        }
        put(self.client, self.table, item)

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
        """Take an authorization and return it, once; it stays, to say what became of it."""
        with condition() as failed:
            answer = self.client.update_item(
                TableName=self.table,
                Key=to_item(_authorization_key(authorization_id)),
                UpdateExpression="SET taken = :taken",
                ConditionExpression="attribute_exists(pk) AND attribute_not_exists(taken)",
                ExpressionAttributeValues=to_item({":taken": True}),
                ReturnValues="ALL_OLD",
            )
        if failed:
            return None
        return _authorization(authorization_id, from_item(answer["Attributes"]))

    def settle(self, authorization_id: AuthorizationId, outcome: Outcome) -> bool:
        """Keep how a flow of it ended; a success is not written over."""
        with condition() as failed:
            self.client.update_item(
                TableName=self.table,
                Key=to_item(_authorization_key(authorization_id)),
                UpdateExpression="SET outcome = :outcome",
                ConditionExpression=(
                    "attribute_exists(pk)"
                    " AND (attribute_not_exists(outcome) OR attribute_exists(outcome.#error))"
                ),
                ExpressionAttributeNames={"#error": "error"},
                ExpressionAttributeValues=to_item({":outcome": _outcome_item(outcome)}),
            )
        return not failed

    def lapse(self, state_digest: str, now: datetime) -> LapsedFlow | None:
        """Mark a flow from which nobody came back, once."""
        with condition() as failed:
            answer = self.client.update_item(
                TableName=self.table,
                Key=to_item(flow_key(state_digest)),
                UpdateExpression="SET lapsedAt = :now",
                ConditionExpression=(
                    "expiresAt <= :now AND attribute_not_exists(usedAt)"
                    " AND attribute_not_exists(lapsedAt)"
                ),
                ExpressionAttributeValues=to_item({":now": now}),
                ReturnValues="ALL_OLD",
            )
        return None if failed else _lapsed(from_item(answer["Attributes"]))


def put(client: "DynamoDBClient", table: str, item: dict[str, Any]) -> None:
    """Store an item."""
    with translated_errors():
        client.put_item(TableName=table, Item=to_item(item))


def flow_key(state_digest: str) -> dict[str, str]:
    """Return the key of a flow's item."""
    return {"pk": f"flow#{state_digest}", "sk": "flow"}


def time_to_live(end: datetime) -> int:
    """Return when DynamoDB clears away what ended then, in seconds since 1970."""
    return int((end + KEPT_AFTER_END).timestamp())


def _authorization(authorization_id: AuthorizationId, item: dict[str, Any]) -> Authorization:
    return Authorization(
        id=authorization_id,
        link_digest=item["linkDigest"],
        connection_id=ConnectionId(item["connectionId"]),
        owner=to_owner(item),
        customer_name=item.get("customerName"),
        confirm="unconfirmed" not in item,
        return_url=item.get("returnUrl"),
        scopes=tuple(item.get("scopes", ())),
        taken="taken" in item,
        outcome=Outcome(error=item["outcome"].get("error")) if "outcome" in item else None,
        expires_at=moment(item["expiresAt"]),
    )


def _outcome_item(outcome: Outcome) -> dict[str, str]:
    """Return an outcome as it is stored: a success has no error."""
    return {} if outcome.error is None else {"error": outcome.error}


def _lapsed(item: dict[str, Any]) -> LapsedFlow:
    return LapsedFlow(
        connection_id=ConnectionId(item["connectionId"]),
        authorization_id=AuthorizationId(item["authorizationId"]),
        redirect_uri=item["redirectUri"],
    )


def _authorization_key(authorization_id: AuthorizationId) -> dict[str, str]:
    return {"pk": authorization_id, "sk": "authorization"}
