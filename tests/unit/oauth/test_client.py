"""The OAuth client: a definition and its values, resolved."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connections.domain.client_registration import Rate
from connections.domain.errors import Misconfigured
from connections.domain.failure import Failure, FailureKind
from connections.domain.grant import Renewal, RenewedBy
from connections.domain.identifiers import registration_id
from connections.oauth.client import OAuthClient
from tests.builders import a_definition, an_issuance
from tests.unit.oauth.answers import a_client


def test_values_and_defaults_make_a_client() -> None:
    client = a_client()

    assert client.authorize_url == "https://acme.example/authorize"
    assert client.token_url == "https://acme.example/token"
    assert client.refresh_url == "https://acme.example/token"
    assert client.revoke_url == "https://acme.example/revoke"
    assert client.client_id == "the-client"
    assert client.client_secret == "the-secret"
    assert client.scopes == "read write"
    assert client.pkce_method == "S256"


def test_an_entered_value_wins_over_the_default() -> None:
    assert a_client({"tokenUrl": "https://eu.example/token"}).token_url == (
        "https://eu.example/token"
    )


def test_spaces_around_a_pasted_value_are_dropped() -> None:
    client = a_client({"clientId": " id\n", "clientSecret": "\tsecret "})

    assert (client.client_id, client.client_secret) == ("id", "secret")


def test_a_value_that_is_no_text_is_taken_for_none() -> None:
    assert a_client({"clientSecret": ["x"], "scopes": True}).client_secret == ""
    assert a_client({"clientSecret": ["x"], "scopes": True}).scopes == ""


def without_inputs(*names: str, **facts: Any) -> OAuthClient:
    definition = a_definition(provider=facts)
    inputs = {name: field for name, field in definition["inputs"].items() if name not in names}
    return OAuthClient.of(an_issuance(inputs=inputs, provider=facts))


def test_a_refresh_url_may_be_an_input_or_a_fact() -> None:
    entered = {"refreshUrl": "https://input.example/refresh"}
    fact = "https://fact.example/refresh"

    assert a_client(refreshUrl=fact).refresh_url == fact
    assert a_client(entered, refreshUrl=fact).refresh_url == entered["refreshUrl"]
    assert a_client({"refreshUrl": "  "}, refreshUrl=fact).refresh_url == fact


def test_a_revocation_url_may_be_an_input_or_a_fact() -> None:
    fact = "https://fact.example/revoke"

    assert without_inputs("revokeUrl", revokeUrl=fact).revoke_url == fact
    assert a_client(revokeUrl=fact).revoke_url == "https://acme.example/revoke"
    assert without_inputs("revokeUrl").revoke_url is None


@pytest.mark.parametrize(
    ("separator", "scopes"), [(" ", "read write admin"), (",", "read,write,admin")]
)
def test_scopes_are_joined_as_the_server_wants_them(separator: str, scopes: str) -> None:
    client = a_client({"scopes": " read  write\nadmin "}, scopeSeparator=separator)

    assert client.scopes == scopes


@pytest.mark.parametrize("method", ["S256", "plain", "none"])
def test_the_definition_names_the_pkce_method(method: str) -> None:
    assert a_client(pkce=method).pkce_method == method


def test_the_facts_may_ask_for_an_early_refresh() -> None:
    assert a_client(refreshBuffer=90).renewal.buffer == timedelta(seconds=90)
    assert a_client(refreshBuffer=0).renewal.buffer == timedelta()
    assert a_client().renewal.buffer is None


@pytest.mark.parametrize(
    ("facts", "safe"),
    [
        ({}, False),
        ({"rotation": "none"}, True),
        ({"rotation": "rotates"}, False),
        ({"rotation": "revokes-family"}, False),
    ],
)
def test_reuse_is_safe_only_where_the_facts_say_that_nothing_rotates(
    facts: dict[str, Any], *, safe: bool
) -> None:
    assert a_client(**facts).renewal.reuse_is_safe is safe


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("introspectUrl", "introspect_url"),
        ("userinfoUrl", "userinfo_url"),
        ("metadataUrl", "metadata_url"),
    ],
)
def test_other_urls_may_be_an_input_or_a_fact(name: str, attribute: str) -> None:
    fact: dict[str, Any] = {name: "https://fact.example/"}
    entered = {name: "https://input.example/"}

    assert getattr(a_client(), attribute) is None
    assert getattr(a_client(**fact), attribute) == "https://fact.example/"
    assert getattr(a_client(entered, **fact), attribute) == "https://input.example/"


@pytest.mark.parametrize("name", ["authorizeUrl", "tokenUrl", "clientId"])
def test_no_consent_does_without_endpoints_and_a_client_id(name: str) -> None:
    assert a_client().checked() == a_client()

    with pytest.raises(Misconfigured) as refused:
        without_values(name).checked()

    assert refused.value.failure.explanation == f"there is no value for {name}"
    assert refused.value.failure.remedy == "Enter it, and open the link again."


def without_values(*names: str) -> OAuthClient:
    inputs = {
        name: {key: value for key, value in field.items() if key not in {"default", "shown"}}
        for name, field in a_definition()["inputs"].items()
    }
    values = {
        name: f"https://acme.example/{name}" for name in inputs if name not in names
    } | dict.fromkeys(names, "")
    return OAuthClient.of(an_issuance(values, inputs=inputs))


@pytest.mark.parametrize(
    ("missing", "there"), [((), True), (("authorizeUrl",), False), (("tokenUrl",), False)]
)
def test_it_has_endpoints_if_it_has_both(missing: tuple[str, ...], *, there: bool) -> None:
    assert without_values(*missing).has_endpoints is there


def test_tokens_are_renewed_with_a_refresh_token_if_nobody_says_otherwise() -> None:
    assert a_client().renewal == Renewal()
    assert Renewal().by is RenewedBy.REFRESH_TOKEN


def test_the_facts_may_say_how_long_refresh_tokens_live_and_are_taken_again() -> None:
    renewal = a_client(refreshTokenMaxTtl=60, reuseGraceSeconds=1).renewal

    assert renewal.max_ttl == timedelta(minutes=1)
    assert renewal.reuse_grace == timedelta(seconds=1)


def test_the_facts_may_say_how_many_refreshes_the_server_takes() -> None:
    limited = a_client(rateLimit={"requests": 30, "seconds": 60})

    assert limited.rate == Rate(requests=30, per=timedelta(minutes=1))
    assert a_client().rate is None


def test_the_facts_may_say_that_access_tokens_extend_themselves() -> None:
    client = a_client(refreshGrant="self", refreshParams={"t": "{{#access_token}}"})

    assert client.renewal == Renewal(by=RenewedBy.ACCESS_TOKEN)


def test_the_facts_may_say_when_an_unused_refresh_token_ends() -> None:
    assert a_client(refreshTokenIdleTtl=60).renewal.idle_ttl == timedelta(minutes=1)
    assert a_client(refreshTokenIdleTtl=0).renewal.idle_ttl == timedelta()


def test_the_key_that_signs_is_no_secret_that_is_shown() -> None:
    inputs = {**a_definition()["inputs"], "privateKey": {"type": "password"}}
    client = OAuthClient.of(an_issuance({"privateKey": " the-key "}, inputs=inputs))

    assert client.private_key == "the-key"
    assert "the-key" not in repr(client)
    assert "the-secret" not in repr(client)


@pytest.mark.parametrize("url", ["https://[", "https://[x]/token", "//", "x"])
def test_a_url_that_is_none_is_kept_for_whoever_refuses_to_call_it(url: str) -> None:
    host = {"parameter": "host", "hosts": ["acme.example"]}
    issuance = an_issuance({"tokenUrl": url}, provider={"tokenHostFrom": host})

    assert OAuthClient.of(issuance, {"host": "acme.example"}).token_url == url


def test_client_credentials_are_asked_for_again_and_nothing_is_spent() -> None:
    client = OAuthClient.of(an_issuance(oauth2Type="client_credentials"))

    assert client.renewal == Renewal(by=RenewedBy.CLIENT_CREDENTIALS, reuse_is_safe=True)


def test_a_registration_is_the_host_that_refreshes_and_the_client_id() -> None:
    client = a_client()

    assert client.token_host == "acme.example"
    assert client.registration == registration_id("acme.example", "the-client")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://ACME.example:443/token", "acme.example"),
        ("https://acme.example:8443/token", "acme.example:8443"),
        ("http://127.0.0.1:4000/token", "127.0.0.1:4000"),
        ("http://localhost/token", "localhost:80"),
    ],
)
def test_a_token_host_has_the_port_that_is_not_the_usual_one(url: str, host: str) -> None:
    assert a_client({"tokenUrl": url}).token_host == host


def test_where_refreshing_has_a_url_of_its_own_the_registration_is_there() -> None:
    client = a_client(refreshUrl="https://fact.example/refresh")

    assert client.registration == registration_id("fact.example", "the-client")


UNFILLED = Failure(kind=FailureKind.CLIENT, explanation="the value of shop is empty")


@pytest.mark.parametrize("url", ["", UNFILLED, "https://[", "https://a.example:port/", "token"])
def test_what_is_sent_nowhere_has_no_registration(url: str | Failure) -> None:
    client = replace(a_client(), urls={"refreshUrl": "", "tokenUrl": url})

    assert client.token_host == ""
    assert client.registration is None


def test_without_a_client_id_there_is_no_registration() -> None:
    assert a_client({"clientId": " "}).registration is None
