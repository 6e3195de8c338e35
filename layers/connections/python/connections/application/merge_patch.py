"""Documents that are changed by a JSON merge patch, and what they break as a problem."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic import ValidationError

from connections.domain.errors import InvalidRequest, Problem
from connections_sdk.places import faults_of, pointer


def merged(document: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document changed by a JSON merge patch (RFC 7396 section 2)."""
    result = dict(document)
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping):
            former = result.get(name)
            result[name] = merged(former if isinstance(former, Mapping) else {}, value)
        else:
            result[name] = value
    return result


def invalid(error: ValidationError) -> InvalidRequest:
    """Return what a document breaks as a request that is invalid; it never quotes a value."""
    problems: dict[str, str] = {}
    for place, detail in faults_of(error.errors(include_url=False, include_input=False)):
        problems.setdefault(pointer(place), detail)
    return InvalidRequest(
        "Some places of the integration are wrong.",
        [Problem(at, detail) for at, detail in problems.items()],
    )


@contextmanager
def brought_as(part: str) -> Iterator[None]:
    """Tell faults of a document where the request has them, whose body is one part of it.

    `part` is the JSON Pointer of that part. What is wrong elsewhere is wrong with the whole body.
    """
    try:
        yield
    except InvalidRequest as error:
        problems = [Problem(_within(part, each.pointer), each.detail) for each in error.problems]
        raise InvalidRequest(str(error), problems) from None


def _within(part: str, at: str) -> str:
    return f"#{at.removeprefix(part)}" if f"{at}/".startswith(f"{part}/") else "#"
