"""An integration: a draft that is edited, and versions that never change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connections.domain.caller import ORGANIZATION, Caller, Organization, Owner
from connections.domain.identifiers import IntegrationId, StepId, TemplateId, VariableId


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """An integration without what it asks for: what lists tell of it."""

    id: IntegrationId
    owner: Owner = ORGANIZATION
    """The organization, or the customer who builds it."""
    name: str
    description: str | None = None
    offered: bool = False
    """Whether customers may enable it themselves."""
    latest_version: int = 0
    """0 until one is published."""
    revision: int = 1
    """Grows with every change, so that no two of them undo each other."""
    created_at: datetime
    updated_at: datetime

    def lets_choose_version(self, caller: Caller) -> bool:
        """Tell whether a caller may have an instance at any version, and not the newest alone.

        Customers choose among the versions of what they build themselves.
        """
        if isinstance(caller, Organization):
            return True
        return self.owner.customer_id == caller.customer_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an integration asks for, as it is being edited."""

    document: Mapping[str, Any] = field(repr=False)
    """The integration's document, with the values that its builder entered."""
    variables: Mapping[str, VariableId] = field(default_factory=dict)
    """The ids of its config variables by their keys."""
    steps: Mapping[str, StepId] = field(default_factory=dict)
    """The ids of its steps by their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateReference:
    """The connection template that a version refers to, whose values cannot change any more."""

    id: TemplateId
    name: str
    inputs: tuple[str, ...]
    """The inputs that it fills."""
    revision: int
    """The one that was published, which is the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedConnection:
    """What a version knows of a config variable's connection, whatever is published later."""

    definition: Mapping[str, Any]
    """The connection definition, as its document."""
    component_label: str
    documentation_url: str | None
    template: TemplateReference | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A published version of an integration: it never changes."""

    integration_id: IntegrationId
    number: int
    published_at: datetime
    draft: Draft
    """As it was when it was published."""
    connections: Mapping[VariableId, ResolvedConnection]
    """What its config variables hold, resolved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedVersion:
    """A version by its number."""

    number: int
    published_at: datetime
