"""Enter values for the inputs of an instance's connection: what may be entered, and by whom."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from connections.application.asked_inputs import KEPT, kept_beside, misdirected
from connections.application.entered_values import size_problems, value_problems
from connections.application.instance_connections import VersionVariable
from connections.application.settled_state import settled
from connections.domain.connection import Connection, Inputs
from connections.domain.errors import Forbidden, Problem
from connections.oauth.addresses import AllowedHosts
from connections_sdk.integrations import Visibility
from connections_sdk.places import pointer_step


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Values that somebody enters for one variable; None takes away what was entered."""

    of: VersionVariable
    values: Mapping[str, Any]
    reach: Collection[Visibility]
    """Which inputs they may enter."""

    def problems(self, inputs: Inputs, hosts: AllowedHosts) -> Iterator[Problem]:
        """Return what does not fit, each at its place in the request.

        Raises:
            Forbidden: an input is not theirs to enter.
        """
        at = f"#/{pointer_step(self.of.variable.key)}/values"
        asked = self.of.asked
        template = self.of.resolved.template
        kept = () if self._organizations else kept_beside(self.of.definition, inputs, self.values)
        entered = {}
        for name, value in self.values.items():
            if name in asked:
                if asked[name] not in self.reach:
                    raise Forbidden(f"{name} is not yours to enter: ask the organization.")
                if name in kept:
                    yield Problem(f"{at}/{pointer_step(name)}", KEPT)
                elif value is not None:
                    entered[name] = value
            elif template is not None and name in template.inputs:
                yield Problem(
                    f"{at}/{pointer_step(name)}",
                    "is filled by a connection template: nobody is asked for it",
                )
            else:
                yield Problem(
                    f"{at}/{pointer_step(name)}", "is not asked for by this config variable"
                )
        changed = self._entered(inputs)
        if self._organizations:
            for name, fault in misdirected(self.of.definition, changed, entered).items():
                yield Problem(f"{at}/{pointer_step(name)}", fault)
        yield from value_problems(self.of.definition, changed.effective, hosts, at=at, of=entered)
        layer = changed.entered_by(organization=self._organizations)
        yield from size_problems(layer, at=at)

    def entered(
        self, connection: Connection, inputs: Inputs, now: datetime
    ) -> tuple[Connection, Inputs]:
        """Return the connection with these values."""
        changed = self._entered(inputs)
        if changed == inputs:
            return connection, inputs
        return settled(replace(connection, updated_at=now), changed), changed

    def _entered(self, inputs: Inputs) -> Inputs:
        return inputs.with_entered(self.values, by_organization=self._organizations)

    @property
    def _organizations(self) -> bool:
        """Whether the organization enters them: it alone may enter what is for it to say."""
        return Visibility.ORGANIZATION in self.reach
