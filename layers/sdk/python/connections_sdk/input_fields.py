"""Builders of input fields: one for each kind of thing that a connection asks for."""

from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

from connections_sdk.inputs import InputField


class FieldWords(TypedDict, total=False):
    """What may be said of any input."""

    required: bool
    shown: bool
    placeholder: str
    comments: str
    example: str
    on_prem_controlled: bool


class TextWords(FieldWords, total=False):
    """What may be said of an input of text beside that."""

    pattern: str
    write_only: bool


def string_input(label: str, default: str | None = None, **words: Unpack[TextWords]) -> InputField:
    """Return a line of text; required unless it has a default or says otherwise."""
    return _field("string", label, default, words)


def text_input(label: str, default: str | None = None, **words: Unpack[TextWords]) -> InputField:
    """Return text of several lines."""
    return _field("text", label, default, words)


def password_input(label: str, **words: Unpack[FieldWords]) -> InputField:
    """Return a secret: it is read back only as set, and has no default."""
    return _field("password", label, None, words)


def boolean_input(
    label: str,
    *,
    default: bool = False,
    **words: Unpack[FieldWords],
) -> InputField:
    """Return a choice of true or false."""
    return _field("boolean", label, default, words)


def choice_input(
    label: str,
    choices: Mapping[str, str],
    default: str | None = None,
    **words: Unpack[FieldWords],
) -> InputField:
    """Return a choice of values; `choices` has their labels by the values."""
    model = [{"label": name, "value": value} for value, name in choices.items()]
    return _field("string", label, default, words, model=model)


def value_list_input(
    label: str, default: list[str] | None = None, **words: Unpack[FieldWords]
) -> InputField:
    """Return a list of strings."""
    return _field("string", label, default, words, collection="valuelist")


def key_value_input(
    label: str, default: Mapping[str, str] | None = None, **words: Unpack[FieldWords]
) -> InputField:
    """Return a list of keys and values."""
    pairs = None if default is None else [{"key": k, "value": v} for k, v in default.items()]
    return _field("string", label, pairs, words, collection="keyvaluelist")


def template_input(label: str, default: str, **words: Unpack[FieldWords]) -> InputField:
    """Return a template over other inputs, such as `https://{{#domain}}/token`; hidden."""
    return _field("template", label, default, {"shown": False, **words})


def _field(
    kind: str,
    label: str,
    default: object,
    words: Mapping[str, Any],
    **more: object,
) -> InputField:
    said = {"required": default is None, **words, **more}
    if default is not None:
        said["default"] = default
    return InputField.model_validate({"type": kind, "label": label, **said}, by_name=True)
