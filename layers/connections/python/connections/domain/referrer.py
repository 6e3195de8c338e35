"""What refers to a connection template or a component, and so keeps it from being deleted."""

from dataclasses import dataclass
from enum import StrEnum

from connections.domain.identifiers import TemplateId


class ReferrerKind(StrEnum):
    """What it is that refers."""

    DRAFT = "draft"
    VERSION = "version"
    CONNECTION = "connection"


@dataclass(frozen=True, slots=True, kw_only=True)
class Referrer:
    """A draft or a version of an integration, or a connection that was made for itself."""

    kind: ReferrerKind
    id: str
    """The integration's or the connection's."""
    name: str
    version: int | None = None

    def __str__(self) -> str:
        """Return it in words."""
        match self.kind:
            case ReferrerKind.DRAFT:
                return f'the draft of "{self.name}" ({self.id})'
            case ReferrerKind.VERSION:
                return f'version {self.version} of "{self.name}" ({self.id})'
        return f'the connection "{self.name}" ({self.id})'


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred:
    """What is referred to: a connection template or one of the organization's components."""

    template_id: TemplateId | None = None
    component: str | None = None
