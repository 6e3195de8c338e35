"""Edits of an integration's document, as pure functions: steps, config variables, imports.

Ids of steps and config variables live beside the document, by name; an edit keeps those that stay.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from connections.application.kept_variables import begun, identities, restored
from connections.application.merge_patch import brought_as, invalid, merged
from connections.application.step_binding import (
    bound,
    check_bound,
    placed,
    places,
    rebuilt,
    with_elements,
)
from connections.domain.errors import InUse, NotFound
from connections.domain.identifiers import Randomness, StepId, VariableId, step_id, variable_id
from connections.domain.integration import Draft
from connections_sdk.definitions import Component
from connections_sdk.integrations import ConfigVariable, Integration, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A document after an edit, and which variables have to be resolved anew."""

    document: Integration
    variables: Mapping[str, VariableId]
    steps: Mapping[str, StepId]
    changed: frozenset[str] = frozenset()
    """Keys of config variables."""
    part: str = "#"
    """What of the document the request's body is, as a JSON Pointer."""

    @property
    def draft(self) -> Draft:
        """The draft as it is stored."""
        keys, names = self.document.variables, {step.name for step in self.document.steps}
        return Draft(
            document=self.document.document(),
            variables={key: each for key, each in self.variables.items() if key in keys},
            steps={name: each for name, each in self.steps.items() if name in names},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing:
    """A draft that is being edited."""

    document: Integration
    draft: Draft
    now: datetime
    randomness: Randomness

    @classmethod
    def of(cls, draft: Draft, now: datetime, randomness: Randomness) -> "Editing":
        """Begin to edit a draft."""
        document = Integration.model_validate(draft.document)
        return cls(document=document, draft=draft, now=now, randomness=randomness)

    def with_step(self, step: Step, component: Component | None) -> Edited:
        """Add a step, and bind it to a config variable of its component.

        A variable that it names, or else the first there is of its component, or else a new one.

        Raises:
            InvalidRequest: it does not fit.
        """
        part = f"#/steps/{len(self.document.steps)}"
        with brought_as(part):
            document, changed = bound(self.document, step, component)
        ids = {key: self._new_variable() for key in changed}
        return self._edited(
            document,
            part=part,
            changed=changed,
            variables={**self.draft.variables, **ids},
            steps={**self.draft.steps, step.name: step_id(self.now, self.randomness)},
        )

    def with_changed_step(self, identifier: StepId, changes: Mapping[str, Any]) -> Edited:
        """Change a step by a merge patch; it stays bound to a config variable.

        Raises:
            NotFound: there is none of that id.
            InvalidRequest: it does not fit.
        """
        former = self._step(identifier)
        step = _patched(Step, former, changes)
        check_bound(former, step)
        steps = [step if each.name == former.name else each for each in self.document.steps]
        kept = {name: each for name, each in self.draft.steps.items() if name != former.name}
        part = f"#/steps/{self.document.steps.index(former)}"
        with brought_as(part):
            document = rebuilt(self.document, steps=steps)
        return self._edited(document, part=part, steps={**kept, step.name: identifier})

    def without_step(self, identifier: StepId) -> Edited:
        """Remove a step; the variable that it was bound to stays.

        Raises:
            NotFound: there is none of that id.
        """
        former = self._step(identifier)
        steps = [each for each in self.document.steps if each.name != former.name]
        return self._edited(rebuilt(self.document, steps=steps))

    def with_variable(self, variable: ConfigVariable) -> Edited:
        """Add a config variable at the end of the last page.

        Raises:
            InvalidRequest: it does not fit.
        """
        pages = self.document.config_pages
        part = f"#/configPages/{max(len(pages) - 1, 0)}/elements/"
        part += str(len(pages[-1].elements) if pages else 0)
        with brought_as(part):
            document = placed(self.document, restored(variable, None))
        return self._edited(
            document,
            part=part,
            changed={variable.key},
            variables={**self.draft.variables, variable.key: self._new_variable()},
        )

    def with_changed_variable(self, identifier: VariableId, changes: Mapping[str, Any]) -> Edited:
        """Change a config variable by a merge patch; steps follow its key.

        Raises:
            NotFound: there is none of that id.
            InUse: it would be of another component than a step that works with it.
            InvalidRequest: it does not fit.
        """
        former = self.variable(identifier)
        variable = restored(_patched(ConfigVariable, begun(former, changes), changes), former)
        if variable.connection.component != former.connection.component:
            self._check_unused(former)
        pages = with_elements(
            self.document, lambda each: variable if each.key == former.key else each
        )
        steps = [
            step.model_copy(update={"config_variable": variable.key})
            if step.config_variable == former.key
            else step
            for step in self.document.steps
        ]
        kept = {key: each for key, each in self.draft.variables.items() if key != former.key}
        part = places(self.document)[former.key]
        with brought_as(part):
            document = rebuilt(self.document, config_pages=pages, steps=steps)
        return self._edited(
            document,
            part=part,
            changed={variable.key},
            variables={**kept, variable.key: identifier},
        )

    def without_variable(self, identifier: VariableId) -> Edited:
        """Remove a config variable.

        Raises:
            NotFound: there is none of that id.
            InUse: a step works with it.
        """
        former = self.variable(identifier)
        self._check_unused(former)
        pages = with_elements(self.document, lambda each: None if each.key == former.key else each)
        return self._edited(rebuilt(self.document, config_pages=pages))

    def replaced(self, document: Integration) -> Edited:
        """Put another document in the draft's place; what has the same key or stable key stays."""
        formers = identities(document, self.document)
        pages = with_elements(document, lambda each: restored(each, formers.get(each.key)))
        variables = {
            key: self.draft.variables[formers[key].key] if key in formers else self._new_variable()
            for key in document.variables
        }
        steps = {
            step.name: self.draft.steps.get(step.name) or step_id(self.now, self.randomness)
            for step in document.steps
        }
        return Edited(
            document=document.model_copy(update={"config_pages": pages}),
            variables=variables,
            steps=steps,
            changed=frozenset(variables),
        )

    def variable(self, identifier: VariableId) -> ConfigVariable:
        """Return the config variable of an id.

        Raises:
            NotFound: there is none.
        """
        for key, each in self.draft.variables.items():
            if each == identifier:
                return self.document.variables[key]
        raise NotFound("There is no such config variable.")

    def _step(self, identifier: StepId) -> Step:
        for step in self.document.steps:
            if self.draft.steps[step.name] == identifier:
                return step
        raise NotFound("There is no such step.")

    def _check_unused(self, variable: ConfigVariable) -> None:
        for step in self.document.steps:
            if step.config_variable == variable.key:
                raise InUse(
                    f'The step "{step.name}" works with it: remove that, or bind it to another.'
                )

    def _new_variable(self) -> VariableId:
        return variable_id(self.now, self.randomness)

    def _edited(
        self,
        document: Integration,
        *,
        part: str = "#",
        changed: Collection[str] = (),
        variables: Mapping[str, VariableId] | None = None,
        steps: Mapping[str, StepId] | None = None,
    ) -> Edited:
        return Edited(
            document=document,
            variables=self.draft.variables if variables is None else variables,
            steps=self.draft.steps if steps is None else steps,
            changed=frozenset(changed),
            part=part,
        )


def _patched(kind: Any, former: Any, changes: Mapping[str, Any]) -> Any:
    document = former.model_dump(mode="json", by_alias=True, exclude_none=True)
    try:
        return kind.model_validate(merged(document, changes))
    except ValidationError as error:
        raise invalid(error) from None
