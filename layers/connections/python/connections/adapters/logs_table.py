"""The connections' logs, in the Connections table; DynamoDB clears away what is old."""

import base64
import binascii
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import from_item, to_item, translated_errors
from connections.domain.errors import InvalidRequest, Problem, Unavailable
from connections.domain.identifiers import AuthorizationId, ConnectionId
from connections.domain.log_entry import Event, LogEntry, Severity

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LONGEST_SORT_KEY = 100
KEPT_FOR = timedelta(days=90)
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DynamoLogbook:
    """Implements `Logbook` and `Logs`."""

    client: "DynamoDBClient"
    table: str

    def write(self, entry: LogEntry) -> None:
        """Add an entry. What it reports has happened, so it does not fail for want of an entry."""
        item = {
            "pk": f"log#{entry.connection_id}",
            "sk": f"{entry.at.isoformat(timespec='microseconds')}#{secrets.token_hex(4)}",
            "event": entry.event.value,
            "severity": entry.severity.value,
            "detail": entry.detail,
            "httpStatus": entry.http_status,
            "providerError": entry.provider_error,
            "authorizationId": entry.authorization_id,
            "ttl": int((entry.at + KEPT_FOR).timestamp()),
        }
        try:
            with translated_errors():
                self.client.put_item(TableName=self.table, Item=to_item(item))
        except Unavailable:
            logger.exception(
                "log-entry-lost",
                extra={"connectionId": entry.connection_id, "event": entry.event.value},
            )

    def page(
        self, connection_id: ConnectionId, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[LogEntry], str | None]:
        """Return entries, newest first, and the cursor of the next page."""
        partition = f"log#{connection_id}"
        query: Any = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": to_item({":pk": partition}),
            "ScanIndexForward": False,
            "Limit": limit,
        }
        if cursor is not None:
            query["ExclusiveStartKey"] = to_item({"pk": partition, "sk": _sort_key(cursor)})
        with translated_errors():
            answer = self.client.query(**query)
        entries = [_entry(connection_id, from_item(item)) for item in answer["Items"]]
        last = answer.get("LastEvaluatedKey")
        return entries, _cursor(str(from_item(last)["sk"])) if last else None


def _entry(connection_id: ConnectionId, item: Mapping[str, Any]) -> LogEntry:
    status = item.get("httpStatus")
    authorization = item.get("authorizationId")
    return LogEntry(
        connection_id=connection_id,
        at=datetime.fromisoformat(item["sk"].partition("#")[0]).astimezone(UTC),
        event=Event(item["event"]),
        severity=Severity(item["severity"]),
        detail=item["detail"],
        http_status=None if status is None else int(status),
        provider_error=item.get("providerError"),
        authorization_id=None if authorization is None else AuthorizationId(authorization),
    )


def _cursor(sort_key: str) -> str:
    return base64.urlsafe_b64encode(sort_key.encode()).decode().rstrip("=")


def _sort_key(unverified_cursor: str) -> str:
    padded = unverified_cursor + "=" * (-len(unverified_cursor) % 4)
    try:
        sort_key = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
        datetime.fromisoformat(sort_key[:LONGEST_SORT_KEY].partition("#")[0])
    except (binascii.Error, ValueError):
        problem = Problem("#/query/cursor", "must be the nextCursor of the page before")
        raise InvalidRequest("The cursor is not one of this list's.", [problem]) from None
    return sort_key[:LONGEST_SORT_KEY]
