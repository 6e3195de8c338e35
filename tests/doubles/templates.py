"""Doubles of the ports of connection templates, and of what refers to them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from connections.domain.connection_template import ConnectionTemplate
from connections.domain.errors import NameTaken
from connections.domain.identifiers import TemplateId
from connections.domain.referrer import Referred, Referrer, ReferrerKind
from tests.doubles.access import pages
from tests.doubles.store import Store


@dataclass(frozen=True)
class StoredTemplates:
    """Implements `Templates` and `TemplateBook`."""

    store: Store

    def get(self, template_id: TemplateId) -> ConnectionTemplate | None:
        self.store.called("templates.get")
        return self.store.templates_by_id.get(template_id)

    def named(self, name: str) -> ConnectionTemplate | None:
        self.store.called("templates.named")
        return self._named(name)

    def add(self, template: ConnectionTemplate, *, own_component: bool = False) -> bool:
        self.store.called("templates.add")
        if template.id in self.store.templates_by_id or self._named(template.name):
            return False
        self.store.templates_by_id[template.id] = template
        if own_component:
            self._refer(template)
        return True

    def changed(
        self,
        former: ConnectionTemplate,
        template: ConnectionTemplate,
        *,
        own_component: bool = False,
    ) -> bool:
        self.store.called("templates.changed")
        renamed = template.name != former.name
        if self.store.templates_by_id.get(former.id) != former or (
            renamed and self._used(former.id)
        ):
            return False
        if renamed and self._named(template.name):
            raise NameTaken("There is a connection template of this name already.")
        self.store.templates_by_id[former.id] = template
        if own_component and renamed:
            self._refer(template)
        return True

    def removed(self, former: ConnectionTemplate) -> bool:
        self.store.called("templates.removed")
        stored = self.store.templates_by_id.get(former.id)
        if stored is None or stored.name != former.name or self._used(former.id):
            return False
        del self.store.templates_by_id[former.id]
        component = Referred(component=former.component)
        self.store.referrers.get(component, {}).pop(_place(_referrer(former)), None)
        return True

    def page(
        self, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[ConnectionTemplate], str | None]:
        self.store.called("templates.page")
        return pages(list(self.store.templates_by_id.values()), "tpl", limit, cursor)

    def _named(self, name: str) -> ConnectionTemplate | None:
        stored = self.store.templates_by_id.values()
        return next((each for each in stored if each.name == name), None)

    def _refer(self, template: ConnectionTemplate) -> None:
        referrer = _referrer(template)
        component = Referred(component=template.component)
        self.store.referrers.setdefault(component, {})[_place(referrer)] = referrer

    def _used(self, template_id: TemplateId) -> bool:
        return bool(self.store.referrers.get(Referred(template_id=template_id)))


@dataclass(frozen=True)
class StoredReferrers:
    """Implements `Referrers`."""

    store: Store

    def of(self, referred: Referred) -> Sequence[Referrer]:
        self.store.called("referrers.of")
        found = self.store.referrers.get(referred, {})
        return [found[place] for place in sorted(found)]

    def refer(
        self, template_id: TemplateId, referrer: Referrer, *, publish_at: int | None = None
    ) -> bool:
        """Let something refer to a template; a version locks it. False if it must not."""
        template = self.store.templates_by_id.get(template_id)
        if template is None or publish_at not in (None, template.revision):
            return False
        if publish_at is not None:
            self.store.templates_by_id[template_id] = replace(template, locked=True)
        referred = Referred(template_id=template_id)
        self.store.referrers.setdefault(referred, {})[_place(referrer)] = referrer
        return True

    def release(self, template_id: TemplateId, referrer: Referrer) -> None:
        """Let something cease to refer to a template."""
        del self.store.referrers[Referred(template_id=template_id)][_place(referrer)]


def _referrer(template: ConnectionTemplate) -> Referrer:
    return Referrer(kind=ReferrerKind.TEMPLATE, id=template.id, name=template.name)


def _place(referrer: Referrer) -> tuple[str, bool, int]:
    return referrer.id, referrer.kind is ReferrerKind.DRAFT, referrer.version or 0
