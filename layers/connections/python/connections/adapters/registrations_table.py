"""Client registrations, in the Connections table: one small item each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from connections.adapters.aws import condition, moment, read_together, to_item
from connections.domain.client_registration import Breaker, Registration, Tally
from connections.domain.identifiers import RegistrationId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_FOR = timedelta(days=30)
"""After this time without a change DynamoDB clears an item away."""
LARGEST_BATCH = 100
"""Items that one request reads."""


@dataclass(frozen=True, slots=True)
class DynamoRegistrations:
    """Implements `Registrations`."""

    client: "DynamoDBClient"
    table: str

    def many(self, ids: Collection[RegistrationId]) -> Mapping[RegistrationId, Registration]:
        """Return those of which something is on record, consistently read."""
        keys = [registration_key(each) for each in ids]
        found: list[dict[str, Any]] = []
        for start in range(0, len(keys), LARGEST_BATCH):
            batch = keys[start : start + LARGEST_BATCH]
            found += read_together(self.client, {self.table: batch})
        return {registration.id: registration for registration in map(_to_registration, found)}

    def save(self, registration: Registration, now: datetime) -> bool:
        """Store a registration if it is stored as it was read."""
        writer = uuid4().hex
        item = {**_item(registration), "writer": writer, "ttl": int((now + KEPT_FOR).timestamp())}
        expected: Any = {"ConditionExpression": "attribute_not_exists(pk)"}
        if registration.revision:
            expected = {
                "ConditionExpression": "revision = :read",
                "ExpressionAttributeValues": to_item({":read": registration.revision}),
            }
        with condition() as failed:
            self.client.put_item(
                TableName=self.table,
                Item=to_item(item),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **expected,
            )
        # A write whose answer was lost was tried again and met itself.
        return not failed or failed[0].get("writer") == writer


def registration_key(registration: RegistrationId) -> dict[str, str]:
    """Return the key of a registration's item."""
    return {"pk": registration, "sk": "registration"}


def _item(registration: Registration) -> dict[str, Any]:
    window, breaker = registration.window, registration.breaker
    return {
        **registration_key(registration.id),
        "host": registration.host,
        "revision": registration.revision + 1,
        "since": registration.since,
        "worked": window.worked,
        "failed": window.failed,
        "refused": window.refused,
        "openedAt": breaker.opened_at if breaker else None,
        "probeAt": breaker.probe_at if breaker else None,
        "rounds": breaker.rounds if breaker else None,
        "fault": registration.fault,
        "nextAt": registration.next_at,
    }


def _to_registration(item: Mapping[str, Any]) -> Registration:
    return Registration(
        id=RegistrationId(item["pk"]),
        host=item["host"],
        revision=int(item["revision"]),
        since=moment(item.get("since")),
        window=Tally(
            worked=int(item["worked"]), failed=int(item["failed"]), refused=int(item["refused"])
        ),
        breaker=_breaker(item),
        fault=item["fault"],
        next_at=moment(item.get("nextAt")),
    )


def _breaker(item: Mapping[str, Any]) -> Breaker | None:
    if "openedAt" not in item:
        return None
    return Breaker(
        opened_at=moment(item["openedAt"]),
        probe_at=moment(item["probeAt"]),
        rounds=int(item["rounds"]),
    )
