"""The components that there are: those that are built in, and the organization's own."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connections.application.component_ports import ComponentList
from connections.application.ports import Components
from connections.domain.errors import BuiltInComponent, InvalidRequest, Problem
from connections_sdk.definitions import Component

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which components a list is to hold; None means any. Upper and lower case are the same."""

    search: str | None = None
    """What is part of the key, the label, the description or the category."""
    category: str | None = None

    def includes(self, component: Component) -> bool:
        """Tell whether a component is one of them."""
        category = (component.category or "").casefold()
        told = (component.key, component.label, component.description or "", category)
        return (self.category is None or self.category.casefold() == category) and (
            self.search is None or any(self.search.casefold() in each.casefold() for each in told)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A component, and where it comes from."""

    component: Component
    built_in: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedComponents:
    """Implements `Components`; what is built in comes first, and nobody can replace it."""

    own: Components
    own_list: ComponentList
    built_in: Mapping[str, Component]

    def put(self, component: Component) -> None:
        """Store or replace a component of the organization.

        Raises:
            BuiltInComponent: its key is that of a built-in one.
        """
        if component.key in self.built_in:
            raise BuiltInComponent("A built-in component has this key; publish under another.")
        self.own.put(component)

    def get(self, key: str) -> Component | None:
        """Return the component of that key."""
        return self.built_in.get(key) or self.own.get(key)

    def remove(self, key: str) -> None:
        """Delete a component of the organization.

        Raises:
            BuiltInComponent: its key is that of a built-in one.
        """
        if key in self.built_in:
            raise BuiltInComponent("A built-in component cannot be deleted.")
        self.own.remove(key)

    def page(
        self, sought: Sought, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[Offered], str | None]:
        """Return components in the order of their keys, and the cursor of the next page.

        The cursor is the last key. A page is cut before it is filtered: it may hold fewer than
        `limit` and have a next one.

        Raises:
            InvalidRequest: the cursor is no key.
        """
        if cursor is not None and _KEY.fullmatch(cursor) is None:
            problem = Problem("#/query/cursor", "must be the nextCursor of the page before")
            raise InvalidRequest("The cursor is not one of this list's.", [problem])
        own, more = self.own_list.page(limit=limit, after=cursor)
        found = {each.key: Offered(component=each, built_in=False) for each in own}
        for key in self.built_in:
            # What the organization has behind the last that was read is not known yet: what is
            # built in there must wait for the next page.
            if (cursor is None or key > cursor) and (not more or key <= own[-1].key):
                found[key] = Offered(component=self.built_in[key], built_in=True)
        keys = sorted(found)[:limit]
        following = keys[-1] if more or len(found) > limit else None
        return [found[key] for key in keys if sought.includes(found[key].component)], following
