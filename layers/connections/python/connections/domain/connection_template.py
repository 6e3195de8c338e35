"""A connection template: a component's connection with some of its inputs filled beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connections.domain.connection import TemplateFill
from connections.domain.identifiers import TemplateId


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionTemplate:
    """A connection template; its values are the organization's secret."""

    id: TemplateId
    name: str
    """Unique; definitions refer to it by name, published versions by id."""
    component: str
    definition_key: str
    values: Mapping[str, Any] = field(repr=False)
    shared: bool
    """Whether integrations that customers build may refer to it."""
    locked: bool
    """Whether a published version uses it: then its values cannot change any more."""
    revision: int
    """Grows with every change of its values or its name."""
    created_at: datetime
    updated_at: datetime

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs that it fills."""
        return tuple(sorted(self.values))

    @property
    def fill(self) -> TemplateFill:
        """What it fills in."""
        return TemplateFill(id=self.id, name=self.name, values=self.values)
