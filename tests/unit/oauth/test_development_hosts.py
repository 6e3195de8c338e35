"""The named hosts of a development machine: exactly those, at exactly their ports."""

import pytest

from connections.oauth.addresses import AllowedHosts

NOWHERE = AllowedHosts(development=frozenset())
DEVELOPMENT = AllowedHosts.parse("localhost:8080, Provider.Example:443 ,,127.0.0.1:9000")

NOT_A_URL = "is not a URL"
NOT_HTTPS = "must be an https URL"
ODD_CHARACTERS = "must not contain spaces, control characters or backslashes"
USER = "must not contain a user name or password"
PRIVATE = "must not name a private address"


def test_the_setting_names_pairs_in_any_case() -> None:
    assert DEVELOPMENT.development == {"localhost:8080", "provider.example:443", "127.0.0.1:9000"}


@pytest.mark.parametrize("setting", ["", " ", ",", " , ,"])
def test_an_empty_setting_names_no_host(setting: str) -> None:
    assert AllowedHosts.parse(setting) == NOWHERE


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8080/token",
        "https://localhost:8080/token",
        "http://LOCALHOST:8080/token",
        "https://provider.example/token",
        "https://provider.example:443/token",
        "http://provider.example:443/token",
        "http://127.0.0.1:9000/token",
    ],
)
def test_a_development_host_may_be_called_at_its_port(url: str) -> None:
    assert DEVELOPMENT.fault(url) is None


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://localhost/token", NOT_HTTPS),
        ("http://localhost:8081/token", NOT_HTTPS),
        ("http://localhost.:8080/token", NOT_HTTPS),
        ("http://evil.localhost:8080/token", NOT_HTTPS),
        ("http://localhost:80800/token", NOT_A_URL),
        ("http://provider.example/token", NOT_HTTPS),
        ("http://provider.example:80/token", NOT_HTTPS),
        ("https://127.0.0.1/token", PRIVATE),
        ("https://127.0.0.1:9001/token", PRIVATE),
        ("http://127.0.0.2:9000/token", NOT_HTTPS),
        ("http://[::1]:8080/token", NOT_HTTPS),
        ("ftp://localhost:8080/token", NOT_HTTPS),
        ("http://user@localhost:8080/token", USER),
        ("http://localhost:8080/ token", ODD_CHARACTERS),
        ("http://localhost:8080/\\token", ODD_CHARACTERS),
        ("http://evil.example/?localhost:8080", NOT_HTTPS),
    ],
)
def test_nothing_else_of_a_development_machine_may_be_called(url: str, fault: str) -> None:
    assert DEVELOPMENT.fault(url) == fault
    assert NOWHERE.fault(url) is not None


def test_the_default_ports_are_443_and_80() -> None:
    assert AllowedHosts.parse("localhost:80").fault("http://localhost/") is None
    assert AllowedHosts.parse("localhost:80").fault("https://127.0.0.1/") == PRIVATE
    assert AllowedHosts.parse("127.0.0.1:443").fault("https://127.0.0.1/") is None
    assert AllowedHosts.parse("127.0.0.1:443").fault("http://127.0.0.1/") == NOT_HTTPS


def test_a_development_host_is_exactly_host_and_port() -> None:
    assert DEVELOPMENT.development_host("LocalHost", 8080)
    assert not DEVELOPMENT.development_host("localhost", 808)
    assert not DEVELOPMENT.development_host("ocalhost", 8080)
    assert not NOWHERE.development_host("localhost", 8080)
