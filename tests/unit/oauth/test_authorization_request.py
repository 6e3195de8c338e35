"""The authorization request (RFC 6749 section 4.1.1)."""

from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connections.oauth.authorization import authorization_request
from connections.oauth.client import OAuthClient
from tests.builders import a_definition, an_issuance
from tests.unit.oauth.answers import a_client

CALLBACK = "https://oauth2.connections.example/callback"
OURS = {
    "response_type": "code",
    "client_id": "the-client",
    "redirect_uri": CALLBACK,
    "scope": "read write",
    "state": "the-state",
}


def request_of(client: OAuthClient, verifier: str | None = None) -> str:
    return authorization_request(
        client, redirect_uri=CALLBACK, state="the-state", code_verifier=verifier
    )


def parameters(url: str) -> dict[str, str]:
    """Return the parameters of a URL, each of which must be there once."""
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def test_the_request_is_the_authorize_url_with_the_parameters_of_the_standard() -> None:
    assert request_of(a_client()) == (
        "https://acme.example/authorize?response_type=code&client_id=the-client"
        "&redirect_uri=https%3A%2F%2Foauth2.connections.example%2Fcallback"
        "&state=the-state&scope=read+write"
    )


def test_parameters_join_those_of_the_authorize_url() -> None:
    client = a_client({"authorizeUrl": "https://acme.example/a;v=1/b?token_access_type=offline&x="})

    url = request_of(client)

    assert url.startswith("https://acme.example/a;v=1/b?token_access_type=offline&x=&")
    assert parameters(url) == {"token_access_type": "offline", "x": "", **OURS}


def test_a_parameter_that_the_authorize_url_repeats_stays_repeated() -> None:
    url = request_of(a_client({"authorizeUrl": "https://acme.example/?audience=a&audience=b%20c"}))

    assert parse_qs(urlsplit(url).query)["audience"] == ["a", "b c"]


def test_the_fragment_of_the_authorize_url_stays_behind_the_query() -> None:
    url = request_of(a_client({"authorizeUrl": "https://acme.example/authorize#/login"}))

    assert urlsplit(url).fragment == "/login"
    assert parameters(url) == OURS


@pytest.mark.parametrize("name", [*OURS, "code_challenge", "code_challenge_method"])
def test_no_parameter_of_the_authorize_url_stands_beside_ours(name: str) -> None:
    url = request_of(a_client({"authorizeUrl": f"https://acme.example/?{name}=evil"}), "v" * 64)

    assert parameters(url)[name] != "evil"


@pytest.mark.parametrize("name", [*OURS, "code_challenge", "code_challenge_method"])
def test_no_fact_overrides_a_parameter_of_ours(name: str) -> None:
    url = request_of(a_client(authorizeParams={name: "evil"}), "v" * 64)

    assert parameters(url)[name] != "evil"


def test_facts_add_parameters() -> None:
    url = request_of(a_client(authorizeParams={"prompt": "consent", "audience": "a&b=c d"}))

    assert parameters(url) == {"prompt": "consent", "audience": "a&b=c d", **OURS}


def test_a_fact_wins_over_the_query_of_the_authorize_url() -> None:
    entered = {"authorizeUrl": "https://acme.example/?prompt=login"}

    url = request_of(a_client(entered, authorizeParams={"prompt": "consent"}))

    assert parameters(url) == {"prompt": "consent", **OURS}


def test_empty_parameters_are_dropped() -> None:
    url = request_of(a_client({"scopes": " "}, authorizeParams={"prompt": ""}))

    assert parameters(url) == {name: value for name, value in OURS.items() if name != "scope"}


def test_scopes_are_spelled_as_the_server_wants_them() -> None:
    url = request_of(a_client({"scopes": "chat:write users:read"}, scopeSeparator=","))

    assert parameters(url)["scope"] == "chat:write,users:read"


def test_the_scopes_go_where_the_server_looks_for_them() -> None:
    sent = parameters(request_of(a_client(scopeParameter="user_scope")))

    assert sent["user_scope"] == "read write"
    assert "scope" not in sent


