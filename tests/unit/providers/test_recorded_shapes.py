"""Each provider's life, stage by stage, through the code that speaks to all of them."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from connections.domain.failure import FailureKind
from connections.domain.grant import TokenSet, refresh_time
from connections.oauth.account import told_account
from connections.oauth.authorization import (
    authorization_code,
    authorization_request,
    callback_context,
)
from connections.oauth.paths import member
from connections.oauth.revocation import revocation_requests
from connections.oauth.token_request import code_request, refresh_request
from connections.oauth.token_response import TokenRequestFailed, token_set
from tests.builders import NOW, a_grant
from tests.unit.providers.recorded import Provider, answered, providers, sent

PROVIDERS = providers()
CALLBACK = "https://oauth2.connections.example/callback"
each_provider = pytest.mark.parametrize(
    "provider", PROVIDERS, ids=[each.name for each in PROVIDERS]
)


def having(stage: str) -> pytest.MarkDecorator:
    """Return the mark of a test of those that have a stage."""
    found = [each for each in PROVIDERS if stage in each.shapes]
    return pytest.mark.parametrize("provider", found, ids=[each.name for each in found])


def first(provider: Provider) -> TokenSet:
    """Return the token set that the code brings."""
    return token_set(provider.client_with_context, answered(provider.shapes["tokens"]), None)


def last(provider: Provider) -> TokenSet:
    """Return the token set that a refresh brings, where there is one."""
    if "refreshed" not in provider.shapes:
        return first(provider)
    answer = answered(provider.shapes["refreshed"])
    return token_set(provider.client_with_context, answer, first(provider))


def test_these_providers_were_recorded() -> None:
    assert [each.name for each in PROVIDERS] == [
        "adobe-sign", "airtable", "amazon-selling-partner", "docusign", "dropbox", "exact-online",
        "facebook", "figma", "github", "google-drive", "hubspot", "jira", "microsoft-365",
        "netsuite", "notion", "quickbooks", "salesforce", "shopify", "slack", "slack-user",
        "stripe", "tiktok", "tiktok-business", "xero", "zendesk", "zoho",
    ]  # fmt: skip


@each_provider
def test_the_browser_is_sent_there_with_these_parameters(provider: Provider) -> None:
    url = authorization_request(
        provider.client.checked(),
        redirect_uri=CALLBACK,
        state="the-state",
        code_verifier=provider.verifier,
    )

    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == provider.shapes["authorize"]["url"]
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    assert sorted(pairs) == sorted(provider.shapes["authorize"]["parameters"].items())


@each_provider
def test_the_callback_brings_the_code_and_what_code_is_told_of_it(provider: Provider) -> None:
    told = provider.shapes["callback"]

    code = authorization_code(provider.callback, provider.flow, browser="the-browser", now=NOW)

    assert code == told["code"]
    assert callback_context(provider.callback, provider.flow) == told["context"]


@each_provider
def test_the_code_is_exchanged_by_this_request(provider: Provider) -> None:
    request = code_request(
        provider.client_with_context,
        code=provider.shapes["callback"]["code"],
        redirect_uri=CALLBACK,
        code_verifier=provider.verifier,
        now=NOW,
    )

    assert sent(request) == provider.shapes["exchange"]


@each_provider
def test_the_answer_to_a_code_becomes_this_token_set(provider: Provider) -> None:
    holds(first(provider), provider.shapes["tokens"])


@having("refresh")
def test_tokens_are_refreshed_by_this_request(provider: Provider) -> None:
    request = refresh_request(provider.client_with_context, first(provider), now=NOW)

    assert sent(request) == provider.shapes["refresh"]


@having("refreshed")
def test_the_answer_to_a_refresh_becomes_this_token_set(provider: Provider) -> None:
    holds(last(provider), provider.shapes["refreshed"])


def holds(tokens: TokenSet, shape: dict[str, Any]) -> None:
    """Assert that a token set is what the shape says that its answer becomes."""
    lifetime = shape["lifetime"]
    assert tokens.access_token == shape["accessToken"]
    assert tokens.refresh_token == shape["refreshToken"]
    assert tokens.expires_at == (None if lifetime is None else NOW + timedelta(seconds=lifetime))
    assert {path: member(tokens.response, path) for path in shape["kept"]} == shape["kept"]
    assert '"refresh_token":' not in json.dumps(tokens.response)
    if tokens.refresh_token is not None:
        assert tokens.refresh_token not in json.dumps(tokens.response)


@having("refreshedBeforeEnd")
def test_tokens_are_refreshed_so_long_before_their_end(provider: Provider) -> None:
    tokens = first(provider)
    assert tokens.expires_at is not None

    due = refresh_time(a_grant(tokens=tokens), provider.client.renewal, spread=0)

    assert due == tokens.expires_at - timedelta(seconds=provider.shapes["refreshedBeforeEnd"])


ERRORS = [
    (each, error, f"{each.name}-{error['kind']}-{number}")
    for each in PROVIDERS
    for number, error in enumerate(each.shapes["errors"])
]


@pytest.mark.parametrize(
    ("provider", "error"),
    [(each, error) for each, error, _ in ERRORS],
    ids=[name for _, _, name in ERRORS],
)
def test_a_refusal_says_who_must_act(provider: Provider, error: dict[str, Any]) -> None:
    with pytest.raises(TokenRequestFailed) as refused:
        token_set(provider.client_with_context, answered(error), first(provider))

    failure = refused.value.failure
    assert (failure.kind, failure.provider_error) == (FailureKind(error["kind"]), error["code"])


@each_provider
def test_a_dead_grant_is_told_from_all_else(provider: Provider) -> None:
    kinds = {error["kind"] for error in provider.shapes["errors"]}

    assert len(kinds) > 1


@having("account")
def test_the_account_that_consented_is_told(provider: Provider) -> None:
    wanted = provider.client.facts.account_from
    assert wanted is not None

    account = told_account(wanted, last(provider).response)

    assert account is not None
    assert [account.id, account.name] == provider.shapes["account"]


@each_provider
def test_tokens_are_revoked_by_these_requests(provider: Provider) -> None:
    requests = revocation_requests(provider.client_with_context, last(provider), now=NOW)

    assert [sent(each) for each in requests] == provider.shapes["revocation"]
