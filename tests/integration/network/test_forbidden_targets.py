"""Forbidden targets in every spelling: by literal, by name, by redirect. No connection is opened.

The resolver is the test's own, and what would open a connection is counted (OWASP SSRF; RFC 9700
section 4.11 for redirects).
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpcore
import pytest
from httpcore import SyncBackend

from connections.adapters.authorization_server import HttpAuthorizationServer
from connections.adapters.key_sets import HttpKeySets
from connections.application.ports import NotSent
from connections.domain.errors import Unavailable
from connections.oauth.addresses import AllowedHosts
from connections.oauth.messages import ServerRequest
from tests.integration.network.servers import Server, response, serving

NOWHERE = AllowedHosts(development=frozenset())
PUBLIC = "93.184.215.14"
LITERALS = [
    "https://127.0.0.1/",
    "https://127.0.0.1:443/token",
    "https://127.255.255.254/",
    "https://0.0.0.0/",
    "https://10.0.0.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://169.254.100.1:9001/2018-06-01/runtime/invocation/next",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://198.18.0.1/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[0:0:0:0:0:ffff:a9fe:a9fe]/",
    "https://[64:ff9b::127.0.0.1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[64:ff9b:1::1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:53aa:64c:0:fbff:80ff:fffe]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://[ff02::1]/",
    "http://127.0.0.1/",
    "http://acme.example/",
    "https://user@127.0.0.1/",
    "https://acme.example@127.0.0.1/",
    "https://127.0.0.1\\@acme.example/",
    "https://127。0。0。1/",
    "https://①②⑦.0.0.1/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "ftp://127.0.0.1/",
    "//127.0.0.1/",
]
"""What is refused by its text alone, or by what it is as an address."""
READ_BY_THE_SYSTEM = [
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://017700000001/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://127.0.1/",
    "https://0/",
    "https://127.0.0.1./",
    "https://localhost/",
    "https://LOCALHOST/",
    "https://localhost./",
]
"""What only the system's own resolver reads as an address of this machine."""
NAMES = {
    "loopback": ["127.0.0.1"],
    "the cloud's own metadata": ["169.254.169.254"],
    "private": ["10.1.2.3"],
    "shared": ["100.64.0.9"],
    "unspecified": ["0.0.0.0"],  # noqa: S104 - an address that is refused
    "loopback of IPv6": ["::1"],
    "mapped": ["::ffff:127.0.0.1"],
    "translated": ["64:ff9b::a00:1"],
    "unique local": ["fd00:ec2::254"],
    "link-local with a zone": ["fe80::1%eth0"],
    "group": ["ff02::1"],
    "first public, then private": [PUBLIC, "10.0.0.1"],
    "first private, then public": ["127.0.0.1", PUBLIC],
    "public, and loopback of IPv6": [PUBLIC, "::1"],
}
SPELLINGS = len(LITERALS) + len(READ_BY_THE_SYSTEM) + len(NAMES)
Opened = list[tuple[str, int]]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Every attempt to open a connection; each fails."""
    attempts: Opened = []

    def connect(_: SyncBackend, host: str, port: int, *_args: object) -> Any:
        attempts.append((host, port))
        raise httpcore.ConnectError("the test opens nothing")

    monkeypatch.setattr(SyncBackend, "connect_tcp", connect)
    monkeypatch.setattr(socket.socket, "connect", lambda _, to: attempts.append(to))
    return attempts


@contextmanager
def names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> Iterator[list[str]]:
    """Let every name lead to these addresses; what was asked for is in the list."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(0, socket.SOCK_STREAM, 0, "", (each, port)) for each in addresses]

    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", getaddrinfo)
        yield asked


def call(url: str, hosts: AllowedHosts = NOWHERE) -> None:
    request = ServerRequest(url=url, headers={}, form={"grant_type": "refresh_token"})
    deadline = datetime.now(UTC) + timedelta(seconds=30)
    HttpAuthorizationServer(hosts=hosts).send(request, deadline)


def test_sixty_spellings_are_tried() -> None:
    assert SPELLINGS >= 60


@pytest.mark.parametrize("url", [*LITERALS, *READ_BY_THE_SYSTEM])
def test_a_literal_is_never_connected_to(url: str, opened: Opened) -> None:
    with pytest.raises(NotSent):
        call(url)
    assert opened == []


@pytest.mark.parametrize("addresses", NAMES.values(), ids=NAMES)
def test_a_name_that_leads_inside_is_never_connected_to(
    addresses: list[str], opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    with names(monkeypatch, *addresses) as asked, pytest.raises(NotSent):
        call("https://acme.example/token")
    assert asked == ["acme.example"]
    assert opened == []


def test_a_name_is_resolved_once_and_what_was_checked_is_connected_to(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second answer could be another one: DNS rebinding finds nothing to rebind."""
    with names(monkeypatch, PUBLIC) as asked, pytest.raises(NotSent):
        call("https://acme.example/token")
    assert asked == ["acme.example"]
    assert opened == [(PUBLIC, 443)]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 Other", "307 Same", "308 Kept"])
@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/", "https://127.0.0.1/", "//[::1]/", "file:///etc/passwd"]
)
def test_a_redirect_leads_nowhere(status: str, target: str) -> None:
    with serving(response(b"", status, f"Location: {target}")) as server:
        call(server.url, AllowedHosts.parse(server.host))
        assert asked_of(server) == 1


def asked_of(server: Server) -> int:
    return len(server.received)


@pytest.mark.parametrize("url", LITERALS)
def test_a_key_set_is_not_fetched_from_there_either(url: str, opened: Opened) -> None:
    with pytest.raises(Unavailable):
        HttpKeySets(hosts=NOWHERE).fetch(url)
    assert opened == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1:3001", "localhost:3001", "[::1]:3001", "LOCALHOST:3001"]
)
def test_a_development_host_opens_that_port_and_no_other(host: str, opened: Opened) -> None:
    hosts = AllowedHosts.parse(host)
    with pytest.raises(NotSent):
        call(f"https://{host.rpartition(':')[0]}:3002/", hosts)
    assert opened == []
