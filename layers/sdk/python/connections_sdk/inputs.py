"""Input fields: what one may be, and which values fit."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError, model_validator
from pydantic_core import SchemaError

from connections_sdk.forms import Document, Flag, InputValue, Label, Text
from connections_sdk.places import Place, faults_at

PLAIN_TYPES = ("string", "text")
TEXT_TYPES = (*PLAIN_TYPES, "password")


class Choice(Document):
    """One of the values that an input may have."""

    label: Label
    value: Text


class InputField(Document):
    """One typed field of a connection."""

    type: Literal["string", "text", "password", "boolean", "data", "template"]
    """The value of a template is text with slots such as `{{#domain}}`, which name other inputs."""
    label: Label | None = None
    required: Flag = False
    shown: Flag = True
    default: InputValue | None = None
    placeholder: Text | None = None
    comments: Text | None = None
    example: Text | None = None
    collection: Literal["valuelist", "keyvaluelist"] | None = None
    model: Annotated[list[Choice], Field(min_length=1, max_length=500)] | None = None
    pattern: Annotated[str, StringConstraints(max_length=500)] | None = None
    write_only: Flag = False
    on_prem_controlled: Flag = False
    """Set by an on-premises agent where there is one; entered like any other input here."""

    @property
    def secret(self) -> bool:
        """Whether the value is read back only as "set"."""
        return self.type == "password" or self.write_only

    @property
    def plain(self) -> bool:
        """Whether its value can be put into a template."""
        return self.type in PLAIN_TYPES and self.collection is None and not self.secret

    @property
    def preset(self) -> Any:
        """The default as JSON; None where nothing is filled in beforehand, which "" says too."""
        default = self.model_dump(mode="json", include={"default"})["default"]
        return None if default == "" else default

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        faults: dict[Place, str] = {(name,): fault for name, fault in self._faults()}
        if faults:
            raise faults_at("InputField", faults)
        return self

    def _faults(self) -> Iterator[tuple[str, str]]:
        """Return which members do not go with the others, and what to do about each."""
        if self.type == "template" and self.write_only:
            yield "writeOnly", "must be false: a template is read back"
        if self.type == "template" and self.collection is not None:
            yield "collection", "must be left out: a template is one text"
        if not self._has_good_pattern():
            yield "pattern", "must be a regular expression without look-around"
        elif self.secret and self.preset is not None:
            yield "default", "must be left out: a secret belongs to a connection, which seals it"
        elif self.preset is not None and (fault := self.fault(self.preset)):
            yield "default", fault
        elif self.required and not self.shown and self.default is None:
            yield "default", "is required: nobody can enter a required input that is not shown"

    def _has_good_pattern(self) -> bool:
        try:
            self._matches("")
        except SchemaError:
            return False
        return True

    def _matches(self, value: str) -> bool:
        """Tell whether the whole value has the pattern's form, in time linear in its length.

        Pydantic's own engine: Python's would let a pattern take for ever over a short value.

        Raises:
            SchemaError: the pattern is none.
        """
        if self.pattern is None:
            return True
        form = Annotated[str, StringConstraints(pattern=f"^(?:{self.pattern})$")]
        try:
            TypeAdapter(form).validate_python(value)
        except ValidationError:
            return False
        return True

    def fault(self, value: object) -> str | None:
        """Return what is wrong with a value for this input, or None. It never quotes the value."""
        if self.collection == "valuelist":
            return None if _is_list_of(value, str) else "must be a list of strings"
        if self.collection == "keyvaluelist":
            return None if _is_list_of(value, dict) else "must be a list of {key, value} objects"
        if self.type == "boolean":
            return None if value in (True, False, "true", "false") else "must be true or false"
        if not isinstance(value, str):
            return "must be a string"
        if self.required and not value:
            return "is required and must not be empty"
        if self.model is not None and value not in [choice.value for choice in self.model]:
            return "must be one of the values that the input offers"
        if not self._matches(value):
            return "does not have the form that the input's pattern asks for"
        return None


def _is_list_of(value: object, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(entry, kind) for entry in value)
