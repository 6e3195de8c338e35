"""Components as they stand in a list: what they are, without what they ask for."""

from collections.abc import Sequence
from typing import Self

from connections.application.offered_components import Offered
from connections_sdk.forms import Document


class ListedDefinition(Document):
    """A connection definition by its name."""

    key: str
    label: str
    oauth2_type: str | None


class ListedComponent(Document):
    """A component as it stands in a list."""

    key: str
    label: str
    description: str | None
    documentation_url: str | None
    category: str | None
    built_in: bool
    """Whether the service brings it with it: then nobody can replace it."""
    connections: Sequence[ListedDefinition]

    @classmethod
    def of(cls, offered: Offered) -> Self:
        """Return what a list tells of a component."""
        component = offered.component
        return cls(
            key=component.key,
            label=component.label,
            description=component.description,
            documentation_url=component.documentation_url,
            category=component.category,
            built_in=offered.built_in,
            connections=[
                ListedDefinition(key=each.key, label=each.label, oauth2_type=each.oauth2_type)
                for each in component.connections
            ],
        )


class ComponentPage(Document):
    """A page of components, in the order of their keys."""

    items: Sequence[ListedComponent]
    next_cursor: str | None
