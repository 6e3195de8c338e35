"""The connections' logs, in the Connections table; DynamoDB clears away what is old."""

import logging
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import canceled, to_item
from connections.adapters.lists import partition_page
from connections.adapters.state_items import CLOSED, inputs_key
from connections.domain.errors import Unavailable
from connections.domain.identifiers import AuthorizationId, ConnectionId
from connections.domain.log_entry import Event, LogEntry, Severity

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_FOR = timedelta(days=90)
_PLACE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00#[0-9a-f]{8}", re.ASCII)
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DynamoLogbook:
    """Implements `Logbook` and `Logs`."""

    client: "DynamoDBClient"
    table: str

    def write(self, entry: LogEntry) -> None:
        """Add an entry, unless the connection is being deleted.

        What it reports has happened, so it does not fail for want of an entry.
        """
        item = {
            "pk": log_partition(entry.connection_id),
            "sk": f"{entry.at.isoformat(timespec='microseconds')}#{secrets.token_hex(4)}",
            "event": entry.event.value,
            "severity": entry.severity.value,
            "detail": entry.detail,
            "httpStatus": entry.http_status,
            "providerError": entry.provider_error,
            "authorizationId": entry.authorization_id,
            "forOperator": entry.for_operator or None,
            "ttl": int((entry.at + KEPT_FOR).timestamp()),
        }
        parts = [
            {"Put": {"TableName": self.table, "Item": to_item(item)}},
            # A transaction: of a connection that is deleted nothing stays, also no late entry.
            {
                "ConditionCheck": {
                    "TableName": self.table,
                    # Not the state: those who claim would come into each other's way.
                    "Key": to_item(inputs_key(entry.connection_id)),
                    "ConditionExpression": (
                        f"attribute_exists(pk) AND attribute_not_exists({CLOSED})"
                    ),
                }
            },
        ]
        try:
            canceled(self.client, parts)
        except Unavailable:
            logger.exception(
                "log-entry-lost",
                extra={"connectionId": entry.connection_id, "event": entry.event.value},
            )

    def page(
        self, connection_id: ConnectionId, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[LogEntry], str | None]:
        """Return entries, newest first, and the cursor of the next page."""
        partition = log_partition(connection_id)
        items, following = partition_page(
            self.client, self.table, partition, form=_PLACE, limit=limit, cursor=cursor
        )
        return [_entry(connection_id, item) for item in items], following


def log_partition(connection_id: ConnectionId) -> str:
    """Return the partition of a connection's log."""
    return f"log#{connection_id}"


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
        for_operator=item.get("forOperator", False),
    )
