"""The harness itself: the authorization server, its ledger and the browser, without the service."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from tests.browser import Browser
from tests.interop.consent import cancel, walk_consent
from tests.interop.ledger import fingerprint
from tests.interop.oidc_provider import OidcProvider, StartProvider

REDIRECT_URI = "http://127.0.0.1:9/callback"


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A browser where no stack runs."""
    with Browser() as browser:
        yield browser


@pytest.fixture
def provider(start_provider: StartProvider) -> OidcProvider:
    return start_provider(redirect_uris=[REDIRECT_URI])


def authorization_request(provider: OidcProvider, verifier: str, **parameters: str) -> str:
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": REDIRECT_URI,
        "scope": "openid",
        "state": "a-state",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **parameters,
    }
    return f"{provider.authorization_endpoint}?{urlencode(query)}"


def redirect_parameters(url: str) -> dict[str, str]:
    assert url.startswith(REDIRECT_URI)
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def token_request(provider: OidcProvider, **form: str) -> httpx.Response:
    with httpx.Client(trust_env=False) as client:
        auth = provider.client_authentication
        return client.post(provider.token_endpoint, data=form, auth=auth)


def refresh(provider: OidcProvider, refresh_token: str) -> httpx.Response:
    return token_request(provider, grant_type="refresh_token", refresh_token=refresh_token)


def authorized(provider: OidcProvider, browser: Browser) -> dict[str, Any]:
    """Walk the code flow with PKCE and return the token response."""
    verifier = secrets.token_urlsafe(32)
    browser.stop_at = REDIRECT_URI
    page = walk_consent(browser, browser.get(authorization_request(provider, verifier)))
    response = token_request(
        provider,
        grant_type="authorization_code",
        code=redirect_parameters(page.url)["code"],
        redirect_uri=REDIRECT_URI,
        code_verifier=verifier,
    )
    tokens: dict[str, Any] = response.raise_for_status().json()
    return tokens


def test_the_code_flow_gives_an_access_token_for_userinfo_and_a_refresh_token(
    provider: OidcProvider, browser: Browser
) -> None:
    tokens = authorized(provider, browser)

    assert tokens["expires_in"] == 3600
    assert tokens["refresh_token"]
    assert provider.userinfo(tokens["access_token"])["sub"] == "ada"
    [entry] = provider.ledger().token_requests("authorization_code")
    assert (entry.client_id, entry.status, entry.error) == ("connections", 200, None)


def test_a_second_use_of_a_rotated_refresh_token_ends_the_grant(
    provider: OidcProvider, browser: Browser
) -> None:
    first = authorized(provider, browser)["refresh_token"]

    second = refresh(provider, first).raise_for_status().json()["refresh_token"]
    assert second != first
    assert provider.ledger().presented_twice() == frozenset()

    assert refresh(provider, first).json()["error"] == "invalid_grant"
    assert refresh(provider, second).json()["error"] == "invalid_grant"
    ledger = provider.ledger()
    assert ledger.presented_twice() == {fingerprint(first)}
    statuses = [entry.status for entry in ledger.token_requests("refresh_token")]
    assert statuses == [200, 400, 400]


def test_a_revoked_token_is_no_longer_active(provider: OidcProvider, browser: Browser) -> None:
    tokens = authorized(provider, browser)
    assert provider.introspect(tokens["access_token"])["active"] is True

    with httpx.Client(trust_env=False, auth=provider.client_authentication) as client:
        form = {"token": tokens["refresh_token"]}
        client.post(provider.revocation_endpoint, data=form).raise_for_status()

    assert provider.introspect(tokens["refresh_token"]) == {"active": False}
    assert provider.introspect(tokens["access_token"]) == {"active": False}
    with pytest.raises(httpx.HTTPStatusError, match="401"):
        provider.userinfo(tokens["access_token"])
    [entry] = provider.ledger().at("revocation")
    assert entry.fingerprint == fingerprint(tokens["refresh_token"])


def test_a_cancelled_authorization_comes_back_as_access_denied(
    provider: OidcProvider, browser: Browser
) -> None:
    browser.stop_at = REDIRECT_URI
    page = browser.get(authorization_request(provider, "v" * 43))

    answer = redirect_parameters(cancel(browser, page).url)

    assert (answer["error"], answer["state"]) == ("access_denied", "a-state")


def test_an_authorization_request_without_pkce_is_refused(
    provider: OidcProvider, browser: Browser
) -> None:
    browser.stop_at = REDIRECT_URI
    url = authorization_request(provider, "").replace("code_challenge", "ignored")

    assert redirect_parameters(browser.get(url).url)["error"] == "invalid_request"


def test_an_answer_lost_to_a_delay_is_in_the_ledger(
    start_provider: StartProvider, browser: Browser
) -> None:
    provider = start_provider(
        redirect_uris=[REDIRECT_URI],
        client={"token_endpoint_auth_method": "client_secret_post"},
        access_token_ttl=2,
    )
    provider.delay_token_responses(2000)
    form = {"client_id": provider.client_id, "client_secret": provider.client_secret}

    with httpx.Client(trust_env=False, timeout=0.2) as client, pytest.raises(httpx.ReadTimeout):
        client.post(
            provider.token_endpoint,
            data={**form, "grant_type": "refresh_token", "refresh_token": "unknown"},
        )

    [entry] = provider.ledger().token_requests()
    assert (entry.error, entry.fingerprint) == ("invalid_grant", fingerprint("unknown"))
