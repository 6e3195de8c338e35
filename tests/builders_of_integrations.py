"""Builders of integrations as they are built: documents, drafts and what they refer to."""

from typing import Any

from connections.application.integration_ports import References
from connections.domain.identifiers import StepId, VariableId
from connections.domain.integration import (
    Draft,
    Integration,
    ResolvedConnection,
    TemplateReference,
    Version,
)
from tests.builders import NOW, TEMPLATE, a_definition
from tests.builders_of_instances import INTEGRATION

VARIABLE = VariableId("var_00000000000000000000000001")
STEP = StepId("stp_00000000000000000000000001")
REFERENCES = References(templates={"Acme app": TEMPLATE}, components=frozenset({"acme"}))
"""What the document refers to with a template."""


def a_variable(**connection: Any) -> dict[str, Any]:
    """Return the document of a config variable, for which the builder entered a secret."""
    defaults: dict[str, Any] = {
        "component": "acme",
        "key": "oauth2",
        "values": {
            "clientId": {"value": "the-client"},
            "clientSecret": {"value": "the-secret"},
            "scopes": {"visibility": "organization"},
        },
    }
    return {"key": "Acme", "connection": {**defaults, **connection}}


def with_template(**connection: Any) -> dict[str, Any]:
    """Return the document of a config variable that refers to a connection template."""
    return a_variable(**{"template": "Acme app", "values": {}, **connection})


def a_document(*variables: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the document of an integration with a page of these variables, or with one."""
    elements = list(variables) or [a_variable()]
    return {
        "name": "Sync",
        "configPages": [{"name": "Configuration", "elements": elements}],
        "steps": [],
        **changes,
    }


def a_draft(**changes: Any) -> Draft:
    """Return a draft with a config variable and a step that works with it."""
    step = {"name": "Fetch", "component": "acme", "action": "fetch", "configVariable": "Acme"}
    defaults: dict[str, Any] = {
        "document": a_document(steps=[step]),
        "variables": {"Acme": VARIABLE},
        "steps": {"Fetch": STEP},
    }
    return Draft(**{**defaults, **changes})


def a_new_integration(**changes: Any) -> Integration:
    """Return an integration of the organization's of which no version is published."""
    defaults: dict[str, Any] = {
        "id": INTEGRATION,
        "name": "Sync",
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Integration(**{**defaults, **changes})


def a_published_version(*, template: TemplateReference | None = None, number: int = 1) -> Version:
    """Return a version of the draft, with what its variable resolved to."""
    return Version(
        integration_id=INTEGRATION,
        number=number,
        published_at=NOW,
        draft=a_draft(),
        connections={
            VARIABLE: ResolvedConnection(
                definition=a_definition(),
                component_label="Acme",
                documentation_url="https://acme.example/docs",
                template=template,
            )
        },
    )


def a_reference(**changes: Any) -> TemplateReference:
    """Return what a version knows of the template that it refers to."""
    defaults: dict[str, Any] = {
        "id": TEMPLATE,
        "name": "Acme app",
        "inputs": ("clientId", "clientSecret"),
        "revision": 1,
    }
    return TemplateReference(**{**defaults, **changes})
