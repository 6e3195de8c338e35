"""What the built-in OAuth connections send: to the consent page, and to the token endpoint."""

import base64
from urllib.parse import parse_qsl, urlsplit

import pytest

from connections.oauth.authorization import authorization_request
from connections.oauth.client import OAuthClient
from connections.oauth.messages import ServerRequest
from connections.oauth.pkce import code_verifier
from connections.oauth.revocation import revocation_requests
from connections.oauth.token_request import code_request, credentials_request, refresh_request
from connections_sdk.definitions import ConnectionDefinition
from tests.builders import NOW, a_token_set
from tests.unit.application.parts import same_bytes
from tests.unit.components.built_in import OAUTH, a_client, client_of, named

CALLBACK = "https://oauth2.connections.example/callback"
each_oauth = pytest.mark.parametrize(
    "definition", [each for _, each in OAUTH], ids=[named(*each) for each in OAUTH]
)


def asked(client: OAuthClient) -> dict[str, str]:
    """Return the parameters of the authorization request, and its URL without them."""
    verifier = None if client.pkce_method == "none" else code_verifier(same_bytes)
    url = urlsplit(
        authorization_request(
            client, redirect_uri=CALLBACK, state="the-state", code_verifier=verifier
        )
    )
    return dict(parse_qsl(url.query)) | {"": f"{url.scheme}://{url.netloc}{url.path}"}


def exchange(client: OAuthClient) -> ServerRequest:
    return code_request(
        client, code="the-code", redirect_uri=CALLBACK, code_verifier="v" * 43, now=NOW
    )


def test_these_components_have_oauth_connections() -> None:
    assert sorted({key for key, _ in OAUTH}) == [
        "airtable", "dropbox", "generic-oauth2", "github", "google-drive", "hubspot", "jira",
        "microsoft-365", "notion", "quickbooks", "salesforce", "shopify", "slack", "zendesk",
    ]  # fmt: skip


@each_oauth
def test_an_authorization_request_can_be_made(definition: ConnectionDefinition) -> None:
    client = client_of(definition)

    parameters = asked(client)

    assert parameters[""].startswith("https://")
    assert "{{" not in parameters[""]
    assert parameters["response_type"] == "code"
    assert parameters["client_id"] == "the-client"
    assert parameters["redirect_uri"] == CALLBACK
    assert parameters["state"] == "the-state"
    assert parameters.get("code_challenge_method", "none") == client.pkce_method


@each_oauth
def test_a_code_can_be_exchanged_and_a_token_refreshed(definition: ConnectionDefinition) -> None:
    client = client_of(definition)
    requests = (exchange(client), refresh_request(client, a_token_set(), now=NOW))

    assert [each.form["grant_type"] for each in requests] == ["authorization_code", "refresh_token"]
    for request in requests:
        assert request.url.startswith("https://")
        assert "{{" not in request.url
        by_header = (
            request.headers.get("authorization")
            == "Basic " + base64.b64encode(b"the-client:the-secret").decode()
        )
        by_form = request.form.get("client_secret") == "the-secret"
        assert by_header != by_form


@pytest.mark.parametrize(
    ("key", "entered", "host", "path"),
    [
        ("shopify", {"shop": "tea"}, "tea.myshopify.com", "/admin/oauth/access_token"),
        ("zendesk", {"subdomain": "tea"}, "tea.zendesk.com", "/oauth/tokens"),
        ("salesforce", {}, "login.salesforce.com", "/services/oauth2/token"),
        (
            "salesforce",
            {"domain": "tea--dev.sandbox.my"},
            "tea--dev.sandbox.my.salesforce.com",
            "/services/oauth2/token",
        ),
        ("microsoft-365", {}, "login.microsoftonline.com", "/common/oauth2/v2.0/token"),
        (
            "microsoft-365",
            {"tenant": "tea.example"},
            "login.microsoftonline.com",
            "/tea.example/oauth2/v2.0/token",
        ),
    ],
)
def test_a_tenants_server_follows_from_its_name(
    key: str, entered: dict[str, str], host: str, path: str
) -> None:
    client = a_client(key, **entered)

    assert urlsplit(asked(client)[""]).netloc == host
    assert exchange(client).url == f"https://{host}{path}"


@pytest.mark.parametrize(
    ("key", "parameters"),
    [
        ("google-drive", {"access_type": "offline", "prompt": "consent"}),
        ("dropbox", {"token_access_type": "offline"}),
        ("jira", {"audience": "api.atlassian.com", "prompt": "consent"}),
        ("notion", {"owner": "user"}),
        ("slack", {"scope": "chat:write,channels:read"}),
        ("airtable", {"code_challenge_method": "S256"}),
        ("salesforce", {"scope": "api refresh_token"}),
        ("quickbooks", {"scope": "com.intuit.quickbooks.accounting"}),
    ],
)
def test_a_provider_is_asked_as_it_wants_to_be(key: str, parameters: dict[str, str]) -> None:
    assert parameters.items() <= asked(a_client(key)).items()


def test_slack_is_sent_no_challenge_because_its_apps_must_ask_for_that() -> None:
    assert "code_challenge" not in asked(a_client("slack"))


@pytest.mark.parametrize("key", ["dropbox", "notion"])
def test_without_scopes_no_parameter_is_sent(key: str) -> None:
    assert "scope" not in asked(a_client(key))


def test_scopes_of_shopify_are_joined_by_commas() -> None:
    client = a_client("shopify", scopes="read_products write_products")

    assert asked(client)["scope"] == "read_products,write_products"


@pytest.mark.parametrize("key", ["airtable", "notion", "quickbooks"])
def test_some_take_the_secret_in_the_header_alone(key: str) -> None:
    request = exchange(a_client(key))

    assert "client_secret" not in request.form
    assert request.headers["authorization"].startswith("Basic ")


def test_a_generic_connection_sends_the_secret_as_it_says() -> None:
    posted = exchange(a_client("generic-oauth2"))
    in_header = exchange(a_client("generic-oauth2", "oauth2Basic"))

    assert posted.form["client_secret"] == "the-secret"
    assert "authorization" not in posted.headers
    assert "client_secret" not in in_header.form


def test_a_generic_connection_may_refresh_and_revoke_elsewhere() -> None:
    client = a_client(
        "generic-oauth2",
        refreshUrl="https://auth.example/refresh",
        revokeUrl="https://auth.example/revoke",
    )

    assert refresh_request(client, a_token_set(), now=NOW).url == "https://auth.example/refresh"
    revoked = revocation_requests(client, a_token_set(), now=NOW)
    assert {each.url for each in revoked} == {"https://auth.example/revoke"}


def test_generic_client_credentials_send_an_audience_if_there_is_one() -> None:
    plain = credentials_request(a_client("generic-oauth2", "clientCredentials"), now=NOW)
    with_audience = a_client("generic-oauth2", "clientCredentials", audience="https://api.example")
    told = credentials_request(with_audience, now=NOW)

    expected = {
        "grant_type": "client_credentials",
        "client_id": "the-client",
        "client_secret": "the-secret",
    }
    assert plain.form == expected
    assert told.form == {**expected, "audience": "https://api.example"}


@pytest.mark.parametrize("refreshing", [False, True])
def test_zendesk_is_asked_for_tokens_that_end(refreshing: bool) -> None:
    client = a_client("zendesk")
    request = refresh_request(client, a_token_set(), now=NOW) if refreshing else exchange(client)

    # Between 5 minutes and 2 days, and between 7 and 90 days.
    assert 300 < int(str(request.form["expires_in"])) < 172800
    assert 604800 < int(str(request.form["refresh_token_expires_in"])) < 7776000
