"""Deletes integrations with all that is stored of them, in the Definitions table."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import canceled, condition, items_of, to_item, translated_errors
from connections.adapters.integration_items import (
    CLOSED,
    head_key,
    offered_key,
    to_references,
)
from connections.adapters.referrers import referrer_delete, template_counted
from connections.domain.identifiers import IntegrationId
from connections.domain.integration import Integration
from connections.domain.referrer import Referred, Referrer, ReferrerKind

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class DynamoDeletedIntegrations:
    """Implements `DeletedIntegrations`."""

    client: "DynamoDBClient"
    table: str

    def closed(self, integration: Integration) -> bool:
        """Let nothing be added to an integration any more; False if it changed meanwhile."""
        with condition() as failed:
            self.client.update_item(
                TableName=self.table,
                Key=to_item(head_key(integration.id)),
                UpdateExpression=f"SET {CLOSED} = :closed, revision = :following",
                ConditionExpression="revision = :revision",
                ExpressionAttributeValues=to_item(
                    {
                        ":closed": True,
                        ":revision": integration.revision,
                        ":following": integration.revision + 1,
                    }
                ),
            )
        return not failed

    def opened(self, integration: Integration) -> None:
        """Take back that this was closed, unless somebody closed it again."""
        with condition():
            self.client.update_item(
                TableName=self.table,
                Key=to_item(head_key(integration.id)),
                UpdateExpression=f"REMOVE {CLOSED}",
                ConditionExpression="revision = :closed",
                ExpressionAttributeValues=to_item({":closed": integration.revision + 1}),
            )

    def has_instances(self, integration_id: IntegrationId) -> bool:
        """Tell whether an instance of it stands, consistently read."""
        with translated_errors():
            answer = self.client.query(
                TableName=self.table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :instance)",
                ExpressionAttributeValues=to_item(
                    {":pk": integration_id, ":instance": "instance/"}
                ),
                ConsistentRead=True,
                Limit=1,
            )
        return bool(answer["Items"])

    def removed(self, integration_id: IntegrationId) -> None:
        """Delete a closed integration: what refers to its templates, and at last its own item.

        Every step can be done again: killed anywhere, the next call does the rest.
        """
        for item in self._items(integration_id):
            if item["sk"] != "integration":
                canceled(self.client, list(self._ending(item)))
        canceled(
            self.client,
            [
                self._delete(offered_key(integration_id)),
                self._delete(head_key(integration_id)),
            ],
        )

    def _ending(self, item: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Return the parts that delete a draft or a version with its references, once."""
        key = {"pk": item["pk"], "sk": item["sk"]}
        delete = self._delete(key)
        delete["Delete"]["ConditionExpression"] = "attribute_exists(pk)"
        yield delete
        version = item.get("number")
        by = Referrer(
            kind=ReferrerKind.DRAFT if version is None else ReferrerKind.VERSION,
            id=item["pk"],
            name="",
            version=None if version is None else int(version),
        )
        references = to_references(item)
        for template_id in sorted(set(references.templates.values())):
            yield template_counted(self.table, template_id, -1)
            yield referrer_delete(self.table, Referred(template_id=template_id), by)
        for component in sorted(references.components):
            yield referrer_delete(self.table, Referred(component=component), by)

    def _delete(self, key: dict[str, str]) -> dict[str, Any]:
        return {"Delete": {"TableName": self.table, "Key": to_item(key)}}

    def _items(self, integration_id: IntegrationId) -> Iterator[dict[str, Any]]:
        """Return what is stored of an integration, without what is sealed, page after page."""
        query = {
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": to_item({":pk": integration_id}),
            "ExpressionAttributeNames": {"#number": "number"},
            "ProjectionExpression": "pk, sk, #number, templates, components",
            "ConsistentRead": True,
        }
        return items_of(self.client, self.table, query)
