"""What refers to a connection template or a component, and so keeps it from being deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from connections.domain.identifiers import TemplateId

MOST_NAMED = 5


class ReferrerKind(StrEnum):
    """What it is that refers."""

    DRAFT = "draft"
    VERSION = "version"
    CONNECTION = "connection"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True, kw_only=True)
class Referrer:
    """A draft or a version of an integration, a connection of its own, or a template."""

    kind: ReferrerKind
    id: str
    """The integration's, the connection's or the connection template's."""
    name: str
    version: int | None = None

    def __str__(self) -> str:
        """Return it in words."""
        match self.kind:
            case ReferrerKind.DRAFT:
                return f'the draft of "{self.name}" ({self.id})'
            case ReferrerKind.VERSION:
                return f'version {self.version} of "{self.name}" ({self.id})'
            case ReferrerKind.TEMPLATE:
                return f'the connection template "{self.name}" ({self.id})'
        return f'the connection "{self.name}" ({self.id})'


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred:
    """What is referred to: a connection template or one of the organization's components."""

    template_id: TemplateId | None = None
    component: str | None = None


def told(referrers: Sequence[Referrer]) -> str:
    """Return what refers in words, of many the newest versions."""
    newest_first = sorted(referrers, key=lambda each: each.version or 0, reverse=True)
    named = ", ".join(str(each) for each in newest_first[:MOST_NAMED])
    return f"{named} and others" if len(referrers) > MOST_NAMED else named
