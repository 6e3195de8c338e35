"""What the built-in components know of their providers, beside what is sent."""

from urllib.parse import urlsplit

import pytest

from connections.domain.flow import Flow
from connections.domain.grant import Issuance
from connections.oauth.authorization import AuthorizationResponse, callback_context
from tests.builders import a_flow
from tests.unit.components.built_in import BUILT_IN, a_client


@pytest.mark.parametrize(
    ("key", "context"),
    [("quickbooks", {"realmId": "1"}), ("shopify", {"shop": "a"}), ("slack", {})],
)
def test_code_receives_of_a_callback_what_the_provider_has_to_tell(
    key: str, context: dict[str, str]
) -> None:
    brought = {"code": "c", "state": "s", "realmId": "1", "shop": "a", "other": "x"}

    told = callback_context(AuthorizationResponse(state="s", parameters=brought), a_flow_of(key))

    assert told == context


def a_flow_of(key: str) -> Flow:
    definition = BUILT_IN[key].connection("oauth2")
    assert definition is not None
    return a_flow(issuance=Issuance(definition=definition.document(), values={}))


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("dropbox", "App Key"),
        ("salesforce", "Consumer Key"),
        ("microsoft-365", "Application (client) ID"),
        ("zendesk", "Identifier"),
    ],
)
def test_a_client_id_is_called_what_the_provider_calls_it(key: str, label: str) -> None:
    definition = BUILT_IN[key].connection("oauth2")

    assert definition is not None
    assert definition.inputs["clientId"].label == label


@pytest.mark.parametrize(
    ("key", "safe"),
    [
        ("google-drive", True),
        ("dropbox", True),
        ("microsoft-365", True),
        ("airtable", False),
        ("salesforce", False),
        ("quickbooks", False),
        ("zendesk", False),
    ],
)
def test_a_refresh_token_is_used_twice_only_where_that_does_no_harm(key: str, safe: bool) -> None:
    assert a_client(key).renewal.reuse_is_safe is safe


@pytest.mark.parametrize(
    ("key", "host"),
    [
        ("google-drive", "oauth2.googleapis.com"),
        ("quickbooks", "developer.api.intuit.com"),
        ("salesforce", "login.salesforce.com"),
        ("slack", "slack.com"),
        ("dropbox", "api.dropboxapi.com"),
        ("github", "api.github.com"),
        ("hubspot", "api.hubapi.com"),
        ("notion", "api.notion.com"),
        ("microsoft-365", None),
        ("jira", None),
    ],
)
def test_tokens_are_revoked_where_the_provider_has_an_endpoint_for_it(
    key: str, host: str | None
) -> None:
    assert urlsplit(a_client(key).revoke_url or "").hostname == host
