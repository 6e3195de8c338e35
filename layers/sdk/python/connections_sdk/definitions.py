"""The documents that people write: component, connection definition, input field.

The service validates with the same models that authors build with. Documents are camelCase JSON.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import SchemaError

Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,99}$")]
Label = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(max_length=4000)]
Seconds = Annotated[int, Field(ge=0, le=10 * 365 * 24 * 3600)]
Parameters = Annotated[
    dict[str, Annotated[str, StringConstraints(max_length=2000)]], Field(max_length=30)
]

OAUTH_INPUTS = ("authorizeUrl", "tokenUrl", "scopes", "clientId", "clientSecret")
TEXT_TYPES = ("string", "text", "password")
URL_INPUTS = ("authorizeUrl", "tokenUrl", "refreshUrl", "revokeUrl")


class Document(BaseModel):
    """A document of ours: camelCase keys, nothing unknown, nothing changed after validation."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )


class KeyValue(Document):
    """One entry of a key-value list."""

    key: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    value: Text


class Choice(Document):
    """One of the values that an input may have."""

    label: Label
    value: Text


InputValue = (
    Annotated[str, StringConstraints(max_length=65536)]
    | bool
    | Annotated[list[Annotated[str, StringConstraints(max_length=4000)]], Field(max_length=200)]
    | Annotated[list[KeyValue], Field(max_length=200)]
)


class InputField(Document):
    """One typed field of a connection."""

    type: Literal["string", "text", "password", "boolean", "data"]
    label: Label | None = None
    required: bool = False
    shown: bool = True
    default: InputValue | None = None
    placeholder: Text | None = None
    comments: Text | None = None
    example: Text | None = None
    collection: Literal["valuelist", "keyvaluelist"] | None = None
    model: Annotated[list[Choice], Field(min_length=1, max_length=500)] | None = None
    pattern: Annotated[str, StringConstraints(max_length=500)] | None = None
    write_only: bool = False
    on_prem_controlled: bool = False
    """Set by an on-premises agent where there is one; entered like any other input here."""

    @property
    def secret(self) -> bool:
        """Whether the value is read back only as "set"."""
        return self.type == "password" or self.write_only

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.required and not self.shown and self.default is None:
            message = "a required input that is not shown needs a default: nobody can enter it"
            raise ValueError(message)
        if self.secret and self.default not in (None, ""):
            message = "a secret has no default: it belongs to a connection, which keeps it sealed"
            raise ValueError(message)
        if self.pattern is not None:
            try:
                self._matches("")
            except SchemaError as error:
                message = "pattern is not a regular expression without look-around"
                raise ValueError(message) from error
        return self

    def _matches(self, value: str) -> bool:
        """Tell whether the whole value has the pattern's form, in time linear in its length.

        Pydantic's own engine: Python's would let a pattern take for ever over a short value.
        """
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
        if self.pattern is not None and not self._matches(value):
            return "does not have the form that the input's pattern asks for"
        return None


def _is_list_of(value: object, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(entry, kind) for entry in value)


class ProviderFacts(Document):
    """What is particular about an authorization server: data, so that no code names a provider."""

    issuer: Annotated[str, StringConstraints(max_length=2000)] | None = None
    """Compared with `iss` of the authorization response (RFC 9207)."""
    authorize_params: Parameters = Field(default_factory=dict)
    token_params: Parameters = Field(default_factory=dict)
    refresh_params: Parameters = Field(default_factory=dict)
    scope_separator: Annotated[str, StringConstraints(min_length=1, max_length=3)] = " "
    client_authentication: Literal[
        "client_secret_basic", "client_secret_basic_raw", "client_secret_post", "none"
    ] = "client_secret_post"
    refresh_url: Annotated[str, StringConstraints(max_length=2000)] | None = None
    revoke_url: Annotated[str, StringConstraints(max_length=2000)] | None = None
    refresh_buffer: Seconds | None = None
    """Seconds before its end at which an access token is refreshed; five minutes by default."""
    expires_in_default: Seconds | None = None
    """The lifetime of access tokens of a server that does not tell it, in seconds."""
    rotation: Literal["none", "rotates", "revokes-family"] = "revokes-family"
    """What a second use of a refresh token does; unknown servers are taken for the strictest."""
    invalid_grant_synonyms: Annotated[list[str], Field(max_length=20)] = Field(default_factory=list)
    """Error codes with which the server says that a grant is dead, beside `invalid_grant`."""


class ConnectionDefinition(Document):
    """What a component asks for to reach its third-party app."""

    key: Key
    label: Label
    comments: Text | None = None
    oauth2_type: Literal["authorization_code"] | None = None
    oauth2_pkce_method: Literal["S256", "plain", "none"] = "S256"
    inputs: Annotated[dict[Key, InputField], Field(max_length=100)]
    provider: ProviderFacts = Field(default_factory=ProviderFacts)

    @model_validator(mode="after")
    def _has_what_oauth_needs(self) -> Self:
        if self.oauth2_type is not None:
            missing = [name for name in OAUTH_INPUTS if name not in self.inputs]
            if missing:
                message = f"an OAuth 2.0 connection also needs the inputs {', '.join(missing)}"
                raise ValueError(message)
            odd = [name for name in (*OAUTH_INPUTS, *URL_INPUTS) if not self._is_text(name)]
            if odd:
                message = f"these inputs of an OAuth 2.0 connection must be plain text: {odd[0]}"
                raise ValueError(message)
        return self

    def _is_text(self, name: str) -> bool:
        field = self.inputs.get(name)
        return field is None or (field.collection is None and field.type in TEXT_TYPES)

    def resolved(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the values with the definition's defaults where nothing was entered."""
        defaults = {
            name: field.model_dump(mode="json", by_alias=True)["default"]
            for name, field in self.inputs.items()
            if field.default is not None
        }
        return {**defaults, **values}

    def document(self) -> dict[str, Any]:
        """Return the definition as JSON, without what was left out of it."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class Component(Document):
    """A component: what steps are made of, with the connections that it declares."""

    key: Key
    label: Label
    description: Text | None = None
    documentation_url: (
        Annotated[str, StringConstraints(pattern=r"^https://", max_length=2000)] | None
    ) = None
    connections: Annotated[list[ConnectionDefinition], Field(min_length=1, max_length=50)]

    @model_validator(mode="after")
    def _names_each_connection_once(self) -> Self:
        keys = [connection.key for connection in self.connections]
        if len(keys) != len(set(keys)):
            message = "connection keys must be unique within a component"
            raise ValueError(message)
        return self

    def connection(self, key: str) -> ConnectionDefinition | None:
        """Return the connection definition of that key."""
        return next((each for each in self.connections if each.key == key), None)

    def document(self) -> dict[str, Any]:
        """Return the component as JSON, without what was left out of it."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)
