"""Publish an integration's draft as a version that never changes."""

from collections.abc import Sequence
from dataclasses import dataclass

from connections.application.edit_integration import ATTEMPTS
from connections.application.integration_ports import Integrations, Versions
from connections.application.ports import Clock
from connections.application.resolve_draft import DraftResolver
from connections.application.step_binding import places
from connections.domain.errors import Conflict, NotFound
from connections.domain.identifiers import IntegrationId
from connections.domain.integration import ListedVersion, Version
from connections_sdk.integrations import Integration as IntegrationDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPublisher:
    """Versions, for those who publish and read them."""

    integrations: Integrations
    versions: Versions
    resolver: DraftResolver
    clock: Clock

    def publish(self, identifier: IntegrationId) -> Version:
        """Publish the draft with everything resolved into it, and lock the templates it refers to.

        Raises:
            NotFound: there is no such integration.
            InvalidRequest: the draft refers to what is not there any more, a value does not fit, or
                it is too large with the definitions of its connections.
            Conflict: draft or templates are being changed all the time.
        """
        for _ in range(ATTEMPTS):
            found = self.integrations.with_draft(identifier)
            if found is None:
                raise NotFound("There is no such integration.")
            integration, draft, _ = found
            document = IntegrationDocument.model_validate(draft.document)
            resolved = self.resolver.resolve(document, integration.owner, places=places(document))
            version = Version(
                integration_id=identifier,
                number=integration.latest_version + 1,
                published_at=self.clock.now(),
                draft=draft,
                connections={
                    draft.variables[key]: each for key, each in resolved.connections.items()
                },
            )
            if self.versions.publish(integration, version, resolved.references):
                return version
        raise Conflict("The draft, or a template that it uses, is being changed; try again.")

    def read(self, identifier: IntegrationId, number: int) -> Version:
        """Return a version.

        Raises:
            NotFound: there is none of that number.
        """
        version = self.versions.get(identifier, number)
        if version is None:
            raise NotFound("There is no such version.")
        return version

    def page(
        self, identifier: IntegrationId, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[ListedVersion], str | None]:
        """Return versions by number, newest first, and the cursor of the next page.

        Raises:
            NotFound: there is no such integration.
        """
        if self.integrations.get(identifier) is None:
            raise NotFound("There is no such integration.")
        return self.versions.page(identifier, limit=limit, cursor=cursor)
