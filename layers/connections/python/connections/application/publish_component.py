"""Publish a component, read it back, and delete it."""

import json
from dataclasses import dataclass

from connections.application.ports import Components
from connections.application.template_ports import Referrers
from connections.domain.errors import InUse, InvalidRequest, NotFound, Problem
from connections.domain.referrer import Referred
from connections.oauth.addresses import AllowedHosts
from connections_sdk.definitions import Component, ConnectionDefinition
from connections_sdk.places import pointer_step
from connections_sdk.templates import sample

LARGEST_DEFINITION = 32 * 1024
"""Bytes: every grant keeps the definition that it was issued under."""

MOST_NAMED = 5
"""Of what refers to a component that is to be deleted."""


@dataclass(frozen=True, slots=True)
class ComponentPublisher:
    """Components, for those who publish and read them."""

    components: Components
    hosts: AllowedHosts
    referrers: Referrers

    def publish(self, key: str, component: Component) -> Component:
        """Store a component under its key, in place of the one that was there.

        Raises:
            InvalidRequest: the key is not that of the document, a definition is too large or
                cannot be used yet, a secret would be none, or a URL must not be called.
            BuiltInComponent: a built-in component has the key.
        """
        if key != component.key:
            problem = Problem("#/key", f"must be {key!r}, as in the path")
            raise InvalidRequest("The component's key differs from the path.", [problem])
        problems = [
            problem
            for index, definition in enumerate(component.connections)
            for problem in self._problems(f"#/connections/{index}", definition)
        ]
        problems += _unmarked_secrets(self.components.get(key), component)
        if problems:
            raise InvalidRequest(
                "The component's connections cannot be used as they are.", problems
            )
        self.components.put(component)
        return component

    def read(self, key: str) -> Component:
        """Return the component of that key.

        Raises:
            NotFound: there is none.
        """
        component = self.components.get(key)
        if component is None:
            raise NotFound("There is no such component.")
        return component

    def delete(self, key: str) -> None:
        """Delete a component of the organization to which nothing refers.

        Raises:
            NotFound: there is none.
            BuiltInComponent: it is a built-in one.
            InUse: a draft, a version, a connection or a template refers to it; it names some.
        """
        self.read(key)
        users = self.referrers.of(Referred(component=key))
        if users:
            named = ", ".join(str(each) for each in users[:MOST_NAMED])
            more = len(users) - MOST_NAMED
            raise InUse(
                f"{len(users)} things refer to the component: {named}"
                + (f" and {more} more." if more > 0 else ".")
            )
        self.components.remove(key)

    def _problems(self, at: str, definition: ConnectionDefinition) -> list[Problem]:
        problems = []
        if len(json.dumps(definition.document())) > LARGEST_DEFINITION:
            problems.append(Problem(at, "must be at most 32 KB"))
        urls = {
            # Of a template, what no value can change: scheme, port, a host of its own.
            f"inputs/{name}/default": sample(field.preset)
            if name in definition.templates
            else field.preset
            for name, field in definition.inputs.items()
            if field.preset is not None and definition.calls(name)
        }
        urls |= {f"provider/{name}": sample(url) for name, url in definition.provider.urls.items()}
        faults = {place: self.hosts.fault(url) for place, url in urls.items()}
        return problems + [Problem(f"{at}/{place}", why) for place, why in faults.items() if why]


def _unmarked_secrets(former: Component | None, component: Component) -> list[Problem]:
    """Return the inputs that were secret and would not be: what was entered would be read back."""
    problems = []
    for index, definition in enumerate(component.connections):
        before = former.connection(definition.key) if former else None
        for name, field in definition.inputs.items():
            known = before.inputs.get(name) if before else None
            if known is not None and known.secret and not field.secret:
                place = f"#/connections/{index}/inputs/{pointer_step(name)}/type"
                detail = "was a secret and stays one: take another name for what is none"
                problems.append(Problem(place, detail))
    return problems
