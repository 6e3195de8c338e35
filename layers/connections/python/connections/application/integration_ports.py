"""What the use cases of integrations need of the world.

As with the other ports, every method may raise `Unavailable`. Reading a draft or a version raises
`SealBroken` for what was not sealed for that integration.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from connections.domain.identifiers import CustomerId, IntegrationId, TemplateId
from connections.domain.integration import Draft, Integration, ListedVersion, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """What a draft refers to."""

    templates: Mapping[str, TemplateId] = field(default_factory=dict)
    """The ids of connection templates by their names."""
    components: frozenset[str] = frozenset()
    """The keys of components, where they are the organization's own."""


class Integrations(Protocol):
    """Integrations and their drafts."""

    def add(self, integration: Integration, draft: Draft) -> bool:
        """Store a new integration whose draft refers to nothing; False if its id is taken.

        Raises:
            CustomerBeingDeleted: its customer is gone, or will be.
        """

    def get(self, integration_id: IntegrationId) -> Integration | None:
        """Return the integration, consistently read."""

    def with_draft(
        self, integration_id: IntegrationId
    ) -> tuple[Integration, Draft, References] | None:
        """Return the integration with its draft and what that refers to, consistently read."""

    def saved(
        self,
        integration: Integration,
        draft: Draft,
        former: References,
        references: References,
        *,
        renamed: bool = False,
    ) -> bool:
        """Store an integration with its draft at `integration.revision`, which follows the former.

        False, and nothing changed, if another change came first, or a template that the draft newly
        refers to is gone. One that was `renamed` is told under its new name by what it refers to.

        Raises:
            InvalidRequest: more begins or ceases to be referred to than can be stored at once.
        """


class DeletedIntegrations(Protocol):
    """Integrations, for who deletes one."""

    def closed(self, integration: Integration) -> bool:
        """Let no instance be made and no edit be stored any more; False if it changed meanwhile.

        That counts as a change: of two who close it at once one is refused.
        """

    def opened(self, integration: Integration) -> None:
        """Take back that this was closed, unless somebody closed it again."""

    def has_instances(self, integration_id: IntegrationId) -> bool:
        """Tell whether an instance of it stands, consistently read."""

    def removed(self, integration_id: IntegrationId) -> None:
        """Delete a closed integration with its versions and all that refers to its templates."""


class IntegrationList(Protocol):
    """The integrations, in an order of which pages can be made."""

    def page(
        self, customer_id: CustomerId | None, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[Integration], str | None]:
        """Return a customer's integrations or the organization's, newest first, and a cursor.

        Raises:
            InvalidRequest: the cursor is not one of this list's.
        """

    def offered(
        self, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[Integration], str | None]:
        """Return the integrations that are offered to all customers, newest first.

        Raises:
            InvalidRequest: the cursor is not one of this list's.
        """


class Versions(Protocol):
    """The published versions of integrations."""

    def publish(self, former: Integration, version: Version, references: References) -> bool:
        """Store a version and lock the templates that it refers to, all or nothing.

        False, and nothing changed, if `former` is not what is stored any more, or a template is not
        at the revision that the version refers to, or not shared with the customer who builds it.

        Raises:
            InvalidRequest: it is larger than what can be stored.
        """

    def get(self, integration_id: IntegrationId, number: int) -> Version | None:
        """Return a version."""

    def page(
        self, integration_id: IntegrationId, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[ListedVersion], str | None]:
        """Return versions by number, newest first, and the cursor of the next page.

        Raises:
            InvalidRequest: the cursor is not one of this list's.
        """
