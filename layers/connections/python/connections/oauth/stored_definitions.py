"""Definitions as they were stored, which may be of a release that had other rules."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from connections.domain.errors import Misconfigured
from connections.domain.failure import Failure, FailureKind
from connections_sdk.definitions import ConnectionDefinition

REMEMBERED = 100
_OUTDATED = Failure(
    kind=FailureKind.CLIENT,
    explanation="the definition that the connection was made from breaks a rule",
    remedy="Publish the component anew, and make the connection again.",
)


def definition_of(document: Mapping[str, Any]) -> ConnectionDefinition:
    """Return a definition that was stored, held to the rules of this release.

    Raises:
        Misconfigured: it breaks a rule.
    """
    try:
        return _definition(json.dumps(document))
    except ValidationError:
        raise Misconfigured(_OUTDATED) from None


@lru_cache(maxsize=REMEMBERED)
def _definition(source: str) -> ConnectionDefinition:
    """Thousands of connections have the same definition, and to validate it takes a while."""
    return ConnectionDefinition.model_validate(json.loads(source))
