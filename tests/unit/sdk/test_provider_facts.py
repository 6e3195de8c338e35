"""Provider facts: their defaults, their bounds, and what must hang together."""

from typing import Any

import pytest
from pydantic import ValidationError

from connections_sdk.provider_facts import FACT_URLS, ProviderFacts

TEN_YEARS = 10 * 365 * 24 * 3600
SECONDS = ([0, TEN_YEARS], [-1, TEN_YEARS + 1, 1.5, "60", True])
NAMES = (["a", "x-y", "accounts-server", "x" * 100], ["", "a b", "a\n", "\u00e9", "x" * 101, 1])
PATHS = (
    ["ok", "authed_user.id", "errors.0.code", "a-b", ".".join("x" * 10)],
    ["", ".", "a.", ".a", "a..b", "a b", "a\n", "x" * 101, ".".join("x" * 11), 1],
)
CLIENT_AUTHENTICATIONS = [
    "client_secret_basic",
    "client_secret_basic_raw",
    "client_secret_post",
    "client_secret_as_user",
    "client_secret_jwt",
    "private_key_jwt",
    "none",
]


def test_the_facts_have_the_safest_defaults() -> None:
    assert ProviderFacts().model_dump() == {
        "issuer": None,
        "metadata_url": None,
        "authorize_params": {},
        "scope_separator": " ",
        "scope_parameter": "scope",
        "user_scopes": None,
        "omit_empty_scope": True,
        "resource": [],
        "parameter_names": {},
        "code_parameter": "code",
        "context_parameters": None,
        "token_host_from": None,
        "client_authentication": "client_secret_post",
        "token_request_format": "form",
        "token_request_headers": {},
        "token_request_seconds": 10,
        "rate_limit": None,
        "token_params": {},
        "refresh_params": {},
        "refresh_url": None,
        "refresh_grant": "refresh_token",
        "token_response": {"root": None, "names": {}, "failure": None, "error_path": None},
        "expires_in_default": None,
        "expires_in_unit": "seconds",
        "refresh_buffer": None,
        "refresh_token_idle_ttl": None,
        "refresh_token_max_ttl": None,
        "rotation": "revokes-family",
        "reuse_grace_seconds": None,
        "invalid_grant_synonyms": [],
        "invalid_client_synonyms": [],
        "revoke_url": None,
        "revoke_token_parameter": "token",
        "revoke_authentication": None,
        "revoke_method": "POST",
        "revoke_request_format": None,
        "revoke_tokens": "both",
        "introspect_url": None,
        "userinfo_url": None,
        "account_from": None,
    }


URL = ("https://a.example/" + "x" * 1982, "https://a.example/" + "x" * 1983)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("issuer", ["x" * 2000], ["x" * 2001, 1]),
        *((name, [URL[0]], [URL[1], 1]) for name in FACT_URLS),
        ("scopeSeparator", [",", "%20"], ["", "abcd"]),
        ("scopeParameter", *NAMES),
        ("userScopes", ["", "x" * 4000], ["x" * 4001, 1]),
        ("omitEmptyScope", [True, False], ["yes", 1, None]),
        ("resource", [[], ["x" * 2000] * 10], [["x"] * 11, ["x" * 2001], "x"]),
        ("parameterNames", [{"a": "b"}], [{"a": ""}, {"a b": "c"}, {"a": "b c"}]),
        ("parameterNames", [{str(n): "x" for n in range(30)}], [{str(n): "x" for n in range(31)}]),
        ("codeParameter", *NAMES),
        ("contextParameters", [[], ["realmId"] * 30, ["accounts-server"]], [["x"] * 31, ["a b"]]),
        ("clientAuthentication", CLIENT_AUTHENTICATIONS, ["", "bearer", "tls_client_auth"]),
        ("tokenRequestFormat", ["form", "json"], ["", "xml"]),
        ("tokenRequestSeconds", [1, 20], [0, 21]),
        ("refreshBuffer", *SECONDS),
        ("expiresInDefault", *SECONDS),
        ("refreshTokenIdleTtl", *SECONDS),
        ("refreshTokenMaxTtl", *SECONDS),
        ("reuseGraceSeconds", *SECONDS),
        (
            "rateLimit",
            [{"requests": 1, "seconds": 1}, {"requests": 100_000, "seconds": 86_400}],
            [
                {},
                {"requests": 1},
                {"seconds": 1},
                {"requests": 0, "seconds": 1},
                {"requests": 1, "seconds": 0},
                {"requests": 100_001, "seconds": 1},
                {"requests": 1, "seconds": 86_401},
                {"requests": True, "seconds": 1},
                {"requests": "9", "seconds": 1},
                {"requests": 1.5, "seconds": 1},
                {"requests": 1, "seconds": 1, "burst": 1},
                60,
            ],
        ),
        ("expiresInUnit", ["seconds", "minutes", "milliseconds"], ["", "hours"]),
        ("rotation", ["none", "rotates", "revokes-family"], ["", "revokes_family"]),
        ("refreshGrant", ["refresh_token"], ["", "client_credentials"]),
        ("invalidGrantSynonyms", [["x"] * 20], [["x"] * 21, [1]]),
        ("invalidClientSynonyms", [["x"] * 20], [["x"] * 21, [1]]),
        ("revokeTokenParameter", *NAMES),
        ("revokeAuthentication", [*CLIENT_AUTHENTICATIONS, "bearer"], ["", "Bearer"]),
        ("revokeMethod", ["POST", "DELETE"], ["", "GET", "post"]),
        ("revokeRequestFormat", ["form", "json"], ["", "xml"]),
        ("revokeTokens", ["both", "refresh_token", "access_token"], ["", "id_token"]),
        *(
            (
                name,
                [{str(number): "x" * 2000 for number in range(30)}],
                [{str(number): "x" for number in range(31)}, {"a": "x" * 2001}, {"a": 1}],
            )
            for name in ("authorizeParams", "tokenParams", "refreshParams", "tokenRequestHeaders")
        ),
    ],
)
def test_each_fact_has_its_bounds(name: str, good: list[object], bad: list[object]) -> None:
    for value in good:
        facts = ProviderFacts.model_validate({name: value})
        assert facts.model_dump(by_alias=True, exclude_unset=True) == {name: value}
    for value in bad:
        with pytest.raises(ValidationError):
            ProviderFacts.model_validate({name: value})


