"""The state item under refresh: conditional writes that name what they change and expect."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import condition, from_item, to_item
from connections.adapters.state_items import (
    CLOSED,
    account_item,
    due_item,
    evidence_item,
    state_key,
    to_connection,
)
from connections.domain.claim import Claim
from connections.domain.connection import Connection, Reason, Status
from connections.domain.failed_refresh import FailureRecord
from connections.domain.grant import Grant
from connections.domain.identifiers import ConnectionId, GrantId, RegistrationId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CLAIM = ("claimHolder", "claimUntil")
SPENDING = ("spendingGrant", "spendingGeneration")


@dataclass(frozen=True, slots=True)
class DynamoStates:
    """Implements `States` and `NewGrants`.

    A claim is `claimHolder` and `claimUntil`; every claim raises `fence` by one, and what its
    holder writes later expects that number. `spendingGrant` and `spendingGeneration` say which
    refresh token it may spend; they stay on record while the outcome is unknown.
    """

    client: "DynamoDBClient"
    table: str

    def claim(self, connection_id: ConnectionId, claim: Claim, now: datetime) -> Connection | None:
        """Take the claim if none stands; return the state as it was just before."""
        with condition() as failed:
            answer = self.client.update_item(
                TableName=self.table,
                Key=to_item(state_key(connection_id)),
                UpdateExpression=(
                    "SET claimHolder = :holder, claimUntil = :until, fence = fence + :one,"
                    " spendingGrant = grantId, spendingGeneration = generation"
                ),
                ConditionExpression=(
                    "attribute_exists(pk) AND (attribute_not_exists(claimUntil)"
                    " OR claimUntil <= :now)"
                ),
                ExpressionAttributeValues=to_item(
                    {":holder": claim.holder, ":until": claim.until, ":now": now, ":one": 1}
                ),
                ReturnValues="ALL_OLD",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        if not failed:
            return to_connection(from_item(answer["Attributes"]))
        if failed[0].get("claimHolder") != claim.holder:
            return None
        # A write whose answer was lost was tried again and met itself: the claim is ours. What
        # the former state was spending is gone, so it stands for unknown, which is the safe side.
        # So does whether its claim had ended by itself: as if it had just now.
        state = to_connection(failed[0])
        return replace(state, fence=state.fence - 1, claim=replace(claim, until=now))

    def refreshed(
        self,
        former: Connection,
        grant: Grant,
        refresh_at: datetime | None,
        now: datetime,
        registration: RegistrationId | None = None,
    ) -> bool:
        """Bring the state up to a stored generation and end the claim that `former` precedes."""
        sets = {
            **_alive(grant, refresh_at, now),
            "registration": registration,
            "grantInputsDigest": grant.issuance.inputs_digest,
            "lastRefreshedAt": grant.tokens.issued_at,
        }
        return self._write(former, sets, (*CLAIM, *SPENDING, "reason", "lastError"))

    def connected(
        self,
        grant: Grant,
        refresh_at: datetime | None,
        now: datetime,
        asked: str | None = None,
        registration: RegistrationId | None = None,
    ) -> bool:
        """Record a new grant, whoever held a claim."""
        digest = grant.issuance.inputs_digest
        sets = {
            **_alive(grant, refresh_at, now),
            "registration": registration,
            "grantInputsDigest": digest,
        }
        if asked is not None:
            sets["requestedScopes"] = asked
        forgets = (*CLAIM, *SPENDING, "reason", "lastError", "lastUse", "lastRefreshedAt")
        # Not twice: a write whose answer was lost is tried again, and must not end a claim that
        # was made in between.
        found = self._update(
            grant.connection_id,
            sets,
            forgets,
            f"attribute_exists(pk) AND attribute_not_exists({CLOSED}) AND grantId <> :new",
            {":new": grant.grant_id},
            overtaking=True,
        )
        return found is None or found.get("grantId") == grant.grant_id

    def failed(self, former: Connection, record: FailureRecord, now: datetime) -> bool:
        """Record a failed refresh and end the claim that `former` precedes."""
        sets = {
            "status": record.status.value,
            "reason": record.reason.value,
            "failures": record.failures,
            "lastError": evidence_item(record.evidence),
            "updatedAt": now,
            **due_item(former.id, record.refresh_at),
        }
        forgets = CLAIM if record.outcome_unknown else (*CLAIM, *SPENDING)
        return self._write(former, sets, forgets)

    def released(self, former: Connection, refresh_at: datetime | None) -> bool:
        """End the claim that `former` precedes with `spending` and an ended claim as they were."""
        spending, ended = former.spending, former.claim
        sets = {
            "spendingGrant": spending.grant_id if spending else None,
            "spendingGeneration": spending.generation if spending else None,
            "claimHolder": ended.holder if ended else None,
            "claimUntil": ended.until if ended else None,
            **due_item(former.id, refresh_at),
        }
        return self._write(former, sets, ())

    def disconnected(self, former: Connection, now: datetime, ended: GrantId | None = None) -> bool:
        """Record that the grant of `former`, or the one that was ended, is gone."""
        sets = {
            "status": Status.PENDING.value,
            "reason": Reason.DISCONNECTED.value,
            "grantId": "",
            "generation": 0,
            "failures": 0,
            "updatedAt": now,
            "expiresAt": None,
            "grantedScopes": None,
            "account": None,
            "grantInputsDigest": None,
            "registration": None,
            **due_item(former.id, None),
        }
        forgets = (*CLAIM, *SPENDING, "lastError", "lastUse", "lastRefreshedAt")
        believed = former.grant_id or ""
        expected = {":believed": believed, ":ended": ended or believed}
        condition_met = "grantId IN (:believed, :ended)"
        found = self._update(former.id, sets, forgets, condition_met, expected, overtaking=True)
        return found is None

    def _write(self, former: Connection, sets: dict[str, Any], forgets: tuple[str, ...]) -> bool:
        """Write under the fence of the claim that `former` precedes."""
        expected = {":fence": former.fence + 1}
        return self._update(former.id, sets, forgets, "fence = :fence", expected) is None

    def _update(
        self,
        connection_id: ConnectionId,
        sets: dict[str, Any],
        forgets: tuple[str, ...],
        expression: str,
        expected: dict[str, Any],
        *,
        overtaking: bool = False,
    ) -> Mapping[str, Any] | None:
        """Set the attributes that have a value, and forget the others.

        Returns None when it is written, else what is there, which is empty if nothing is.
        Overtaking raises the fence: what the holder of a claim writes later finds it passed.
        """
        kept = {name: value for name, value in sets.items() if value is not None}
        gone = [*forgets, *(name for name in sets if name not in kept)]
        assignments = ", ".join(f"#{name} = :{name}" for name in kept)
        setting = f"SET {assignments}" if kept else ""
        removals = "REMOVE " + ", ".join(f"#{name}" for name in gone) if gone else ""
        raising = "ADD fence :one" if overtaking else ""
        values = {f":{name}": value for name, value in kept.items()}
        if overtaking:
            values[":one"] = 1
        with condition() as failed:
            self.client.update_item(
                TableName=self.table,
                Key=to_item(state_key(connection_id)),
                UpdateExpression=f"{setting} {removals} {raising}",
                ConditionExpression=expression,
                ExpressionAttributeNames={f"#{name}": name for name in (*kept, *gone)},
                ExpressionAttributeValues=to_item({**values, **expected}),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        return failed[0] if failed else None


def _alive(grant: Grant, refresh_at: datetime | None, now: datetime) -> dict[str, Any]:
    return {
        "status": Status.ACTIVE.value,
        "grantId": grant.grant_id,
        "generation": grant.generation,
        "failures": 0,
        "expiresAt": grant.tokens.expires_at,
        "grantedScopes": grant.tokens.scopes,
        "account": account_item(grant.account),
        "updatedAt": now,
        **due_item(grant.connection_id, refresh_at),
    }
