"""The documents that people write: component, connection definition, input field.

The service validates with the same models that authors build with. Documents are camelCase JSON.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from connections_sdk.forms import Document, Key, Label, Parameters, Seconds, Text
from connections_sdk.inputs import TEXT_TYPES, Choice, InputField
from connections_sdk.templates import TemplateFault, open_host, rendered, sample, slots

__all__ = [
    "Choice",
    "Component",
    "ConnectionDefinition",
    "InputField",
    "OAuth2Config",
    "ProviderFacts",
]

OAUTH_INPUTS = ("authorizeUrl", "tokenUrl", "scopes", "clientId", "clientSecret")
URL_INPUTS = ("authorizeUrl", "tokenUrl", "refreshUrl", "revokeUrl")


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
    context_parameters: Annotated[list[Key], Field(max_length=30)] | None = None
    """Parameters of the callback that code receives as `context`; all but OAuth's own if None."""
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


class OAuth2Config(Document):
    """What is particular about a token request with client credentials (RFC 6749 section 4.4)."""

    override_grant_type: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = (
        None
    )
    """Sent in place of `client_credentials`."""
    allowed_token_params: Annotated[list[Key], Field(max_length=30)] = Field(default_factory=list)
    """Inputs that are sent along as parameters."""


class ConnectionDefinition(Document):
    """What a component asks for to reach its third-party app."""

    key: Key
    label: Label
    comments: Text | None = None
    oauth2_type: Literal["authorization_code", "client_credentials"] | None = None
    oauth2_pkce_method: Literal["S256", "plain", "none"] = "S256"
    oauth2_config: OAuth2Config | None = None
    """Of client credentials alone."""
    inputs: Annotated[dict[Key, InputField], Field(max_length=100)]
    provider: ProviderFacts = Field(default_factory=ProviderFacts)

    @model_validator(mode="after")
    def _has_what_oauth_needs(self) -> Self:
        if self.oauth2_config is not None and self.oauth2_type != "client_credentials":
            message = "oauth2Config is of connections with client credentials alone"
            raise ValueError(message)
        if self.oauth2_type is not None:
            missing = [name for name in self._mandatory if name not in self.inputs]
            if missing:
                message = f"an OAuth 2.0 connection also needs the inputs {', '.join(missing)}"
                raise ValueError(message)
            odd = [name for name in (*OAUTH_INPUTS, *URL_INPUTS) if not self._is_text(name)]
            if odd:
                message = f"these inputs of an OAuth 2.0 connection must be plain text: {odd[0]}"
                raise ValueError(message)
        return self

    @property
    def _mandatory(self) -> tuple[str, ...]:
        """The inputs that it must have; nobody consents to client credentials."""
        return OAUTH_INPUTS[1:] if self.oauth2_type == "client_credentials" else OAUTH_INPUTS

    def _is_text(self, name: str) -> bool:
        field = self.inputs.get(name)
        if field is None or (name in URL_INPUTS and field.type == "template"):
            return True
        return field.collection is None and field.type in TEXT_TYPES

    @model_validator(mode="after")
    def _has_templates_over_its_inputs(self) -> Self:
        faults = {
            name: self.template_fault(name, field.default)
            for name, field in self.templates.items()
            if field.default not in (None, "")
        }
        errors = [
            InitErrorDetails(
                type=PydanticCustomError("template", fault),
                loc=("inputs", name, "default"),
                input=None,
            )
            for name, fault in faults.items()
            if fault is not None
        ]
        if errors:
            raise ValidationError.from_exception_data("ConnectionDefinition", errors)
        return self

    @property
    def templates(self) -> dict[str, InputField]:
        """The inputs that are templates."""
        return {name: field for name, field in self.inputs.items() if field.type == "template"}

    def template_fault(self, name: str, text: object) -> str | None:
        """Return what is wrong with a text as the template of that input, or None."""
        if not isinstance(text, str):
            return "must be a string"
        try:
            named = slots(text)
            sample(text)
        except TemplateFault as error:
            return str(error)
        if not named:
            return "must have a slot such as {{#domain}}; without one the input's type is string"
        if self.calls(name) and not text.lower().startswith(("https://", "http://")):
            return "must begin with https://"
        return next((fault for slot in named if (fault := self._slot_fault(slot))), None)

    def calls(self, name: str) -> bool:
        """Tell whether the input is a URL that the service or a browser is sent to."""
        return self.oauth2_type is not None and name in URL_INPUTS

    @property
    def directing(self) -> frozenset[str]:
        """The inputs that decide which server the client's secrets are sent to.

        URLs, and slots that leave a URL's domain open; not a part of a host below a domain of the
        template's own.
        """
        urls = {name for name in URL_INPUTS if name in self.inputs and self.calls(name)}
        texts = [self.inputs[name].default for name in urls & self.templates.keys()]
        return frozenset(urls).union(*(open_host(str(text)) for text in texts if text))

    def _slot_fault(self, name: str) -> str | None:
        field = self.inputs.get(name)
        if field is None:
            return f"must name inputs of this connection: there is no {name}"
        if field.plain:
            return None
        return (
            "must name inputs of type string or text that are neither secret nor a list:"
            f" {name} is none"
        )

    def rendered(self, name: str, values: Mapping[str, Any]) -> str:
        """Return a template input with the values of its slots; `values` are resolved ones.

        Raises:
            TemplateFault: it cannot be filled in; the culprit is a slot, or the template itself.
        """
        text = values.get(name)
        if text in (None, ""):
            return ""
        fault = self.template_fault(name, text)
        if fault is not None:
            raise TemplateFault(fault, name)
        return rendered(str(text), values)

    def filled(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the resolved values with the templates among them filled in.

        Raises:
            TemplateFault: one cannot be filled in.
        """
        resolved = self.resolved(dict(values))
        filled = {
            name: self.rendered(name, resolved) for name in self.templates if name in resolved
        }
        return {**resolved, **filled}

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
    category: Annotated[str, StringConstraints(min_length=1, max_length=50)] | None = None
    """A word under which it is found, such as "CRM"."""
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
