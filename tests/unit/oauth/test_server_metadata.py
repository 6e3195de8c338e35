"""Metadata of authorization servers: RFC 8414, OpenID Connect Discovery 1.0."""

from typing import Any

import pytest

from connections.oauth.server_metadata import (
    NoMetadata,
    metadata_request,
    metadata_urls,
    server_metadata,
)
from tests.unit.oauth.answers import an_answer

ISSUER = "https://acme.example"
URL = f"{ISSUER}/.well-known/openid-configuration"
DOCUMENT = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "revocation_endpoint": f"{ISSUER}/revoke",
    "introspection_endpoint": f"{ISSUER}/introspect",
    "userinfo_endpoint": f"{ISSUER}/me",
    "authorization_response_iss_parameter_supported": True,
}


def read(document: Any, url: str = URL, issuer: str | None = None, status: int = 200) -> Any:
    return server_metadata(an_answer(document, status), url, issuer)


def test_endpoints_are_told_by_the_names_of_inputs() -> None:
    assert read(DOCUMENT) == {
        "authorizeUrl": f"{ISSUER}/authorize",
        "tokenUrl": f"{ISSUER}/token",
        "revokeUrl": f"{ISSUER}/revoke",
        "introspectUrl": f"{ISSUER}/introspect",
        "userinfoUrl": f"{ISSUER}/me",
        "issuer": ISSUER,
        "issPromised": True,
    }


def test_what_is_not_text_is_left_out() -> None:
    told = read({"issuer": ISSUER, "token_endpoint": 7, "revocation_endpoint": "", "x": "y"})
    assert told == {"issuer": ISSUER, "issPromised": False}


def test_an_address_is_kept_if_a_grants_item_can_hold_it() -> None:
    longest = f"{ISSUER}/".ljust(2000, "x")
    told = read({"issuer": ISSUER, "token_endpoint": longest, "userinfo_endpoint": f"{longest}x"})
    assert told == {"issuer": ISSUER, "tokenUrl": longest, "issPromised": False}


@pytest.mark.parametrize("promise", [False, "true", 1, None])
def test_only_true_promises_iss(promise: object) -> None:
    document = {**DOCUMENT, "authorization_response_iss_parameter_supported": promise}
    assert read(document)["issPromised"] is False


@pytest.mark.parametrize(
    ("issuer", "places"),
    [
        (
            "https://acme.example",
            (
                "https://acme.example/.well-known/openid-configuration",
                "https://acme.example/.well-known/oauth-authorization-server",
            ),
        ),
        (
            "https://acme.example/tenant/",
            (
                "https://acme.example/tenant/.well-known/openid-configuration",
                "https://acme.example/.well-known/oauth-authorization-server/tenant",
            ),
        ),
    ],
)
def test_metadata_is_where_the_standards_have_it(issuer: str, places: tuple[str, str]) -> None:
    assert metadata_urls(issuer) == places


def test_metadata_is_fetched_with_a_get_that_has_no_secret_and_little_time() -> None:
    request = metadata_request(URL)
    assert (request.method, request.url, request.seconds) == ("GET", URL, 5)
    assert request.headers == {"accept": "application/json"}
    assert request.content == ({}, None)


def test_an_issuer_with_a_path_may_speak_from_either_place() -> None:
    issuer = "https://acme.example/tenant"
    for url in metadata_urls(issuer):
        assert read({"issuer": issuer}, url)["issuer"] == issuer


@pytest.mark.parametrize(
    ("url", "expected", "said"),
    [
        (URL, None, "https://evil.example"),
        (URL, None, f"{ISSUER}/other"),
        (URL, ISSUER, f"{ISSUER}/"),
        (URL, "https://other.example", ISSUER),
        ("https://acme.example/somewhere/else.json", None, ISSUER),
    ],
)
def test_a_server_does_not_speak_for_another(url: str, expected: str | None, said: str) -> None:
    with pytest.raises(NoMetadata, match="another issuer"):
        read({**DOCUMENT, "issuer": said}, url, expected)


def test_an_issuer_that_is_expected_may_be_told_elsewhere() -> None:
    assert read(DOCUMENT, "https://cdn.example/metadata.json", ISSUER)["issuer"] == ISSUER


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"",
        b"[]",
        b'{"issuer": ""}',
        b'{"issuer": "%s"}' % (b"x" * 2001),
        b'{"issuer": 7}',
    ],
)
def test_what_is_no_metadata_is_refused(body: bytes) -> None:
    with pytest.raises(NoMetadata, match="cannot be read"):
        read(body)


def test_an_answer_that_is_no_success_is_refused_with_its_status() -> None:
    with pytest.raises(NoMetadata, match="HTTP 403"):
        read(DOCUMENT, status=403)


@pytest.mark.parametrize("said", ["https://[", "https://a]b/", "//[::1"])
def test_an_issuer_that_is_no_url_is_another(said: str) -> None:
    with pytest.raises(NoMetadata, match="another issuer"):
        read({**DOCUMENT, "issuer": said})
