"""How integrations are read: with the ids of their parts, and without secrets."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Self

from connections.domain.errors import Problem
from connections.domain.identifiers import StepId, VariableId
from connections.domain.integration import Draft, Integration, ListedVersion, Version
from connections_sdk.forms import Document
from connections_sdk.integrations import ConfigPage, ConfigVariable, Step
from connections_sdk.integrations import Integration as IntegrationDocument


class ReadStep(Step):
    """A step as it is read."""

    id: str

    @classmethod
    def of_step(cls, step: Step, identifier: StepId) -> Self:
        """Return what is read of a step."""
        return cls(**dict(step), id=identifier)


class ReadVariable(ConfigVariable):
    """A config variable as it is read: secrets that were entered only as set."""

    id: str

    @classmethod
    def of_variable(cls, variable: ConfigVariable, identifier: VariableId) -> Self:
        """Return what is read of a config variable."""
        return cls(**dict(variable), id=identifier)


class ReadPage(Document):
    """A config page as it is read."""

    name: str
    tagline: str | None
    elements: Sequence[ReadVariable]


class ListedIntegration(Document):
    """An integration as it stands in a list."""

    id: str
    name: str
    description: str | None
    customer_id: str | None
    offered: bool
    latest_version: int | None
    """None until one is published."""
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, integration: Integration) -> Self:
        """Return what a list tells of an integration."""
        return cls(
            id=integration.id,
            name=integration.name,
            description=integration.description,
            customer_id=integration.owner.customer_id,
            offered=integration.offered,
            latest_version=integration.latest_version or None,
            created_at=integration.created_at,
            updated_at=integration.updated_at,
        )


class Asking(Document):
    """What a draft or a version asks for."""

    config_pages: Sequence[ReadPage]
    steps: Sequence[ReadStep]

    @classmethod
    def of(cls, document: IntegrationDocument, draft: Draft) -> Self:
        """Return what a document asks for, with the ids of its parts."""
        return cls(
            config_pages=[_page(page, draft.variables) for page in document.config_pages],
            steps=[ReadStep.of_step(each, draft.steps[each.name]) for each in document.steps],
        )


class Note(Document):
    """Something that an import read differently from how it was written."""

    pointer: str
    detail: str

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """Return a note."""
        return cls(pointer=problem.pointer, detail=problem.detail)


class ReadIntegration(ListedIntegration):
    """An integration as it is read; of one that is offered customers read no draft."""

    draft: Asking | None
    notes: Sequence[Note] | None = None
    """Of an import: what was read differently."""


class IntegrationPage(Document):
    """A page of integrations, newest first."""

    items: Sequence[ListedIntegration]
    next_cursor: str | None


class ReadListedVersion(Document):
    """A version by its number."""

    version: int
    published_at: datetime

    @classmethod
    def of(cls, version: ListedVersion) -> Self:
        """Return what a list tells of a version."""
        return cls(version=version.number, published_at=version.published_at)


class VersionPage(Document):
    """A page of versions, newest first."""

    items: Sequence[ReadListedVersion]
    next_cursor: str | None


class ReadVersion(ReadListedVersion):
    """A version as it is read."""

    name: str
    description: str | None
    config_pages: Sequence[ReadPage]
    steps: Sequence[ReadStep]

    @classmethod
    def of_version(cls, version: Version, document: IntegrationDocument) -> Self:
        """Return what is read of a version."""
        return cls(
            version=version.number,
            published_at=version.published_at,
            name=document.name,
            description=document.description,
            **dict(Asking.of(document, version.draft)),
        )


def _page(page: ConfigPage, ids: Mapping[str, VariableId]) -> ReadPage:
    return ReadPage(
        name=page.name,
        tagline=page.tagline,
        elements=[ReadVariable.of_variable(each, ids[each.key]) for each in page.elements],
    )
