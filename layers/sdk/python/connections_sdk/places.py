"""Places in a document, and what is said about them."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

Place = tuple[str | int, ...]
"""The names and numbers that lead to a part of a document."""


class Remark(NamedTuple):
    """What is to be said about one place of a text. It never quotes a value."""

    pointer: str
    """A JSON Pointer (RFC 6901) as a URI fragment, such as `#/configPages/0/name`."""
    detail: str


def pointer(place: Iterable[str | int]) -> str:
    """Return a place as the JSON Pointer to it."""
    return "#" + "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in place)


def faults_at(title: str, faults: Mapping[tuple[str | int, ...], str]) -> ValidationError:
    """Return the error of a document that says at each place what to do about it."""
    return ValidationError.from_exception_data(
        title,
        [
            InitErrorDetails(type=PydanticCustomError("rule", fault), loc=at, input=None)
            for at, fault in faults.items()
        ],
    )
