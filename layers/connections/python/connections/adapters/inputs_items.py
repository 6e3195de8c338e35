"""The inputs item of a connection, as it lies in the Connections table."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import sealed_bytes
from connections.adapters.purpose import Purpose
from connections.adapters.state_items import inputs_key
from connections.domain.connection import Inputs, Redirects, TemplateFill
from connections.domain.identifiers import ConnectionId, TemplateId

if TYPE_CHECKING:
    from connections.adapters.sealing import Sealer


def inputs_item(inputs: Inputs, sealer: "Sealer") -> dict[str, Any]:
    """Return the item of inputs: sealed but for the revision, by which changes are told apart."""
    fill = inputs.template
    layers = {
        "builder": dict(inputs.builder),
        "template": {"id": fill.id, "name": fill.name, "values": fill.values} if fill else None,
        "visibility": dict(inputs.visibility),
        "variableKey": inputs.variable_key,
        "redirects": asdict(inputs.redirects) if inputs.redirects else None,
        "byOrganization": sorted(inputs.by_organization),
        "salt": inputs.salt,
    }
    secret = {
        "definition": inputs.definition,
        "values": inputs.values,
        **{name: layer for name, layer in layers.items() if layer},
    }
    return {
        **inputs_key(inputs.connection_id),
        "sealed": sealer.seal(Purpose.INPUTS, inputs.connection_id, secret),
        "revision": inputs.revision or None,
    }


def inputs_of(item: Mapping[str, Any], sealer: "Sealer") -> Inputs:
    """Return the inputs that an item holds.

    Raises:
        SealBroken: they were not sealed for this connection.
    """
    connection_id = ConnectionId(item["pk"])
    opened = sealer.unseal(Purpose.INPUTS, connection_id, sealed_bytes(item["sealed"]))
    return Inputs(
        connection_id=connection_id,
        definition=opened["definition"],
        values=opened["values"],
        by_organization=frozenset(opened.get("byOrganization", ())),
        builder=opened.get("builder", {}),
        template=_fill(opened.get("template")),
        visibility=opened.get("visibility", {}),
        variable_key=opened.get("variableKey"),
        redirects=Redirects(**opened["redirects"]) if "redirects" in opened else None,
        salt=opened.get("salt", ""),
        revision=int(item.get("revision", 0)),
    )


def _fill(opened: Mapping[str, Any] | None) -> TemplateFill | None:
    if opened is None:
        return None
    return TemplateFill(id=TemplateId(opened["id"]), name=opened["name"], values=opened["values"])
