"""What each end of a call leaves behind, exactly, and what reaches the server on the way."""

import gzip
import logging
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connections.adapters.authorization_server import HttpAuthorizationServer
from connections.application.ports import NoAnswer, NotSent
from connections.domain.failure import Failure, FailureKind
from connections.oauth.addresses import AllowedHosts
from connections.oauth.messages import ServerRequest, ServerResponse
from tests.integration.network.certificates import certificate
from tests.integration.network.servers import Server, response, saying, serving, trickling

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
SECRET = "refresh-token-8Lp3"
UNREACHABLE = Failure(kind=FailureKind.WAIT, explanation="the server could not be reached")
PRIVATE = Failure(kind=FailureKind.WAIT, explanation="the server's name leads to a private address")
TOO_LATE = Failure(kind=FailureKind.WAIT, explanation="there was too little time left to call it")
SILENT = Failure(kind=FailureKind.UNKNOWN, explanation="the server did not answer in time")

ENDED = Failure(kind=FailureKind.UNKNOWN, explanation="the connection ended without an answer")


def post(
    url: str, *allowed: str, left: timedelta = timedelta(minutes=1), **options: Any
) -> ServerResponse:
    """Send a request at noon, in an invocation that ends after so much time."""
    adapter = HttpAuthorizationServer(
        hosts=AllowedHosts(frozenset(allowed)), now=lambda: NOW, **options
    )
    form = {"grant_type": "refresh_token", "refresh_token": SECRET}
    return adapter.send(ServerRequest(url=url, headers={}, form=form), NOW + left)


def not_sent(url: str, *allowed: str, **options: Any) -> Failure:
    with pytest.raises(NotSent) as caught:
        post(url, *allowed, **options)
    assert caught.value.__cause__ is None
    return caught.value.failure


def resolve(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let names resolve to these addresses, and return the names that are asked for."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        if host in addresses:
            return real(host, port, *more, **named)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize(
    ("left", "failure"),
    [(timedelta(seconds=7.999), TOO_LATE), (timedelta(seconds=4), TOO_LATE)],
)
def test_too_little_time_opens_no_connection(left: timedelta, failure: Failure) -> None:
    with serving(response()) as server:
        assert not_sent(server.url, server.host, left=left) == failure
    assert server.connections == 0


def test_eight_seconds_are_enough_for_a_call() -> None:
    with serving(response()) as server:
        assert post(server.url, server.host, left=timedelta(seconds=8)).sent_at == NOW
    assert server.connections == 1


def test_the_failure_of_a_trickle_is_exactly_this() -> None:
    with serving(trickling) as server, pytest.raises(NoAnswer) as caught:
        post(server.url, server.host, time_limit=timedelta(seconds=0.15))
    assert caught.value.failure == SILENT
    assert caught.value.__cause__ is None
    assert len(server.received) == 1


def test_the_failure_of_a_closed_port_is_exactly_this() -> None:
    with serving(response()) as server:
        pass
    assert not_sent(server.url, server.host) == UNREACHABLE


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1"])
def test_a_private_address_opens_no_connection_whatever_else_the_name_has(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    with serving(response()) as server:
        asked = resolve(monkeypatch, "93.184.216.34", address)
        url = f"https://provider.example:{server.port}/token"
        assert not_sent(url) == PRIVATE
    assert (asked, server.connections) == (["provider.example"], 0)


def test_the_name_goes_into_the_host_header_and_the_tls_handshake(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    trusted, server_side = certificate(tmp_path, "provider.example")
    names: list[str | None] = []
    server_side.sni_callback = lambda _socket, name, _context: names.append(name)
    with serving(response(), server_side) as server:
        asked = resolve(monkeypatch, "127.0.0.1")
        host = f"provider.example:{server.port}"
        answer = post(f"https://{host}/token", host, ssl_context=lambda: trusted)
    assert (answer.status, asked, names) == (200, ["provider.example"], ["provider.example"])
    assert f"\r\nHost: {host}\r\n".encode() in server.received[0]


def test_a_certificate_that_nobody_trusts_fails_before_the_request(tmp_path: Path) -> None:
    _, server_side = certificate(tmp_path, "localhost")
    with serving(response(), server_side) as server:
        failure = not_sent(f"https://{server.host}/token", server.host)
    assert (failure, server.connections, server.received) == (UNREACHABLE, 1, [])


def test_the_environment_brings_neither_a_proxy_nor_credentials(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login intruder password intruder\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with serving(response()) as proxy, serving(response()) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://{proxy.host}")
        post(server.url, server.host)
    assert (proxy.connections, server.connections) == (0, 1)
    assert b"authorization" not in server.received[0].lower()


def test_every_call_has_a_connection_of_its_own() -> None:
    keeping = saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\n{}")
    with serving(keeping) as server:
        for _ in range(2):
            post(server.url, server.host)
    assert (server.connections, len(server.received)) == (2, 2)


def test_a_compressed_answer_that_breaks_off_on_the_way_is_no_answer() -> None:
    body = gzip.compress(b'{"access_token": "a"}')
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
    with serving(saying(head.encode() + body[:-9])) as server, pytest.raises(NoAnswer) as caught:
        post(server.url, server.host)
    assert caught.value.failure == ENDED


def test_the_log_of_a_failure_holds_no_query_and_no_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(saying(b"")) as server, pytest.raises(NoAnswer):
        post(server.url, server.host)
    (record,) = [each for each in caplog.records if each.name.startswith("connections")]
    told = vars(record)
    assert (told["host"], told["path"], told["httpStatus"]) == ("localhost", "/token", None)
    assert told["error"] == "RemoteProtocolError"
    assert isinstance(told["milliseconds"], int)
    assert SECRET not in caplog.text + repr(told)
    assert "tenant" not in caplog.text + repr(told)


def test_the_answer_and_the_server_keep_what_they_hold_out_of_sight() -> None:
    with serving(response()) as server:
        answer = post(server.url, server.host)
    assert isinstance(server, Server)
    assert repr(answer) == f"ServerResponse(status=200, sent_at={NOW!r})"


@pytest.mark.parametrize("label", ["xn--a", "XN--0"])
def test_a_name_whose_punycode_stands_for_nothing_is_not_reached(label: str) -> None:
    assert not_sent(f"https://{label}.provider.example/token") == UNREACHABLE


@pytest.mark.parametrize("target", ["https://xn--a/", "http://[::1/", "https://ok.example/"])
def test_a_redirect_is_an_answer_wherever_it_leads(target: str) -> None:
    with serving(response(b"{}", "302 Found", f"Location: {target}")) as server:
        assert post(server.url, server.host).status == 302


def test_a_token_that_can_stand_in_no_header_is_not_sent() -> None:
    with serving(response()) as server:
        adapter = HttpAuthorizationServer(hosts=AllowedHosts.parse(server.host), now=lambda: NOW)
        request = ServerRequest(url=server.url, headers={"authorization": "Bearer t\u00f6ken"})
        with pytest.raises(NotSent) as caught:
            adapter.send(request, NOW + timedelta(minutes=1))
    assert server.received == []
    assert caught.value.failure == UNREACHABLE
    assert caught.value.__cause__ is None
