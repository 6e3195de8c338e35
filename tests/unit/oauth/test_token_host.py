"""The host of the token endpoint, as the callback tells it: one of a list, or none at all."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connections.domain.errors import Misconfigured
from connections.domain.failure import Failure, FailureKind
from connections.oauth.authorization import AuthorizationResponse, callback_context
from connections.oauth.client import OAuthClient
from tests.builders import a_flow, an_issuance
from tests.hostile_values import HOSTILE

HOSTS = ["accounts.acme.example", "accounts.acme.eu"]
FACTS: dict[str, Any] = {
    "tokenHostFrom": {"parameter": "accounts-server", "hosts": HOSTS},
    "refreshUrl": "https://accounts.acme.example:8443/refresh?a=b",
    "revokeUrl": "https://accounts.acme.example/revoke",
    "introspectUrl": "https://elsewhere.acme.example/introspect",
    "contextParameters": [],
}
VALUES = {"tokenUrl": "https://accounts.acme.example/token", "revokeUrl": ""}
URLS = ("token_url", "refresh_url", "revoke_url")


def told(said: str | None) -> OAuthClient:
    context = {} if said is None else {"accounts-server": said}
    return OAuthClient.of(an_issuance(VALUES, provider=FACTS), context)


@pytest.mark.parametrize(
    "said",
    [
        "accounts.acme.eu",
        "https://accounts.acme.eu",
        "https://accounts.acme.eu/",
        "https://ACCOUNTS.acme.EU",
        "https://accounts.acme.eu:8443",
        "https://accounts.acme.eu/evil?x=https://evil.example#y",
        "https://user:password@accounts.acme.eu",
        "https://evil.example\\@accounts.acme.eu",
        "http://accounts.acme.eu",
        "//accounts.acme.eu",
    ],
)
def test_a_host_of_the_list_is_asked_and_only_the_host_counts(said: str) -> None:
    client = told(said)

    assert client.token_url == "https://accounts.acme.eu/token"
    assert client.refresh_url == "https://accounts.acme.eu/refresh?a=b"
    assert client.revoke_url == "https://accounts.acme.eu/revoke"


def test_urls_at_hosts_that_are_not_listed_stay_where_they_are() -> None:
    assert told("accounts.acme.eu").introspect_url == "https://elsewhere.acme.example/introspect"
    assert told("accounts.acme.eu").authorize_url == "https://acme.example/authorize"


def test_where_nothing_is_told_the_definitions_own_host_is_asked() -> None:
    assert told(None).token_url == "https://accounts.acme.example/token"
    assert told(None).refresh_url == "https://accounts.acme.example:8443/refresh?a=b"


@pytest.mark.parametrize(
    "said",
    [
        *HOSTILE,
        "",
        "evil.example",
        "https://evil.example",
        "//evil.example",
        "https://accounts.acme.eu@evil.example",
        "https://evil.example#accounts.acme.eu",
        "https://evil.example/accounts.acme.eu",
        "https://evil.example?accounts.acme.eu",
        "accounts.acme.eu.evil.example",
        "accounts.acme.eu.",
        "accounts.acme.eu%00.evil.example",
        "accounts.acme.eu%2eevil.example",
        "accounts\u3002acme\u3002eu",
        "accounts.acme.\uff45u",
        "\u0430ccounts.acme.eu",
        "https://[::1]",
        "https://[accounts.acme.eu]",
        "https://[",
        "127.0.0.1",
        "acme.eu",
        "x.accounts.acme.eu",
    ],
)
def test_no_other_host_is_asked_for_anything(said: str) -> None:
    client = told(said)

    for name in URLS:
        with pytest.raises(Misconfigured) as refused:
            getattr(client, name)
        assert refused.value.failure == Failure(
            kind=FailureKind.CLIENT,
            explanation="the callback told a host that the definition does not list",
            remedy="Add it to tokenHostFrom.hosts of the definition, if it is the provider's.",
        )


@given(st.text() | st.text("aces.:/@#?[]\\%", max_size=40))
@settings(deadline=None)
def test_whatever_is_told_only_hosts_of_the_list_are_asked(said: str) -> None:
    client = told(said)
    try:
        url = client.token_url
    except Misconfigured:
        return

    assert url in {f"https://{host}/token" for host in HOSTS}


def test_the_parameter_is_kept_whatever_else_is_wanted() -> None:
    flow = a_flow(issuance=an_issuance(VALUES, provider=FACTS))
    brought = {"code": "c", "state": "s", "accounts-server": "accounts.acme.eu", "other": "x"}

    kept = callback_context(AuthorizationResponse(state="s", parameters=brought), flow)

    assert kept == {"accounts-server": "accounts.acme.eu"}
