"""The forms of documents and of their members: keys, labels, numbers, moments, values.

What a form says is what JSON Schema says of it: nothing is taken for what it is not, so that "yes"
is no boolean and "5" no number.
"""

import re
from typing import Annotated

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
)
from pydantic.alias_generators import to_camel

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        message = "must be a number"
        raise ValueError(message)  # noqa: TRY004 - pydantic's validators raise this one
    return value


def _moment(value: object) -> object:
    if not isinstance(value, str) or _MOMENT.fullmatch(value) is None:
        message = "must be a date and time with its offset, as in RFC 3339"
        raise ValueError(message)
    return value


Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,99}$")]
Label = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(max_length=4000)]
Flag = Annotated[bool, Field(strict=True)]
NUMBER = BeforeValidator(_number)
"""Comes last among what a number is annotated with."""
Seconds = Annotated[int, Field(ge=0, le=10 * 365 * 24 * 3600), NUMBER]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
ComponentKey = Annotated[str, StringConstraints(min_length=1, max_length=100)]
_NAME = r"^[^\x00-\x20\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]{0,98}[^\x00-\x20\x7f-\x9f])?$"
VariableKey = Annotated[str, StringConstraints(pattern=_NAME)]
"""The name of a config variable: words that begin and end with no space, such as "Salesforce"."""
TemplateName = Annotated[str, StringConstraints(pattern=_NAME)]
"""The unique name of a connection template."""
Parameters = Annotated[
    dict[str, Annotated[str, StringConstraints(max_length=2000)]], Field(max_length=30)
]


class Document(BaseModel):
    """A document of ours: camelCase keys, nothing unknown, nothing changed after validation."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_alias=True,
        validate_by_name=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )


class KeyValue(Document):
    """One entry of a key-value list."""

    key: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    value: Text


TYPE_MARK = "\0"
"""With what the tags of a value's types begin, which stand in the places that errors name: no name
that anybody gives an input does."""


def _type_of(value: object) -> str | None:
    """Return the tag of the one type that a value can be of, so that errors speak of that one."""
    match value:
        case str():
            return f"{TYPE_MARK}text"
        case bool():
            return f"{TYPE_MARK}boolean"
        case [dict() | KeyValue(), *_]:
            return f"{TYPE_MARK}pairs"
        case list():
            return f"{TYPE_MARK}texts"
    return None


InputValue = Annotated[
    Annotated[str, StringConstraints(max_length=65536), Tag(f"{TYPE_MARK}text")]
    | Annotated[bool, Tag(f"{TYPE_MARK}boolean")]
    | Annotated[
        list[Annotated[str, StringConstraints(max_length=4000)]],
        Field(max_length=200),
        Tag(f"{TYPE_MARK}texts"),
    ]
    | Annotated[list[KeyValue], Field(max_length=200), Tag(f"{TYPE_MARK}pairs")],
    Discriminator(
        _type_of,
        custom_error_type="value_type",
        custom_error_message="must be a string, true or false, a list of strings, or a list of"
        " {key, value} objects",
    ),
]
