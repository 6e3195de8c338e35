"""Edit drafts of integrations, while published versions live on."""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from connections.application.create_integration import check_offered
from connections.application.draft_edits import Edited, Editing
from connections.application.integration_ports import Integrations, References
from connections.application.merge_patch import brought_as
from connections.application.ports import Clock
from connections.application.read_integrations import variable_told
from connections.application.resolve_draft import DraftResolver, Resolved
from connections.application.step_binding import places
from connections.domain.caller import Owner
from connections.domain.errors import (
    Conflict,
    InvalidRequest,
    NotFound,
    Problem,
)
from connections.domain.identifiers import (
    IntegrationId,
    Randomness,
    StepId,
    VariableId,
)
from connections.domain.integration import Draft, Integration
from connections.oauth.stored_definitions import definition_of
from connections_sdk.integrations import ConfigVariable, Step
from connections_sdk.integrations import Integration as IntegrationDocument

ATTEMPTS = 4
LARGEST_DRAFT = 128 * 1024
"""Bytes of a document; a version holds besides what its variables resolve to."""
Edit = Callable[[Editing], Edited]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationEditor:
    """Integrations, for those who build them."""

    integrations: Integrations
    resolver: DraftResolver
    clock: Clock
    randomness: Randomness = secrets.token_bytes

    def read(self, identifier: IntegrationId) -> tuple[Integration, Draft]:
        """Return an integration with its draft.

        Raises:
            NotFound: there is none.
        """
        integration, draft, _ = self._found(identifier)
        return integration, draft

    def change(
        self, identifier: IntegrationId, changes: Mapping[str, Any]
    ) -> tuple[Integration, Draft]:
        """Change name, description or whether it is offered; `changes` has what is to change.

        Raises:
            NotFound: there is none.
            InvalidRequest: one of a customer cannot be offered.
            Conflict: somebody else changes it all the time.
        """

        def edit(editing: Editing) -> Edited:
            document = editing.document.model_copy(
                update={name: changes[name] for name in ("name", "description") if name in changes}
            )
            return Edited(
                document=document, variables=editing.draft.variables, steps=editing.draft.steps
            )

        stored = self._edit(identifier, edit, offered=changes.get("offered"))
        return stored.integration, stored.draft

    def replace_definition(
        self, identifier: IntegrationId, document: IntegrationDocument
    ) -> tuple[Integration, Draft, list[Problem]]:
        """Put a document in the draft's place, and say which secrets are left to be entered.

        Raises:
            NotFound, InvalidRequest, Conflict: as for every edit.
        """
        stored = self._edit(identifier, lambda each: each.replaced(document))
        return stored.integration, stored.draft, _left_open(document, stored.document)

    def add_step(self, identifier: IntegrationId, step: Step) -> tuple[Draft, Step]:
        """Add a step, bound to a config variable of its component.

        Raises:
            NotFound, InvalidRequest, Conflict: as for every edit.
        """
        component = self.resolver.components.get(step.component)
        stored = self._edit(identifier, lambda each: each.with_step(step, component))
        return stored.draft, stored.document.steps[-1]

    def change_step(
        self, identifier: IntegrationId, step: StepId, changes: Mapping[str, Any]
    ) -> tuple[Draft, Step]:
        """Change a step by a merge patch.

        Raises:
            NotFound, InvalidRequest, Conflict: as for every edit.
        """
        stored = self._edit(identifier, lambda each: each.with_changed_step(step, changes))
        ids = stored.draft.steps
        return stored.draft, next(each for each in stored.document.steps if ids[each.name] == step)

    def remove_step(self, identifier: IntegrationId, step: StepId) -> None:
        """Remove a step.

        Raises:
            NotFound, InvalidRequest, Conflict: as for every edit.
        """
        self._edit(identifier, lambda each: each.without_step(step))

    def add_variable(
        self, identifier: IntegrationId, variable: ConfigVariable
    ) -> tuple[VariableId, ConfigVariable]:
        """Add a config variable, and return it as it is read back: secrets only as set.

        Raises:
            NotFound, InvalidRequest, Conflict: as for every edit.
        """
        stored = self._edit(identifier, lambda each: each.with_variable(variable))
        return stored.draft.variables[variable.key], stored.told(variable.key)

    def change_variable(
        self, identifier: IntegrationId, variable: VariableId, changes: Mapping[str, Any]
    ) -> ConfigVariable:
        """Change a config variable by a merge patch, and return it as it is read back.

        Raises:
            InUse: it would be of another component than a step that works with it.
            NotFound, InvalidRequest, Conflict: as for every edit.
        """
        stored = self._edit(identifier, lambda each: each.with_changed_variable(variable, changes))
        keys = {each: key for key, each in stored.draft.variables.items()}
        return stored.told(keys[variable])

    def remove_variable(self, identifier: IntegrationId, variable: VariableId) -> None:
        """Remove a config variable with which no step works.

        Raises:
            InUse: a step works with it.
            NotFound, Conflict: as for every edit.
        """
        self._edit(identifier, lambda each: each.without_variable(variable))

    def _edit(
        self, identifier: IntegrationId, edit: Edit, *, offered: bool | None = None
    ) -> "_Stored":
        """Read, change and store, as often as somebody else comes first.

        Raises:
            NotFound: there is no such integration.
            InvalidRequest: the document would break a rule.
            Conflict: somebody else changes it all the time.
        """
        for _ in range(ATTEMPTS):
            integration, draft, former = self._found(identifier)
            now = self.clock.now()
            edited = edit(Editing.of(draft, now, self.randomness))
            changed = replace(
                integration,
                name=edited.document.name,
                description=edited.document.description,
                offered=integration.offered if offered is None else offered,
                revision=integration.revision + 1,
                updated_at=now,
            )
            check_offered(changed.owner, offered=changed.offered)
            resolved = self._resolved(edited, integration.owner, former)
            renamed = changed.name != integration.name
            if self.integrations.saved(
                changed, edited.draft, former, resolved.references, renamed=renamed
            ):
                return _Stored(changed, edited.draft, edited.document, resolved)
        raise Conflict("The integration is being changed all the time; try again.")

    def _resolved(self, edited: Edited, owner: Owner, former: References) -> Resolved:
        """Check what was changed against what it refers to, and return that.

        Raises:
            InvalidRequest: it does not fit, or is too large.
        """
        if len(json.dumps(edited.document.document())) > LARGEST_DRAFT:
            raise InvalidRequest(
                "An integration's definition is at most 128 KB.",
                [Problem("#", "must be less: shorten values, or make two integrations of it")],
            )
        changed = {key: at for key, at in places(edited.document).items() if key in edited.changed}
        with brought_as(edited.part):
            return self.resolver.resolve(edited.document, owner, places=changed, known=former)

    def _found(self, identifier: IntegrationId) -> tuple[Integration, Draft, References]:
        found = self.integrations.with_draft(identifier)
        if found is None:
            raise NotFound("There is no such integration.")
        return found


class _Stored(NamedTuple):
    """What an edit stored, and what was read for it."""

    integration: Integration
    draft: Draft
    document: IntegrationDocument
    resolved: Resolved

    def told(self, key: str) -> ConfigVariable:
        """Return a config variable that was changed, with its secrets only as set."""
        definition = definition_of(self.resolved.connections[key].definition)
        return variable_told(self.document.variables[key], definition)


def _left_open(asked: IntegrationDocument, stored: IntegrationDocument) -> list[Problem]:
    """Return the secrets that an export left out and that are kept nowhere."""
    at = places(asked)
    return [
        Problem(
            f"{at[key]}/connection/values/{name}",
            "was left out of the export as a secret, and is stored nowhere here: enter it again",
        )
        for key, variable in asked.variables.items()
        for name, each in variable.connection.values.items()
        if each.set and not stored.variables[key].connection.values[name].entered
    ]