def test_scopes_of_the_user_stand_beside_those_of_the_app() -> None:
    client = a_client(userScopes=" search:read  users:read", scopeSeparator=",")

    sent = parameters(request_of(client))

    assert (sent["user_scope"], sent["scope"]) == ("search:read,users:read", "read,write")
    assert "user_scope" not in parameters(request_of(a_client()))


def test_scopes_of_the_user_that_were_entered_win() -> None:
    inputs = {**a_definition()["inputs"], "userScopes": {"type": "string"}}
    facts = {"userScopes": "users:read"}

    def asked(values: dict[str, str]) -> str:
        client = OAuthClient.of(an_issuance(values, inputs=inputs, provider=facts))
        return parameters(request_of(client))["user_scope"]

    assert asked({"userScopes": "search:read  files:read"}) == "search:read files:read"
    assert asked({}) == asked({"userScopes": " "}) == "users:read"


def test_an_empty_scope_is_sent_where_the_server_wants_the_parameter() -> None:
    empty = {"scopes": " "}

    assert parameters(request_of(a_client(empty, omitEmptyScope=False)))["scope"] == ""
    assert "scope" not in parameters(request_of(a_client(empty)))


def test_every_resource_is_named() -> None:
    resources = ["https://a.example/api", "https://b.example/api?x=1"]

    url = request_of(a_client(resource=resources))

    assert parse_qs(urlsplit(url).query)["resource"] == resources
    assert "resource" not in parameters(request_of(a_client()))


def test_parameters_have_the_names_that_the_server_gives_them() -> None:
    names = {"client_id": "client_key", "scope": "permissions", "prompt": "ask"}

    url = request_of(a_client(parameterNames=names, authorizeParams={"prompt": "login"}))

    assert parameters(url) == {
        "ask": "login",
        "response_type": "code",
        "client_key": "the-client",
        "redirect_uri": CALLBACK,
        "permissions": "read write",
        "state": "the-state",
    }


def test_values_stand_in_the_slots_of_parameters() -> None:
    inputs = {**a_definition()["inputs"], "app": {"type": "string"}}
    facts = {"authorizeParams": {"application_id": "app/{{#app}}", "for": "{{#scopes}}"}}
    client = OAuthClient.of(an_issuance({"app": "a&b=c#d"}, inputs=inputs, provider=facts))

    sent = parameters(request_of(client))

    assert (sent["application_id"], sent["for"]) == ("app/a&b=c#d", "read write")


@pytest.mark.parametrize("method", ["client_secret_post", "client_secret_as_user", "none"])
def test_no_secret_is_in_the_address_that_the_browser_sees(method: str) -> None:
    url = request_of(a_client({"privateKey": "the-key"}, clientAuthentication=method), "v" * 64)

    for secret in ("the-secret", "the-key", "v" * 64):
        assert secret not in url


def test_a_verifier_makes_an_s256_challenge() -> None:
    url = request_of(a_client(), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")

    assert parameters(url) == {
        **OURS,
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    }


def test_the_definition_may_ask_for_a_plain_challenge() -> None:
    url = request_of(a_client(pkce="plain"), "v" * 64)

    assert parameters(url) == {
        **OURS,
        "code_challenge": "v" * 64,
        "code_challenge_method": "plain",
    }


def test_without_a_verifier_there_is_no_challenge() -> None:
    assert parameters(request_of(a_client(pkce="none"))) == OURS


NAMES = st.text(max_size=8)
TEXTS = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="{}:")
)


@given(
    facts=st.dictionaries(NAMES | st.sampled_from(list(OURS)), TEXTS, max_size=8),
    query=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60),
)
@settings(deadline=None)
def test_whatever_url_and_facts_say_ours_are_there_once(facts: dict[str, str], query: str) -> None:
    url = f"https://acme.example/authorize?{query}"

    made = urlsplit(request_of(a_client({"authorizeUrl": url}, authorizeParams=facts)))

    sent = parse_qs(made.query, keep_blank_values=True)
    assert (made.scheme, made.netloc, made.path) == ("https", "acme.example", "/authorize")
    assert {name: sent[name] for name in OURS} == {name: [value] for name, value in OURS.items()}
