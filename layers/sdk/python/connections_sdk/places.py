"""Places in a document, and what is said about them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from connections_sdk.forms import TYPE_MARK

Place = tuple[str | int, ...]
"""The names and numbers that lead to a part of a document."""


class Remark(NamedTuple):
    """What is to be said about one place of a text. It never quotes a value."""

    pointer: str
    """A JSON Pointer (RFC 6901) as a URI fragment, such as `#/configPages/0/name`."""
    detail: str


def pointer(place: Iterable[str | int]) -> str:
    """Return a place as the JSON Pointer to it."""
    return "#" + "".join(f"/{pointer_step(step)}" for step in place)


def pointer_step(name: str | int) -> str:
    """Return a name as one step of a JSON Pointer (RFC 6901 section 3)."""
    return str(name).replace("~", "~0").replace("/", "~1")


def faults_of(errors: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Place, str]]:
    """Return what pydantic's errors say of which places; the words never quote a value."""
    for each in errors:
        place = tuple(step for step in each["loc"] if not str(step).startswith(TYPE_MARK))
        yield place, str(each["msg"]).removeprefix("Value error, ")


def faults_at(title: str, faults: Mapping[tuple[str | int, ...], str]) -> ValidationError:
    """Return the error of a document that says at each place what to do about it."""
    return ValidationError.from_exception_data(
        title,
        [
            InitErrorDetails(type=PydanticCustomError("rule", fault), loc=at, input=None)
            for at, fault in faults.items()
        ],
    )
