"""Doubles of the ports of integrations: their drafts, their versions, and how they are deleted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from connections.application.integration_ports import References
from connections.domain.errors import CustomerBeingDeleted, InvalidRequest
from connections.domain.identifiers import CustomerId, IntegrationId, TemplateId
from connections.domain.integration import Draft, Integration, ListedVersion, Version
from connections.domain.referrer import Referred, Referrer, ReferrerKind
from tests.doubles.access import pages
from tests.doubles.store import Store
from tests.doubles.templates import StoredReferrers

LARGEST_TRANSACTION = 100
_HEAD_DRAFT_AND_OFFER = 3


@dataclass(frozen=True)
class StoredIntegrations:
    """Implements `Integrations` and `IntegrationList`."""

    store: Store

    def add(self, integration: Integration, draft: Draft) -> bool:
        self.store.called("integrations.add")
        if integration.id in self.store.integrations_by_id:
            return False
        customer_id = integration.owner.customer_id
        if customer_id is not None:
            customer = self.store.customers_by_id.get(customer_id)
            if customer is None or customer.deleting_since is not None:
                raise CustomerBeingDeleted("There is no such customer, or it is being deleted.")
        self.store.integrations_by_id[integration.id] = integration
        self.store.drafts_by_id[integration.id] = draft, References()
        return True

    def get(self, integration_id: IntegrationId) -> Integration | None:
        self.store.called("integrations.get")
        return self.store.integrations_by_id.get(integration_id)

    def with_draft(
        self, integration_id: IntegrationId
    ) -> tuple[Integration, Draft, References] | None:
        self.store.called("integrations.with_draft")
        if integration_id not in self.store.drafts_by_id:
            return None
        return (
            self.store.integrations_by_id[integration_id],
            *self.store.drafts_by_id[integration_id],
        )

    def saved(
        self,
        integration: Integration,
        draft: Draft,
        former: References,
        references: References,
        *,
        renamed: bool = False,
    ) -> bool:
        self.store.called("integrations.saved")
        before, after = referred(former), referred(references)
        written = (after if renamed else after - before) | (before - after)
        counted = [each for each in before ^ after if each.template_id is not None]
        if len(written) + len(counted) + _HEAD_DRAFT_AND_OFFER > LARGEST_TRANSACTION:
            raise InvalidRequest("Too much changes at once.")
        stored = {
            (each.name, identifier) for identifier, each in self.store.templates_by_id.items()
        }
        new = set(references.templates.values()) - set(former.templates.values())
        gone = {each for each in references.templates.items() if each[1] in new} - stored
        if not stands(self.store, integration.id, integration.revision - 1) or gone:
            return False
        by = Referrer(kind=ReferrerKind.DRAFT, id=integration.id, name=integration.name)
        for each in written - after:
            release(self.store, each, by)
        for each in written & after:
            refer(self.store, each, by)
        self.store.integrations_by_id[integration.id] = integration
        self.store.drafts_by_id[integration.id] = draft, references
        return True

    def page(
        self, customer_id: CustomerId | None, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[Integration], str | None]:
        self.store.called("integrations.page")
        return self._page(lambda each: each.owner.customer_id == customer_id, limit, cursor)

    def offered(
        self, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[Integration], str | None]:
        self.store.called("integrations.offered")
        return self._page(lambda each: each.offered, limit, cursor)

    def _page(
        self, wanted: Callable[[Integration], bool], limit: int, cursor: str | None
    ) -> tuple[Sequence[Integration], str | None]:
        found = filter(wanted, self.store.integrations_by_id.values())
        return pages(list(found), "int", limit, cursor)


@dataclass(frozen=True)
class StoredDeletedIntegrations:
    """Implements `DeletedIntegrations`."""

    store: Store

    def closed(self, integration: Integration) -> bool:
        self.store.called("integrations.closed")
        if self._revision(integration.id) != integration.revision:
            return False
        self.store.closed_integrations.add(integration.id)
        following = replace(integration, revision=integration.revision + 1)
        self.store.integrations_by_id[integration.id] = following
        return True

    def opened(self, integration: Integration) -> None:
        self.store.called("integrations.opened")
        if self._revision(integration.id) == integration.revision + 1:
            self.store.closed_integrations.discard(integration.id)

    def has_instances(self, integration_id: IntegrationId) -> bool:
        self.store.called("integrations.has_instances")
        instances = self.store.instances_by_id.values()
        return any(each.integration_id == integration_id for each in instances)

    def removed(self, integration_id: IntegrationId) -> None:
        self.store.called("integrations.removed")
        for users in self.store.referrers.values():
            for place in [place for place, each in users.items() if each.id == integration_id]:
                del users[place]
        self.store.drafts_by_id.pop(integration_id, None)
        self.store.integrations_by_id.pop(integration_id, None)
        self.store.closed_integrations.discard(integration_id)
        for key in [key for key in self.store.versions_by_number if key[0] == integration_id]:
            del self.store.versions_by_number[key]

    def _revision(self, integration_id: IntegrationId) -> int | None:
        stored = self.store.integrations_by_id.get(integration_id)
        return stored.revision if stored else None


@dataclass(frozen=True)
class StoredVersions:
    """Implements `Versions`."""

    store: Store

    def publish(self, former: Integration, version: Version, references: References) -> bool:
        self.store.called("versions.publish")
        key = (former.id, version.number)
        if not stands(self.store, former.id, former.revision) or (
            key in self.store.versions_by_number
        ):
            return False
        templates = {
            each.template.id: each.template.revision
            for each in version.connections.values()
            if each.template is not None
        }
        shared_only = former.owner.customer_id is not None
        if any(not self._is_at(*each, shared_only=shared_only) for each in templates.items()):
            return False
        by = Referrer(
            kind=ReferrerKind.VERSION, id=former.id, name=former.name, version=version.number
        )
        for template_id, revision in templates.items():
            assert StoredReferrers(self.store).refer(template_id, by, publish_at=revision)
        for component in references.components:
            refer(self.store, Referred(component=component), by)
        self.store.versions_by_number[key] = version
        self.store.integrations_by_id[former.id] = replace(
            former,
            latest_version=version.number,
            revision=former.revision + 1,
            updated_at=version.published_at,
        )
        return True

    def get(self, integration_id: IntegrationId, number: int) -> Version | None:
        self.store.called("versions.get")
        return self.store.versions_by_number.get((integration_id, number))

    def page(
        self, integration_id: IntegrationId, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[ListedVersion], str | None]:
        self.store.called("versions.page")
        listed = [
            _Listed(id=f"version_{each.number:026}", version=each)
            for each in self.store.versions_by_number.values()
            if each.integration_id == integration_id
        ]
        found, following = pages(listed, "version", limit, cursor)
        return [
            ListedVersion(number=each.version.number, published_at=each.version.published_at)
            for each in found
        ], following

    def _is_at(self, template_id: TemplateId, revision: int, *, shared_only: bool) -> bool:
        template = self.store.templates_by_id.get(template_id)
        if template is None or (shared_only and not template.shared):
            return False
        return template.revision == revision


@dataclass(frozen=True)
class _Listed:
    id: str
    version: Version


def stands(store: Store, integration_id: IntegrationId, revision: int) -> bool:
    """Tell whether an integration is at a revision and not being deleted."""
    stored = store.integrations_by_id.get(integration_id)
    closed = integration_id in store.closed_integrations
    return stored is not None and stored.revision == revision and not closed


def referred(references: References) -> set[Referred]:
    """Return what is referred to."""
    templates = {Referred(template_id=each) for each in references.templates.values()}
    return templates | {Referred(component=each) for each in references.components}


def refer(store: Store, to: Referred, by: Referrer) -> None:
    """Let something refer to a template or a component."""
    store.referrers.setdefault(to, {})[_place(by)] = by


def release(store: Store, to: Referred, by: Referrer) -> None:
    """Let something cease to refer."""
    store.referrers.get(to, {}).pop(_place(by), None)


def _place(by: Referrer) -> tuple[str, bool, int]:
    return by.id, by.kind is ReferrerKind.DRAFT, by.version or 0
