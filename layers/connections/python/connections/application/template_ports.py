"""What the use cases of connection templates need of the world.

As with the other ports, every method may raise `Unavailable`.
"""

from collections.abc import Sequence
from typing import Protocol

from connections.domain.connection_template import ConnectionTemplate
from connections.domain.identifiers import TemplateId
from connections.domain.referrer import Referred, Referrer


class Templates(Protocol):
    """Connection templates with their values, for those who fill connections with them.

    Reading raises `SealBroken` for values that were not sealed for the template.
    """

    def get(self, template_id: TemplateId) -> ConnectionTemplate | None:
        """Return the template of that id, consistently read."""

    def named(self, name: str) -> ConnectionTemplate | None:
        """Return the template of that name."""


class TemplateBook(Protocol):
    """Connection templates, for who manages them."""

    def add(self, template: ConnectionTemplate, *, own_component: bool = False) -> bool:
        """Store a new template; False, and nothing changed, if its id or name is taken.

        A component of the organization's own knows from then on that this refers to it.
        """

    def changed(
        self,
        former: ConnectionTemplate,
        template: ConnectionTemplate,
        *,
        own_component: bool = False,
    ) -> bool:
        """Store a changed template; False, and nothing changed, if `former` is not what is stored.

        A template that was published meanwhile is another than `former`.

        Raises:
            NameTaken: it was renamed, and another has the name.
        """

    def removed(self, former: ConnectionTemplate) -> bool:
        """Delete a template to which nothing refers; False, and it stays, if something does."""

    def page(
        self, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[ConnectionTemplate], str | None]:
        """Return templates, newest first, and the cursor of the next page.

        Raises:
            InvalidRequest: the cursor is not one of this list's.
        """


class Referrers(Protocol):
    """What refers to connection templates and components."""

    def of(self, referred: Referred) -> Sequence[Referrer]:
        """Return what refers to a template or a component, at most a hundred."""
