"""Builders of integrations' versions and of instances, as their customers configure them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connections.domain.caller import Owner
from connections.domain.connection_template import ConnectionTemplate
from connections.domain.identifiers import InstanceId, IntegrationId, VariableId
from connections.domain.instance import HeldVariable, Instance, UserVariables
from connections.domain.integration import (
    Draft,
    Integration,
    ResolvedConnection,
    TemplateReference,
    Version,
)
from tests.builders import CONNECTION, CUSTOMER, NOW, a_definition, a_template

INTEGRATION = IntegrationId("int_00000000000000000000000001")
INSTANCE = InstanceId("ins_00000000000000000000000001")
CRM = VariableId("var_00000000000000000000000001")
STORE = VariableId("var_00000000000000000000000002")
MAILBOX = VariableId("var_00000000000000000000000003")
CUSTOMERS = Owner(customer_id=CUSTOMER)
"""All of the customer's, and no user's own."""
STORE_KEY: dict[str, Any] = {
    "key": "apiKey",
    "label": "Store API key",
    "inputs": {
        "host": {"type": "string", "label": "Host", "required": True, "comments": "Without https"},
        "apiKey": {"type": "password", "label": "API key", "required": True},
        "region": {
            "type": "string",
            "model": [{"label": "Europe", "value": "eu"}, {"label": "America", "value": "us"}],
            "default": "eu",
        },
        "team": {"type": "string"},
        "plan": {"type": "string", "required": True},
        "mode": {"type": "string", "shown": False, "default": "live"},
    },
}
"""The connection of a component whose code reads keys of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A config variable of a version, with what it resolves to."""

    id: VariableId
    key: str
    level: str = "instance"
    page: str = "Connect"
    component: str = "acme"
    definition: Mapping[str, Any] = field(default_factory=a_definition)
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    template: ConnectionTemplate | None = None
    redirects: Mapping[str, Any] | None = None

    @property
    def document(self) -> dict[str, Any]:
        template = {"template": self.template.name} if self.template else {}
        connection = {"component": self.component, "key": self.definition["key"], **template}
        return {
            "key": self.key,
            "level": self.level,
            "connection": {**connection, "values": dict(self.values)},
            "oauthRedirects": self.redirects,
        }

    @property
    def resolved(self) -> ResolvedConnection:
        template = self.template
        return ResolvedConnection(
            definition=self.definition,
            component_label=self.component.title(),
            documentation_url=None,
            template=TemplateReference(
                id=template.id,
                name=template.name,
                inputs=template.inputs,
                revision=template.revision,
            )
            if template
            else None,
        )


def a_crm(**changes: Any) -> Variable:
    """Return an OAuth connection whose client a connection template fills."""
    defaults: dict[str, Any] = {"id": CRM, "key": "CRM", "template": a_template()}
    return Variable(**{**defaults, **changes})


def a_store(**changes: Any) -> Variable:
    """Return a connection with keys: an input for each kind of caller."""
    defaults: dict[str, Any] = {
        "id": STORE,
        "key": "Store",
        "component": "store",
        "definition": STORE_KEY,
        "values": {"team": {"visibility": "embedded"}, "plan": {"visibility": "organization"}},
    }
    return Variable(**{**defaults, **changes})


def a_mailbox(**changes: Any) -> Variable:
    """Return an OAuth connection of each user's own, whose client the builder entered."""
    defaults: dict[str, Any] = {
        "id": MAILBOX,
        "key": "Mailbox",
        "level": "user",
        "page": "Personal",
        "component": "mail",
        "values": {"clientId": {"value": "the-app"}, "clientSecret": {"value": "the-app-secret"}},
    }
    return Variable(**{**defaults, **changes})


def a_version(*variables: Variable, number: int = 1) -> Version:
    """Return a version with these config variables, or with one of each kind."""
    chosen = variables or (a_crm(), a_store(), a_mailbox())
    pages: dict[str, list[dict[str, Any]]] = {}
    for each in chosen:
        pages.setdefault(each.page, []).append(each.document)
    document = {
        "name": "Sync",
        "configPages": [{"name": name, "elements": each} for name, each in pages.items()],
        "steps": [],
    }
    return Version(
        integration_id=INTEGRATION,
        number=number,
        published_at=NOW,
        draft=Draft(document=document, variables={each.key: each.id for each in chosen}),
        connections={each.id: each.resolved for each in chosen},
    )


def an_integration(**changes: Any) -> Integration:
    """Return an integration of the organization's, offered to customers, at version 1."""
    defaults: dict[str, Any] = {
        "id": INTEGRATION,
        "name": "Sync",
        "offered": True,
        "latest_version": 1,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Integration(**{**defaults, **changes})


def an_instance(**changes: Any) -> Instance:
    """Return an instance that holds one connection, and one of each user's own."""
    crm = HeldVariable(id=CRM, key="CRM", level="instance", connection_id=CONNECTION)
    mailbox = HeldVariable(id=MAILBOX, key="Mailbox", level="user", connection_id=None)
    defaults: dict[str, Any] = {
        "id": INSTANCE,
        "name": "Sync of Acme",
        "owner": CUSTOMERS,
        "integration_id": INTEGRATION,
        "version": 1,
        "variables": (crm, mailbox),
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Instance(**{**defaults, **changes})


def some_variables(**changes: Any) -> UserVariables:
    """Return what Ada has of that instance."""
    defaults: dict[str, Any] = {
        "instance_id": INSTANCE,
        "user_id": "ada",
        "version": 1,
        "connections": {MAILBOX: CONNECTION},
        "revision": 1,
    }
    return UserVariables(**{**defaults, **changes})