@pytest.mark.parametrize("value", PATHS[0])
def test_a_path_names_a_place_in_an_answer(value: str) -> None:
    facts = ProviderFacts.model_validate(
        {
            "tokenResponse": {
                "root": value,
                "names": {"access_token": value},
                "failure": {"path": value, "equals": False},
                "errorPath": value,
            },
            "accountFrom": {"id": value, "name": value},
        }
    )

    assert facts.token_response.root == facts.token_response.error_path == value


@pytest.mark.parametrize("value", PATHS[1])
@pytest.mark.parametrize(
    "document",
    [
        lambda path: {"tokenResponse": {"root": path}},
        lambda path: {"tokenResponse": {"names": {"access_token": path}}},
        lambda path: {"tokenResponse": {"failure": {"path": path, "equals": 1}}},
        lambda path: {"tokenResponse": {"errorPath": path}},
        lambda path: {"accountFrom": {"id": path}},
        lambda path: {"accountFrom": {"id": "id", "name": path}},
    ],
)
def test_what_is_no_path_is_refused(document: Any, value: object) -> None:
    with pytest.raises(ValidationError):
        ProviderFacts.model_validate(document(value))


@pytest.mark.parametrize("equals", [True, False, 0, 1, "error"])
def test_a_mark_of_failure_keeps_the_type_that_it_is_written_with(equals: object) -> None:
    facts = ProviderFacts.model_validate(
        {"tokenResponse": {"failure": {"path": "x", "equals": equals}}}
    )

    assert facts.token_response.failure is not None
    assert facts.token_response.failure.equals is equals


@pytest.mark.parametrize(
    "response",
    [
        {"names": {"id_token": "x"}},
        {"failure": {"path": "x"}},
        {"failure": {"path": "x", "equals": None}},
        {"unknown": 1},
    ],
)
def test_a_token_response_has_nothing_else(response: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ProviderFacts.model_validate({"tokenResponse": response})


@pytest.mark.parametrize("hosts", [["accounts.zoho.eu"], ["a.example"] * 50, ["xn--bcher-kva.de"]])
def test_hosts_of_token_endpoints_are_listed(hosts: list[str]) -> None:
    told = {"parameter": "accounts-server", "hosts": hosts}

    facts = ProviderFacts.model_validate({"tokenHostFrom": told})

    assert facts.token_host_from is not None
    assert facts.token_host_from.hosts == hosts


@pytest.mark.parametrize(
    "hosts",
    [
        [],
        ["a.example"] * 51,
        ["*.example"],
        ["https://a.example"],
        ["a.example:443"],
        ["a.example/x"],
        ["a.example\n"],
        ["A.example"],
        ["localhost"],
        ["-a.example"],
        ["a-.example"],
        ["a..example"],
        ["a.example."],
        ["b\u00fccher.de"],
        ["u@a.example"],
    ],
)
def test_what_is_no_host_name_is_not_listed(hosts: list[str]) -> None:
    with pytest.raises(ValidationError):
        ProviderFacts.model_validate({"tokenHostFrom": {"parameter": "host", "hosts": hosts}})
