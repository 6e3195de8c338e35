"""The audit, in a table of its own, to which functions may add and in which they change nothing."""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import condition, moment, to_item
from connections.adapters.lists import cursor_of, of_partition, place_of, query_page
from connections.domain.audit import Action, Actor, ActorKind, AuditEntry
from connections.domain.errors import Unavailable
from connections.domain.identifiers import AuditEntryId, ConnectionId, CustomerId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_MONTH = "%Y-%m"
_PLACE = re.compile(r"\d{4}-(0[1-9]|1[0-2])#adt_[0-9a-z]{26}", re.ASCII)
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DynamoAudit:
    """Implements `AuditTrail` and `Audit`.

    A partition holds a month; two indexes find what is of a customer and of a connection. Ids are
    in the order of time. DynamoDB clears away what is older than `kept_for`.
    """

    client: "DynamoDBClient"
    table: str
    kept_for: timedelta

    def write(self, entry: AuditEntry) -> None:
        """Add an entry; one that cannot be added stands in the function's log."""
        item = {
            **_key(entry.at, entry.id),
            "at": entry.at,
            "action": entry.action.value,
            "actorKind": entry.actor.kind.value,
            "actorId": entry.actor.id,
            "target": entry.target,
            "customerId": entry.customer_id,
            "connectionId": entry.connection_id,
            "sourceIp": entry.source_ip,
            "requestId": entry.request_id,
            "httpStatus": entry.http_status,
            "ttl": int((entry.at + self.kept_for).timestamp()),
        }
        try:
            with condition():
                self.client.put_item(
                    TableName=self.table,
                    Item=to_item(item),
                    # Nothing is ever overwritten; a write that is tried again meets itself.
                    ConditionExpression="attribute_not_exists(pk)",
                )
        except Unavailable:
            plain = {name: str(value) for name, value in item.items() if value is not None}
            logger.exception("audit-entry-lost", extra={"entry": plain})

    def page(
        self,
        *,
        customer_id: CustomerId | None,
        connection_id: ConnectionId | None,
        limit: int,
        cursor: str | None,
        now: datetime,
    ) -> tuple[Sequence[AuditEntry], str | None]:
        """Return entries, newest first, and the cursor of the next page."""
        after = _after(place_of(cursor, _PLACE)) if cursor is not None else {}
        if connection_id is not None:
            of_one = {"connectionId": connection_id}
            items, last = self._found("connection", of_one, limit, after)
            # Of one connection there are few others: whoever asks for both asks for both.
            items = [each for each in items if customer_id in (None, each.get("customerId"))]
        elif customer_id is not None:
            items, last = self._found("customer", {"customerId": customer_id}, limit, after)
        else:
            items, last = self._all(limit, after, now)
        following = cursor_of(f"{last['pk']}#{last['sk']}") if last else None
        return [_entry(each) for each in items], following

    def _found(
        self, index: str, attribute: Mapping[str, str], limit: int, after: dict[str, Any]
    ) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
        [(name, value)] = attribute.items()
        query = {
            "TableName": self.table,
            "IndexName": index,
            "KeyConditionExpression": f"{name} = :value",
            "ExpressionAttributeValues": to_item({":value": value}),
        }
        start = {**after, **attribute} if after else {}
        return query_page(self.client, query, limit=limit, after=start)

    def _all(
        self, limit: int, after: dict[str, Any], now: datetime
    ) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
        """Read month after month, back to the oldest that is kept."""
        found: list[dict[str, Any]] = []
        for month in _months(now, now - self.kept_for):
            if after and month > after["pk"]:
                continue
            query = of_partition(self.table, month)
            start = after if after and month == after["pk"] else {}
            items, _ = query_page(self.client, query, limit=limit - len(found), after=start)
            found += items
            if len(found) == limit:
                return found, found[-1]
        return found, None


def _months(newest: datetime, oldest: datetime) -> Iterator[str]:
    month = newest
    while month.strftime(_MONTH) >= oldest.strftime(_MONTH):
        yield month.strftime(_MONTH)
        month = month.replace(day=1) - timedelta(days=1)


def _key(at: datetime, entry_id: str) -> dict[str, str]:
    return {"pk": at.strftime(_MONTH), "sk": entry_id}


def _after(place: str) -> dict[str, str]:
    month, _, entry_id = place.partition("#")
    return {"pk": month, "sk": entry_id}


def _entry(item: Mapping[str, Any]) -> AuditEntry:
    customer, connection = item.get("customerId"), item.get("connectionId")
    return AuditEntry(
        id=AuditEntryId(item["sk"]),
        at=moment(item["at"]),
        action=Action(item["action"]),
        actor=Actor(kind=ActorKind(item["actorKind"]), id=item.get("actorId")),
        target=item.get("target"),
        customer_id=None if customer is None else CustomerId(customer),
        connection_id=None if connection is None else ConnectionId(connection),
        source_ip=item.get("sourceIp"),
        request_id=item["requestId"],
        http_status=int(item["httpStatus"]),
    )
