"""Connection templates, in the Definitions table: an item each, and one that finds it by its name.

An item also counts what refers to the template (`uses`); a change of the template leaves the count
alone, so that one that begins to refer at the same moment is not forgotten.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import (
    canceled,
    from_item,
    moment,
    sealed_bytes,
    to_item,
    translated_errors,
)
from connections.adapters.indexed_list import IndexedList
from connections.adapters.purpose import Purpose
from connections.adapters.referrers import referrer_delete, referrer_put, template_key
from connections.domain.connection_template import ConnectionTemplate
from connections.domain.errors import NameTaken
from connections.domain.identifiers import TemplateId
from connections.domain.referrer import Referred, Referrer, ReferrerKind

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from connections.adapters.sealing import Sealer

LISTED = "template"


@dataclass(frozen=True, slots=True)
class DynamoTemplates:
    """Implements `Templates` and `TemplateBook`."""

    client: "DynamoDBClient"
    table: str
    sealer: "Sealer"

    def get(self, template_id: TemplateId) -> ConnectionTemplate | None:
        """Return the template of that id, consistently read."""
        found = self._item(template_key(template_id))
        return self._template(found) if found else None

    def named(self, name: str) -> ConnectionTemplate | None:
        """Return the template of that name."""
        found = self._item(_name_key(name))
        template = self.get(TemplateId(found["templateId"])) if found else None
        # It may have been renamed between the two readings.
        return template if template and template.name == name else None

    def add(self, template: ConnectionTemplate, *, own_component: bool = False) -> bool:
        """Store a new template; False, and nothing changed, if its id or name is taken."""
        item = {
            **template_key(template.id),
            "listed": LISTED,
            "component": template.component,
            "definitionKey": template.definition_key,
            "locked": template.locked,
            "uses": 0,
            "createdAt": template.created_at,
            **self._changeable(template),
        }
        parts = [
            {
                "Put": {
                    "TableName": self.table,
                    "Item": to_item(item),
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            },
            self._named_part(template),
        ]
        if own_component:
            parts.append(referrer_put(self.table, *_of_component(template)))
        return not canceled(self.client, parts)

    def changed(
        self,
        former: ConnectionTemplate,
        template: ConnectionTemplate,
        *,
        own_component: bool = False,
    ) -> bool:
        """Store a changed template; False, and nothing changed, if `former` is not what is stored.

        One to which something refers is not renamed either.

        Raises:
            NameTaken: it was renamed, and another has the name.
        """
        parts = [self._update(former, template)]
        renamed = template.name != former.name
        if renamed:
            parts += [self._named_part(template), self._unnamed_part(former)]
        if renamed and own_component:
            parts.append(referrer_put(self.table, *_of_component(template)))
        failed = canceled(self.client, parts)
        if failed and not failed[0]:
            raise NameTaken("There is a connection template of this name already.")
        return not failed

    def removed(self, former: ConnectionTemplate) -> bool:
        """Delete a template to which nothing refers; False, and nothing changed, if something does.

        So it is with one that was renamed meanwhile.
        """
        parts = [
            {
                "Delete": {
                    "TableName": self.table,
                    "Key": to_item(template_key(former.id)),
                    "ConditionExpression": "#uses = :none AND #name = :name",
                    "ExpressionAttributeNames": {"#uses": "uses", "#name": "name"},
                    "ExpressionAttributeValues": to_item({":none": 0, ":name": former.name}),
                }
            },
            self._unnamed_part(former),
            referrer_delete(self.table, *_of_component(former)),
        ]
        return not canceled(self.client, parts)

    def page(
        self, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[ConnectionTemplate], str | None]:
        """Return templates, newest first, and the cursor of the next page."""
        listed = IndexedList(
            client=self.client, table=self.table, prefix="tpl_", sort_key="template"
        )
        items, following = listed.page("listed", LISTED, limit=limit, cursor=cursor)
        return [self._template(item) for item in items], following

    def _update(self, former: ConnectionTemplate, template: ConnectionTemplate) -> dict[str, Any]:
        changes = to_item(self._changeable(template))
        names = {f"#{name}": name for name in (*changes, "uses", "locked")}
        condition = "#revision = :former AND #locked = :locked AND #shared = :formerShared"
        values: dict[str, Any] = {
            ":former": former.revision,
            ":locked": former.locked,
            ":formerShared": former.shared,
        }
        if template.name != former.name:
            # Drafts refer to it by its name.
            condition, values = f"{condition} AND #uses = :none", {**values, ":none": 0}
        else:
            names.pop("#uses")
        return {
            "Update": {
                "TableName": self.table,
                "Key": to_item(template_key(former.id)),
                "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in changes),
                "ConditionExpression": condition,
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": {
                    **{f":{name}": value for name, value in changes.items()},
                    **to_item(values),
                },
            }
        }

    def _named_part(self, template: ConnectionTemplate) -> dict[str, Any]:
        return {
            "Put": {
                "TableName": self.table,
                "Item": to_item({**_name_key(template.name), "templateId": template.id}),
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }

    def _unnamed_part(self, template: ConnectionTemplate) -> dict[str, Any]:
        return {"Delete": {"TableName": self.table, "Key": to_item(_name_key(template.name))}}

    def _changeable(self, template: ConnectionTemplate) -> dict[str, Any]:
        secret = {"values": template.values}
        return {
            "name": template.name,
            "inputs": list(template.inputs),
            "shared": template.shared,
            "revision": template.revision,
            "sealed": self.sealer.seal(Purpose.INPUTS, template.id, secret),
            "updatedAt": template.updated_at,
        }

    def _template(self, item: Mapping[str, Any]) -> ConnectionTemplate:
        opened = self.sealer.unseal(Purpose.INPUTS, item["pk"], sealed_bytes(item["sealed"]))
        return ConnectionTemplate(
            id=TemplateId(item["pk"]),
            name=item["name"],
            component=item["component"],
            definition_key=item["definitionKey"],
            values=opened["values"],
            shared=item["shared"],
            locked=item["locked"],
            revision=int(item["revision"]),
            created_at=moment(item["createdAt"]),
            updated_at=moment(item["updatedAt"]),
        )

    def _item(self, key: dict[str, str]) -> dict[str, Any] | None:
        with translated_errors():
            found = self.client.get_item(
                TableName=self.table, Key=to_item(key), ConsistentRead=True
            ).get("Item")
        return from_item(found) if found else None


def _name_key(name: str) -> dict[str, str]:
    return {"pk": "template-name", "sk": name}


def _of_component(template: ConnectionTemplate) -> tuple[Referred, Referrer]:
    """Return how a template refers to its component."""
    by = Referrer(kind=ReferrerKind.TEMPLATE, id=template.id, name=template.name)
    return Referred(component=template.component), by
