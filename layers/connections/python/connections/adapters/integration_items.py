"""Integrations, drafts and versions as they lie in the Definitions table."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import moment, sealed_bytes
from connections.adapters.purpose import Purpose
from connections.adapters.state_items import owner_item, to_owner
from connections.application.integration_ports import References
from connections.domain.identifiers import IntegrationId, StepId, TemplateId, VariableId
from connections.domain.integration import (
    Draft,
    Integration,
    ResolvedConnection,
    TemplateReference,
    Version,
)

if TYPE_CHECKING:
    from connections.adapters.sealing import Sealer

OFFERED = "offered"
"""The partition of what customers can enable themselves."""
CLOSED = "closed"
"""Of an integration that is being deleted: nothing is added to it any more."""
UNCHANGED = f"revision = :former AND attribute_not_exists({CLOSED})"
"""The condition under which an integration is changed."""


def head_key(integration_id: IntegrationId) -> dict[str, str]:
    """Return the key of an integration's item."""
    return {"pk": integration_id, "sk": "integration"}


def draft_key(integration_id: IntegrationId) -> dict[str, str]:
    """Return the key of a draft's item."""
    return {"pk": integration_id, "sk": "draft"}


def version_key(integration_id: IntegrationId, number: int) -> dict[str, str]:
    """Return the key of a version's item; versions sort by their numbers."""
    return {"pk": integration_id, "sk": f"version/{number:010d}"}


def offered_key(integration_id: IntegrationId) -> dict[str, str]:
    """Return the key of the item that says that an integration is offered."""
    return {"pk": OFFERED, "sk": integration_id}


def listed_as(customer_id: str | None) -> str:
    """Return the partition of the index in which a builder's integrations are listed."""
    return f"integration/{customer_id or 'organization'}"


def head_item(integration: Integration) -> dict[str, Any]:
    """Return the item of an integration."""
    return {
        **head_key(integration.id),
        "listed": listed_as(integration.owner.customer_id),
        **owner_item(integration.owner),
        "name": integration.name,
        "description": integration.description,
        "offered": integration.offered,
        "latestVersion": integration.latest_version,
        "revision": integration.revision,
        "createdAt": integration.created_at,
        "updatedAt": integration.updated_at,
    }


def to_integration(item: Mapping[str, Any]) -> Integration:
    """Return the integration that an item holds."""
    return Integration(
        id=IntegrationId(item["pk"]),
        owner=to_owner(item),
        name=item["name"],
        description=item.get("description"),
        offered=item["offered"],
        latest_version=int(item["latestVersion"]),
        revision=int(item["revision"]),
        created_at=moment(item["createdAt"]),
        updated_at=moment(item["updatedAt"]),
    )


def draft_item(
    integration_id: IntegrationId, draft: Draft, references: References, sealer: "Sealer"
) -> dict[str, Any]:
    """Return the item of a draft: what it refers to is not sealed."""
    sealed = sealer.seal(Purpose.INPUTS, f"{integration_id}/draft", _draft_document(draft))
    return {**draft_key(integration_id), **references_item(references), "sealed": sealed}


def to_draft(item: Mapping[str, Any], sealer: "Sealer") -> Draft:
    """Return the draft that an item holds.

    Raises:
        SealBroken: it was not sealed for this integration.
    """
    record = f"{item['pk']}/draft"
    return _draft(sealer.unseal(Purpose.INPUTS, record, sealed_bytes(item["sealed"])))


def references_item(references: References) -> dict[str, Any]:
    """Return the attributes that say what is referred to."""
    return {
        "templates": dict(references.templates),
        "components": sorted(references.components),
    }


def to_references(item: Mapping[str, Any]) -> References:
    """Return what a draft or a version refers to."""
    return References(
        templates={name: TemplateId(each) for name, each in item["templates"].items()},
        components=frozenset(item["components"]),
    )


def version_item(version: Version, references: References, sealer: "Sealer") -> dict[str, Any]:
    """Return the item of a version."""
    document = {
        **_draft_document(version.draft),
        "connections": {
            identifier: _resolved_document(each) for identifier, each in version.connections.items()
        },
    }
    record = f"{version.integration_id}/{version.number}"
    return {
        **version_key(version.integration_id, version.number),
        **references_item(references),
        "number": version.number,
        "publishedAt": version.published_at,
        "sealed": sealer.seal(Purpose.INPUTS, record, document),
    }


def to_version(item: Mapping[str, Any], sealer: "Sealer") -> Version:
    """Return the version that an item holds.

    Raises:
        SealBroken: it was not sealed for this integration and number.
    """
    integration_id, number = IntegrationId(item["pk"]), int(item["number"])
    record = f"{integration_id}/{number}"
    document = sealer.unseal(Purpose.INPUTS, record, sealed_bytes(item["sealed"]))
    return Version(
        integration_id=integration_id,
        number=number,
        published_at=moment(item["publishedAt"]),
        draft=_draft(document),
        connections={
            VariableId(identifier): _resolved(each)
            for identifier, each in document["connections"].items()
        },
    )


def _draft_document(draft: Draft) -> dict[str, Any]:
    return {
        "document": draft.document,
        "variables": dict(draft.variables),
        "steps": dict(draft.steps),
    }


def _draft(document: Mapping[str, Any]) -> Draft:
    return Draft(
        document=document["document"],
        variables={key: VariableId(each) for key, each in document["variables"].items()},
        steps={name: StepId(each) for name, each in document["steps"].items()},
    )


def _resolved_document(resolved: ResolvedConnection) -> dict[str, Any]:
    template = resolved.template
    return {
        "definition": resolved.definition,
        "componentLabel": resolved.component_label,
        "documentationUrl": resolved.documentation_url,
        "template": None
        if template is None
        else {
            "id": template.id,
            "name": template.name,
            "inputs": list(template.inputs),
            "revision": template.revision,
        },
    }


def _resolved(document: Mapping[str, Any]) -> ResolvedConnection:
    template = document["template"]
    return ResolvedConnection(
        definition=document["definition"],
        component_label=document["componentLabel"],
        documentation_url=document["documentationUrl"],
        template=None
        if template is None
        else TemplateReference(
            id=TemplateId(template["id"]),
            name=template["name"],
            inputs=tuple(template["inputs"]),
            revision=template["revision"],
        ),
    )
