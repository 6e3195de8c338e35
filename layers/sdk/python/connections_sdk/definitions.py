"""The documents that people write: component, connection definition, input field.

The service validates with the same models that authors build with. Documents are camelCase JSON.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from connections_sdk.forms import Document, Key, Label, Text
from connections_sdk.inputs import TEXT_TYPES, Choice, InputField
from connections_sdk.places import Place, faults_at
from connections_sdk.provider_facts import FACT_URLS, ProviderFacts
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
PRIVATE_KEY = "privateKey"
URL_INPUTS = ("authorizeUrl", "tokenUrl", *FACT_URLS)
"""What is called, or shown to a browser. Beside a fact of the same name, the input wins."""


class OAuth2Config(Document):
    """What is particular about a token request with client credentials (RFC 6749 section 4.4)."""

    override_grant_type: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = (
        None
    )
    """Sent in place of `client_credentials`."""
    allowed_token_params: Annotated[list[Key], Field(max_length=30)] = Field(default_factory=list)
    """Inputs that are sent along as parameters."""

    @model_validator(mode="after")
    def _keeps_the_private_key(self) -> Self:
        if PRIVATE_KEY not in self.allowed_token_params:
            return self
        place = ("allowedTokenParams", self.allowed_token_params.index(PRIVATE_KEY))
        raise faults_at("OAuth2Config", {place: "is the private key, which is sent to nobody"})


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
    def _hangs_together(self) -> Self:
        faults = dict([*self._oauth_faults(), *self._template_faults()])
        if self.oauth2_config is not None and self.oauth2_type != "client_credentials":
            faults["oauth2Config",] = "must be left out: it is of client credentials alone"
        if faults:
            raise faults_at("ConnectionDefinition", faults)
        return self

    @property
    def _mandatory(self) -> tuple[str, ...]:
        """The inputs that it must have.

        Nobody consents to client credentials; a server that describes itself tells its endpoints;
        and who signs with a key has it in the place of a secret.
        """
        facts = self.provider
        left_out = {"authorizeUrl"} if self.oauth2_type == "client_credentials" else set()
        if facts.issuer or facts.metadata_url or "metadataUrl" in self.inputs:
            left_out |= {"authorizeUrl", "tokenUrl"}
        names = tuple(name for name in OAUTH_INPUTS if name not in left_out)
        if facts.client_authentication == "private_key_jwt":
            return (*names[:-1], PRIVATE_KEY)
        return names

    @property
    def credentials(self) -> OAuth2Config | None:
        """How client credentials are asked for, where nobody consents."""
        if self.oauth2_type != "client_credentials":
            return None
        return self.oauth2_config or OAuth2Config()

    def _oauth_faults(self) -> Iterator[tuple[Place, str]]:
        """Return what OAuth 2.0 needs of which inputs."""
        if self.oauth2_type is None:
            return
        for name in self._mandatory:
            if name not in self.inputs:
                yield ("inputs", name), "is required: an OAuth 2.0 connection has this input"
        for name in dict.fromkeys((*OAUTH_INPUTS, *URL_INPUTS)):
            field = self.inputs.get(name)
            kinds = (*TEXT_TYPES, "template") if name in URL_INPUTS else TEXT_TYPES
            if field is not None and field.type not in kinds:
                yield ("inputs", name, "type"), f"must be one of {', '.join(kinds)} for OAuth 2.0"
            if field is not None and field.collection is not None:
                yield ("inputs", name, "collection"), "must be left out: OAuth 2.0 takes one text"

    def _template_faults(self) -> Iterator[tuple[Place, str]]:
        for name, field in self.templates.items():
            fault = None if field.preset is None else self.template_fault(name, field.preset)
            if fault:
                yield ("inputs", name, "default"), fault

    @model_validator(mode="after")
    def _has_facts_over_its_inputs(self) -> Self:
        plain = [name for name, field in self.inputs.items() if field.plain]
        # A private key signs here and goes nowhere.
        secret = [name for name, each in self.inputs.items() if each.secret and name != PRIVATE_KEY]
        faults = {**self._account_fault(), **self.provider.slot_faults(plain, secret)}
        if faults:
            raise faults_at(
                "ConnectionDefinition",
                {("provider", *place): fault for place, fault in faults.items()},
            )
        return self

    def _account_fault(self) -> dict[Place, str]:
        """Return that nobody says where to ask for the account: no fact, input or metadata."""
        facts, told = self.provider, {*self.provider.urls, *self.inputs}
        described = facts.issuer and not told >= {"authorizeUrl", "tokenUrl"}
        if described or told & {"userinfoUrl", "metadataUrl"}:
            return {}
        asks = facts.account_from and facts.account_from.source == "userinfo"
        return {("userinfoUrl",): "is required: accountFrom asks there"} if asks else {}

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
        faults = (self._slot_fault(slot) for slot in named)
        return next(filter(None, faults), None)

    def openness_fault(self, name: str, text: str) -> str | None:
        """Return why a template may not be written beforehand, for others to fill its slots.

        Its domain is more open than the definition's own text leaves it, by which it is decided who
        may say where secrets are sent.

        Raises:
            TemplateFault: the text is no template.
        """
        default = self.inputs[name].default
        if not self.calls(name) or not isinstance(default, str) or not default:
            return None
        more = set(open_host(text)) - set(open_host(default))
        if not more:
            return None
        return f"must leave the domain no more open than {default} does: {min(more)} decides it"

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
        defaults = [self.inputs[name].default for name in urls & self.templates.keys()]
        if not all(defaults):
            # Whoever writes that text may put any of these into its host.
            plain = {name for name, each in self.inputs.items() if each.plain}
            return frozenset(urls | plain.difference(OAUTH_INPUTS))
        texts = [*defaults, *self.provider.urls.values()]
        return frozenset(urls).union(*(open_host(str(text)) for text in texts))

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
        faults: dict[Place, str] = {
            ("connections", index, "key"): "is the key of another connection too"
            for index, key in enumerate(keys)
            if key in keys[:index]
        }
        if faults:
            raise faults_at("Component", faults)
        return self

    def connection(self, key: str) -> ConnectionDefinition | None:
        """Return the connection definition of that key."""
        return next((each for each in self.connections if each.key == key), None)

    def document(self) -> dict[str, Any]:
        """Return the component as JSON, without what was left out of it."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)
