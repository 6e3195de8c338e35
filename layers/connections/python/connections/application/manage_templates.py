"""Make, read, list, change and delete connection templates."""

import secrets
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from connections.application.chosen_definition import chosen_definition
from connections.application.entered_values import openness_problems, size_problems, value_problems
from connections.application.ports import Clock, Components
from connections.application.template_ports import Referrers, TemplateBook, Templates
from connections.domain.connection_template import ConnectionTemplate
from connections.domain.errors import (
    Conflict,
    IdempotencyKeyReused,
    InUse,
    InvalidRequest,
    NameTaken,
    NotFound,
    Problem,
    TemplateLocked,
)
from connections.domain.identifiers import Randomness, TemplateId, template_id, template_id_for
from connections.domain.referrer import Referred, Referrer, ReferrerKind, told
from connections.oauth.addresses import AllowedHosts
from connections_sdk.definitions import ConnectionDefinition
from connections_sdk.places import pointer_step

_TRIES = 4
_BUSY = "The connection template is being changed by others at the same moment."
_VALUES = "#/connection/values"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTemplate:
    """What is asked for."""

    name: str
    component: str
    key: str
    values: Mapping[str, Any] = field(repr=False)
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateChange:
    """What is to become different; None, and a value that is not named, stays."""

    name: str | None = None
    shared: bool | None = None
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """None takes a value away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTemplate:
    """A template with what is around it."""

    template: ConnectionTemplate
    definition: ConnectionDefinition | None
    """As it is published now; None if it is gone."""
    used_by: Sequence[Referrer]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionTemplates:
    """The organization's connection templates."""

    templates: Templates
    book: TemplateBook
    referrers: Referrers
    components: Components
    hosts: AllowedHosts
    clock: Clock
    built_in: Container[str] = ()
    """The keys of components that are not the organization's own."""
    randomness: Randomness = secrets.token_bytes

    def create(self, wanted: NewTemplate, idempotency_key: str | None = None) -> ConnectionTemplate:
        """Make a template; the same Idempotency-Key returns the one that it made before.

        Raises:
            InvalidRequest: there is no such component or connection, or a value does not fit.
            NameTaken: another template has the name.
            IdempotencyKeyReused: the key made another template.
        """
        now = self.clock.now()
        identifier = template_id(now, self.randomness)
        if idempotency_key is not None:
            identifier = template_id_for(idempotency_key, "organization")
            made = self.templates.get(identifier)
            if made is not None:
                return _made_before(wanted, made)
        definition = chosen_definition(self.components, wanted.component, wanted.key)
        self._check(definition, wanted.values, of=wanted.values)
        template = ConnectionTemplate(
            id=identifier,
            name=wanted.name,
            component=wanted.component,
            definition_key=wanted.key,
            values=wanted.values,
            shared=wanted.shared,
            locked=False,
            revision=1,
            created_at=now,
            updated_at=now,
        )
        if self.book.add(template, own_component=template.component not in self.built_in):
            return template
        made = self.templates.get(identifier)
        if made is None:
            raise NameTaken("There is a connection template of this name already.")
        return _made_before(wanted, made)

    def read(self, identifier: TemplateId) -> ConnectionTemplate:
        """Return the template of that id.

        Raises:
            NotFound: there is none.
        """
        template = self.templates.get(identifier)
        if template is None:
            raise NotFound("There is no such connection template.")
        return template

    def shown(self, template: ConnectionTemplate) -> ShownTemplate:
        """Return a template with its definition and with what refers to it."""
        return ShownTemplate(
            template=template,
            definition=self._published(template),
            used_by=self.referrers.of(Referred(template_id=template.id)),
        )

    def page(
        self, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[ConnectionTemplate], str | None]:
        """Return templates, newest first, and the cursor of the next page."""
        return self.book.page(limit=limit, cursor=cursor)

    def change(self, identifier: TemplateId, change: TemplateChange) -> ConnectionTemplate:
        """Change a template and return it.

        Raises:
            NotFound: there is none.
            InvalidRequest: a value does not fit, or none would be left.
            TemplateLocked: a published version uses it: values and name stay.
            InUse: it would be renamed, and something refers to it.
            NameTaken: another template has the name.
            Conflict: others change it again and again.
        """
        for _ in range(_TRIES):
            former = self.read(identifier)
            changed = self._changed(former, change)
            own = former.component not in self.built_in
            if changed == former or self.book.changed(former, changed, own_component=own):
                return changed
        raise Conflict(_BUSY)

    def delete(self, identifier: TemplateId) -> None:
        """Delete a template.

        Raises:
            NotFound: there is none.
            InUse: something refers to it.
            Conflict: others change it again and again.
        """
        for _ in range(_TRIES):
            if self.book.removed(self.read(identifier)):
                return
            self._check_unused(identifier)
        raise Conflict(_BUSY)

    def _changed(self, former: ConnectionTemplate, change: TemplateChange) -> ConnectionTemplate:
        """Return the template as it is to be; the same if that is no change."""
        name = former.name if change.name is None else change.name
        values = {each: value for each, value in former.values.items() if each not in change.values}
        entered = {each: value for each, value in change.values.items() if value is not None}
        values |= entered
        shared = former.shared if change.shared is None else change.shared
        renamed, refilled = name != former.name, values != former.values
        if (renamed or refilled) and former.locked:
            raise TemplateLocked(self._lock_of(former.id))
        if renamed:
            self._check_unused(former.id)
        if refilled:
            self._check(self._published(former), values, of=entered)
        elif not renamed and shared == former.shared:
            return former
        return replace(
            former,
            name=name,
            values=values,
            shared=shared,
            revision=former.revision + (renamed or refilled),
            updated_at=self.clock.now(),
        )

    def _lock_of(self, identifier: TemplateId) -> str:
        used_by = self.referrers.of(Referred(template_id=identifier))
        versions = [each for each in used_by if each.kind is ReferrerKind.VERSION]
        by = told(versions) or "a version that was published"
        return f"It is used by {by}. Make another template, and refer to that."

    def _check_unused(self, identifier: TemplateId) -> None:
        used_by = self.referrers.of(Referred(template_id=identifier))
        if used_by:
            raise InUse(f"It is used by {told(used_by)}.")

    def _published(self, template: ConnectionTemplate) -> ConnectionDefinition | None:
        component = self.components.get(template.component)
        return component.connection(template.definition_key) if component else None

    def _check(
        self,
        definition: ConnectionDefinition | None,
        values: Mapping[str, Any],
        *,
        of: Collection[str],
    ) -> None:
        """Check values, of which some are new; what is taken away needs no definition."""
        problems = []
        if not values:
            problems = [Problem(_VALUES, "must have at least one value")]
        elif definition is not None:
            problems = value_problems(definition, values, self.hosts, at=_VALUES, of=of)
            problems = problems or openness_problems(definition, values, at=_VALUES)
            problems += size_problems(values, at=_VALUES)
        elif of:
            problems = [Problem(_VALUES, "are of a connection that is not published any more")]
        told = {each.pointer for each in problems}
        problems += [
            Problem(at, "must not be empty: leave it out")
            for name in of
            if values[name] == "" and (at := f"{_VALUES}/{pointer_step(name)}") not in told
        ]
        if problems:
            raise InvalidRequest("Some values do not fit the connection's inputs.", problems)


def _made_before(wanted: NewTemplate, made: ConnectionTemplate) -> ConnectionTemplate:
    one = (made.name, made.component, made.definition_key, dict(made.values), made.shared)
    if one != (wanted.name, wanted.component, wanted.key, dict(wanted.values), wanted.shared):
        raise IdempotencyKeyReused(
            "This Idempotency-Key made another template. Send a new key for a new template."
        )
    return made
