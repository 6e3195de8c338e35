"""Integrations and their drafts, in the Definitions table."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import canceled, from_item, read_together, to_item, translated_errors
from connections.adapters.customers_table import customer_stays
from connections.adapters.indexed_list import IndexedList
from connections.adapters.integration_items import (
    OFFERED,
    UNCHANGED,
    draft_item,
    draft_key,
    head_item,
    head_key,
    listed_as,
    offered_key,
    to_draft,
    to_integration,
    to_references,
)
from connections.adapters.lists import partition_page
from connections.adapters.referrers import referrer_delete, referrer_put, template_counted
from connections.application.integration_ports import References
from connections.domain.errors import CustomerBeingDeleted, InvalidRequest
from connections.domain.identifiers import CustomerId, IntegrationId
from connections.domain.integration import Draft, Integration
from connections.domain.referrer import Referred, Referrer, ReferrerKind

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from connections.adapters.sealing import Sealer

LARGEST_TRANSACTION = 100
_PLACE = re.compile(r"int_[0-9a-z]{26}")


@dataclass(frozen=True, slots=True)
class DynamoIntegrations:
    """Implements `Integrations` and `IntegrationList`."""

    client: "DynamoDBClient"
    table: str
    sealer: "Sealer"

    def add(self, integration: Integration, draft: Draft) -> bool:
        """Store a new integration; False if its id is taken."""
        draft_of = draft_item(integration.id, draft, References(), self.sealer)
        parts: list[Any] = [
            {
                "Put": {
                    "TableName": self.table,
                    "Item": to_item(item),
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            }
            for item in (head_item(integration), draft_of)
        ]
        if integration.offered:
            parts.append(self._offering(integration))
        customer_id = integration.owner.customer_id
        if customer_id is not None:
            parts.append(customer_stays(self.table, customer_id))
        failed = canceled(self.client, parts)
        if failed and not failed[0]:
            raise CustomerBeingDeleted("There is no such customer, or it is being deleted.")
        return not failed

    def get(self, integration_id: IntegrationId) -> Integration | None:
        """Return the integration, consistently read."""
        with translated_errors():
            found = self.client.get_item(
                TableName=self.table, Key=to_item(head_key(integration_id)), ConsistentRead=True
            ).get("Item")
        return to_integration(from_item(found)) if found else None

    def with_draft(
        self, integration_id: IntegrationId
    ) -> tuple[Integration, Draft, References] | None:
        """Return the integration with its draft and what that refers to."""
        keys = {self.table: [head_key(integration_id), draft_key(integration_id)]}
        items = {item["sk"]: item for item in read_together(self.client, keys)}
        if not {"integration", "draft"} <= items.keys():
            return None
        draft = items["draft"]
        return (
            to_integration(items["integration"]),
            to_draft(draft, self.sealer),
            to_references(draft),
        )

    def saved(
        self,
        integration: Integration,
        draft: Draft,
        former: References,
        references: References,
        *,
        renamed: bool = False,
    ) -> bool:
        """Store an integration with its draft; False if another change came first.

        Raises:
            InvalidRequest: more begins or ceases to be referred to than can be stored at once.
        """
        parts: list[Any] = [
            _changed_head(self.table, integration),
            {
                "Put": {
                    "TableName": self.table,
                    "Item": to_item(draft_item(integration.id, draft, references, self.sealer)),
                }
            },
            self._offering(integration),
            *self._referring(integration, former, references, renamed=renamed),
        ]
        if len(parts) > LARGEST_TRANSACTION:
            raise InvalidRequest(
                "Too many connection templates and components change at once: do it in two steps."
            )
        return not canceled(self.client, parts)

    def page(
        self, customer_id: CustomerId | None, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[Integration], str | None]:
        """Return integrations of one customer, or the organization's, newest first."""
        items, following = self._listed.page(
            "listed", listed_as(customer_id), limit=limit, cursor=cursor
        )
        return [to_integration(item) for item in items], following

    def offered(
        self, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[Integration], str | None]:
        """Return the integrations that are offered to all customers, newest first."""
        items, following = partition_page(
            self.client, self.table, OFFERED, form=_PLACE, limit=limit, cursor=cursor
        )
        heads = self._listed.items([item["sk"] for item in items])
        return [to_integration(head) for head in heads], following

    @property
    def _listed(self) -> IndexedList:
        return IndexedList(
            client=self.client, table=self.table, prefix="int_", sort_key="integration"
        )

    def _offering(self, integration: Integration) -> dict[str, Any]:
        key = to_item(offered_key(integration.id))
        if integration.offered:
            return {"Put": {"TableName": self.table, "Item": key}}
        return {"Delete": {"TableName": self.table, "Key": key}}

    def _referring(
        self, integration: Integration, former: References, references: References, *, renamed: bool
    ) -> Iterator[dict[str, Any]]:
        """Return the parts by which a draft begins and ceases to refer to something."""
        draft = Referrer(kind=ReferrerKind.DRAFT, id=integration.id, name=integration.name)
        before, after = _referred(former), _referred(references)
        for referred in after if renamed else after - before:
            yield referrer_put(self.table, referred, draft)
        for referred in before - after:
            yield referrer_delete(self.table, referred, draft)
        names = {identifier: name for name, identifier in references.templates.items()}
        for referred in before ^ after:
            if referred.template_id is not None:
                by, named = (1, names[referred.template_id]) if referred in after else (-1, None)
                yield template_counted(self.table, referred.template_id, by, named=named)


def _referred(references: References) -> set[Referred]:
    templates = {Referred(template_id=each) for each in references.templates.values()}
    return templates | {Referred(component=each) for each in references.components}


def _changed_head(table: str, integration: Integration) -> dict[str, Any]:
    return {
        "Put": {
            "TableName": table,
            "Item": to_item(head_item(integration)),
            "ConditionExpression": UNCHANGED,
            "ExpressionAttributeValues": to_item({":former": integration.revision - 1}),
        }
    }
