"""The published versions of integrations, in the Definitions table."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import canceled, from_item, moment, to_item, translated_errors
from connections.adapters.integration_items import (
    UNCHANGED,
    head_key,
    to_version,
    version_item,
    version_key,
)
from connections.adapters.item_size import LARGEST_ITEM, size_of
from connections.adapters.lists import cursor_of, place_of, query_page
from connections.adapters.referrers import referrer_put, template_counted
from connections.application.integration_ports import References
from connections.domain.errors import InvalidRequest, Problem
from connections.domain.identifiers import IntegrationId, TemplateId
from connections.domain.integration import Integration, ListedVersion, Version
from connections.domain.referrer import Referred, Referrer, ReferrerKind

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from connections.adapters.sealing import Sealer

_PLACE = re.compile(r"version/[0-9]{10}")
_TOO_LARGE = (
    "A version is at most 400 KB together with the definitions of its connections, and with the"
    " names of the inputs that templates fill."
)
_SMALLER = "must be less: make two integrations of it, or shorten what its components define"


@dataclass(frozen=True, slots=True)
class DynamoVersions:
    """Implements `Versions`."""

    client: "DynamoDBClient"
    table: str
    sealer: "Sealer"

    def publish(self, former: Integration, version: Version, references: References) -> bool:
        """Store a version and lock the templates that it refers to, all or nothing.

        Raises:
            InvalidRequest: it is larger than what can be stored.
        """
        item = to_item(version_item(version, references, self.sealer))
        if size_of(item) > LARGEST_ITEM:
            raise InvalidRequest(_TOO_LARGE, [Problem("#", _SMALLER)])
        parts: list[Any] = [
            _numbered_head(self.table, former, version),
            {
                "Put": {
                    "TableName": self.table,
                    "Item": item,
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            },
            *self._locking(former, version),
            *self._referring(former, version, references),
        ]
        return not canceled(self.client, parts)

    def get(self, integration_id: IntegrationId, number: int) -> Version | None:
        """Return a version."""
        with translated_errors():
            found = self.client.get_item(
                TableName=self.table,
                Key=to_item(version_key(integration_id, number)),
                ConsistentRead=True,
            ).get("Item")
        return to_version(from_item(found), self.sealer) if found else None

    def page(
        self, integration_id: IntegrationId, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[ListedVersion], str | None]:
        """Return versions by number, newest first, and the cursor of the next page."""
        query = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :version)",
            "ExpressionAttributeValues": to_item({":pk": integration_id, ":version": "version/"}),
            "ProjectionExpression": "sk, #number, publishedAt",
            "ExpressionAttributeNames": {"#number": "number"},
        }
        after = {}
        if cursor is not None:
            after = {"pk": integration_id, "sk": place_of(cursor, _PLACE)}
        items, last = query_page(self.client, query, limit=limit, after=after)
        found = [
            ListedVersion(number=int(item["number"]), published_at=moment(item["publishedAt"]))
            for item in items
        ]
        return found, cursor_of(last["sk"]) if last else None

    def _locking(self, former: Integration, version: Version) -> Iterator[dict[str, Any]]:
        """Return the parts that lock the templates of a version, as it has resolved them.

        What a customer builds uses only what is shared at that very moment.
        """
        shared_only = former.owner.customer_id is not None
        for template_id, revision in sorted(_templates(version).items()):
            yield template_counted(
                self.table, template_id, 1, publish_at=revision, shared_only=shared_only
            )

    def _referring(
        self, former: Integration, version: Version, references: References
    ) -> Iterator[dict[str, Any]]:
        by = Referrer(
            kind=ReferrerKind.VERSION, id=former.id, name=former.name, version=version.number
        )
        for template_id in sorted(_templates(version)):
            yield referrer_put(self.table, Referred(template_id=template_id), by)
        for component in sorted(references.components):
            yield referrer_put(self.table, Referred(component=component), by)


def _templates(version: Version) -> dict[TemplateId, int]:
    """Return the templates of a version with the revisions at which it refers to them."""
    return {
        each.template.id: each.template.revision
        for each in version.connections.values()
        if each.template is not None
    }


def _numbered_head(table: str, former: Integration, version: Version) -> dict[str, Any]:
    values = {
        ":number": version.number,
        ":revision": former.revision + 1,
        ":former": former.revision,
        ":now": version.published_at,
    }
    return {
        "Update": {
            "TableName": table,
            "Key": to_item(head_key(former.id)),
            "UpdateExpression": "SET latestVersion = :number, revision = :revision,"
            " updatedAt = :now",
            "ConditionExpression": UNCHANGED,
            "ExpressionAttributeValues": to_item(values),
        }
    }
