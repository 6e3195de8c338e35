"""Resolve what an integration's document refers to, and find what does not fit."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from connections.application.asked_inputs import KEPT, kept_from_customers
from connections.application.chosen_definition import declared_by
from connections.application.entered_values import openness_problems, size_problems, value_problems
from connections.application.integration_ports import References
from connections.application.ports import Components
from connections.application.redirects import redirect_problems
from connections.application.template_ports import Templates
from connections.domain.caller import Owner
from connections.domain.connection_template import ConnectionTemplate
from connections.domain.errors import InvalidRequest, Problem
from connections.domain.identifiers import TemplateId
from connections.domain.integration import ResolvedConnection, TemplateReference
from connections.oauth.addresses import AllowedHosts
from connections_sdk.definitions import Component, ConnectionDefinition
from connections_sdk.integrations import ConfigVariable, Integration
from connections_sdk.places import pointer_step

MOST_OWN_COMPONENTS = 30
"""Of the organization's own, in one integration: a version is stored with all its references."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What a document refers to, as it is now."""

    connections: Mapping[str, ResolvedConnection]
    """By the config variables' keys; only of those that were to be resolved."""
    references: References


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftResolver:
    """Reads components and templates once each, whatever number of variables refers to them."""

    components: Components
    built_in: Iterable[str]
    templates: Templates
    hosts: AllowedHosts

    def resolve(
        self,
        document: Integration,
        owner: Owner,
        *,
        places: Mapping[str, str],
        known: References | None = None,
    ) -> Resolved:
        """Resolve the config variables that have a place; of the others `known` knows.

        `places` has the JSON Pointer of each variable by its key, under which faults are told.

        Raises:
            InvalidRequest: something that it refers to is not there, or a value does not fit.
        """
        work = _Resolution(self, document, owner, known or References())
        problems: list[Problem] = []
        connections: dict[str, ResolvedConnection] = {}
        for key, at in places.items():
            try:
                connections[key] = work.resolved(document.variables[key], at)
            except InvalidRequest as error:
                problems += error.problems
        problems += work.step_problems()
        if problems:
            raise InvalidRequest("Some places of the integration do not fit.", problems)
        return Resolved(connections=connections, references=work.references())


class _Resolution:
    """One pass over a document."""

    def __init__(
        self, resolver: DraftResolver, document: Integration, owner: Owner, known: References
    ) -> None:
        self.resolver = resolver
        self.document = document
        self.owner = owner
        self.known = known
        self.components: dict[str, Component | None] = {}
        self.templates: dict[str, ConnectionTemplate | None] = {}

    def component(self, key: str) -> Component | None:
        if key not in self.components:
            self.components[key] = self.resolver.components.get(key)
        return self.components[key]

    def template(self, name: str) -> ConnectionTemplate | None:
        """Return a template to which this integration may refer."""
        if name not in self.templates:
            found = self.resolver.templates.named(name)
            # Of what is not shared a customer may not learn that it exists.
            hidden = found is not None and self.owner.customer_id is not None and not found.shared
            self.templates[name] = None if hidden else found
        return self.templates[name]

    def resolved(self, variable: ConfigVariable, at: str) -> ResolvedConnection:
        """Resolve one variable.

        Raises:
            InvalidRequest: with the places that do not fit.
        """
        wanted = variable.connection
        read = self.component(wanted.component)
        component, definition = declared_by(read, wanted.key, at=at)
        template = self._template(variable, at)
        problems = [
            *self._value_problems(variable, definition, template, at),
            *redirect_problems(
                variable.oauth_redirects, self.resolver.hosts, at=f"{at}/oauthRedirects"
            ),
        ]
        if problems:
            raise InvalidRequest("Some values do not fit the connection's inputs.", problems)
        return ResolvedConnection(
            definition=definition.document(),
            component_label=component.label,
            documentation_url=component.documentation_url,
            template=None if template is None else _reference(template),
        )

    def _template(self, variable: ConfigVariable, at: str) -> ConnectionTemplate | None:
        wanted = variable.connection
        if wanted.template is None:
            return None
        template = self.template(wanted.template)
        if template is None:
            raise _wrong(f"{at}/connection/template", "is not the name of a connection template")
        if (template.component, template.definition_key) != (wanted.component, wanted.key):
            raise _wrong(
                f"{at}/connection/template",
                f"must be a template of {wanted.component}/{wanted.key}: this one is of"
                f" {template.component}/{template.definition_key}",
            )
        return template

    def _value_problems(
        self,
        variable: ConfigVariable,
        definition: ConnectionDefinition,
        template: ConnectionTemplate | None,
        at: str,
    ) -> Iterator[Problem]:
        at = f"{at}/connection/values"
        filled = template.values if template else {}
        customers = self.owner.customer_id is not None
        kept = kept_from_customers(definition, filled) if customers else frozenset()
        entered = {}
        for name, said in variable.connection.values.items():
            if name in filled:
                yield Problem(
                    f"{at}/{pointer_step(name)}",
                    "is filled by the connection template: nobody is asked for it",
                )
            elif name not in definition.inputs:
                yield Problem(f"{at}/{pointer_step(name)}", "is not an input of this connection")
            elif name in kept and said.entered:
                yield Problem(f"{at}/{pointer_step(name)}", KEPT)
            elif said.entered:
                entered[name] = said.model_dump(mode="json", by_alias=True)["value"]
        problems = value_problems(
            definition, {**entered, **filled}, self.resolver.hosts, at=at, of=entered
        )
        yield from problems or openness_problems(definition, entered, at=at)
        yield from size_problems(entered, at=at)

    def step_problems(self) -> Iterator[Problem]:
        for index, step in enumerate(self.document.steps):
            # What the stored draft refers to cannot be deleted.
            if step.component in self.known.components:
                continue
            if self.component(step.component) is None:
                yield Problem(f"#/steps/{index}/component", "is not a published component")

    def references(self) -> References:
        """Return what the whole document refers to.

        Raises:
            InvalidRequest: it is more than one version can be stored with.
        """
        variables = self.document.variables.values()
        names = {each.connection.template for each in variables if each.connection.template}
        templates = {name: self._template_id(name) for name in sorted(names)}
        keys = {each.connection.component for each in variables}
        keys |= {step.component for step in self.document.steps}
        own = frozenset(keys - set(self.resolver.built_in))
        if len(own) > MOST_OWN_COMPONENTS:
            raise _wrong("#/steps", f"may use {MOST_OWN_COMPONENTS} components of your own at most")
        return References(templates=templates, components=own)

    def _template_id(self, name: str) -> TemplateId:
        found = self.templates.get(name)
        return found.id if found else self.known.templates[name]


def _reference(template: ConnectionTemplate) -> TemplateReference:
    return TemplateReference(
        id=template.id, name=template.name, inputs=template.inputs, revision=template.revision
    )


def _wrong(at: str, detail: str) -> InvalidRequest:
    problem = Problem(at, detail)
    return InvalidRequest("The integration cannot refer to what it names.", [problem])
