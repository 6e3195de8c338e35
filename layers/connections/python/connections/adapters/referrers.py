"""What refers to connection templates and components, in the Definitions table.

Every part that writes or deletes a template's referrer belongs into one transaction with the part
that counts it: a template whose count is 0 has no referrer.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import from_item, to_item, translated_errors
from connections.adapters.lists import of_partition
from connections.domain.identifiers import TemplateId
from connections.domain.referrer import Referred, Referrer, ReferrerKind

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MOST_TOLD = 100


def template_key(template_id: TemplateId) -> dict[str, str]:
    """Return the key of a connection template's item."""
    return {"pk": template_id, "sk": "template"}


def referrer_put(table: str, referred: Referred, referrer: Referrer) -> dict[str, Any]:
    """Return the part of a transaction with which something begins to refer, or has a new name."""
    item = {
        **_key(referred, referrer),
        "kind": referrer.kind.value,
        "id": referrer.id,
        "name": referrer.name,
        "version": referrer.version,
    }
    return {"Put": {"TableName": table, "Item": to_item(item)}}


def referrer_delete(table: str, referred: Referred, referrer: Referrer) -> dict[str, Any]:
    """Return the part of a transaction with which something ceases to refer."""
    return {"Delete": {"TableName": table, "Key": to_item(_key(referred, referrer))}}


def template_counted(
    table: str,
    template_id: TemplateId,
    by: int,
    *,
    named: str | None = None,
    publish_at: int | None = None,
    shared_only: bool = False,
) -> dict[str, Any]:
    """Return the part of a transaction that counts a template's referrers; it must exist.

    With `named` it must have that name: drafts refer by name. With `publish_at` the template must
    be at that revision, and with `shared_only` be shared too; it is locked.
    """
    update, existing = "ADD uses :by", "attribute_exists(pk)"
    values: dict[str, Any] = {":by": by}
    names: dict[str, Any] = {}
    if named is not None:
        existing, values[":name"] = "#name = :name", named
        names = {"ExpressionAttributeNames": {"#name": "name"}}
    if publish_at is not None:
        update, existing = f"{update} SET #locked = :true", "revision = :revision"
        values |= {":true": True, ":revision": publish_at}
        names = {"ExpressionAttributeNames": {"#locked": "locked"}}
        if shared_only:
            existing = f"{existing} AND #shared = :true"
            names["ExpressionAttributeNames"]["#shared"] = "shared"
    return {
        "Update": {
            "TableName": table,
            "Key": to_item(template_key(template_id)),
            "UpdateExpression": update,
            "ConditionExpression": existing,
            "ExpressionAttributeValues": to_item(values),
            **names,
        }
    }


@dataclass(frozen=True, slots=True)
class DynamoReferrers:
    """Implements `Referrers`."""

    client: "DynamoDBClient"
    table: str

    def of(self, referred: Referred) -> list[Referrer]:
        """Return what refers to a template or a component, at most a hundred."""
        with translated_errors():
            answer = self.client.query(
                **of_partition(self.table, _partition(referred)),
                ConsistentRead=True,
                Limit=MOST_TOLD,
            )
        return [_referrer(from_item(item)) for item in answer["Items"]]


def _partition(referred: Referred) -> str:
    if referred.template_id is not None:
        return f"uses/{referred.template_id}"
    return f"uses/component/{referred.component}"


def _key(referred: Referred, referrer: Referrer) -> dict[str, str]:
    return {"pk": _partition(referred), "sk": _place(referrer)}


def _place(referrer: Referrer) -> str:
    match referrer.kind:
        case ReferrerKind.DRAFT:
            return f"{referrer.id}/draft"
        case ReferrerKind.VERSION:
            return f"{referrer.id}/{referrer.version:010d}"
    return referrer.id


def _referrer(item: dict[str, Any]) -> Referrer:
    version = item.get("version")
    return Referrer(
        kind=ReferrerKind(item["kind"]),
        id=item["id"],
        name=item["name"],
        version=None if version is None else int(version),
    )
