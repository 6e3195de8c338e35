"""Calls to authorization servers over real sockets: what is sent, and what each end means."""

import gzip
import logging
import socket
import ssl
import time
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connections import __version__
from connections.adapters.authorization_server import HttpAuthorizationServer
from connections.adapters.guarded_request import default_ssl_context
from connections.application.ports import NoAnswer, NotSent
from connections.domain.failure import FailureKind
from connections.oauth.addresses import AllowedHosts
from connections.oauth.messages import ServerRequest, ServerResponse
from tests.integration.network.certificates import certificate
from tests.integration.network.servers import (
    Server,
    resetting,
    response,
    saying,
    serving,
    trickling,
)

FORM = {"grant_type": "refresh_token", "refresh_token": "the token & its+secret"}
LARGEST = 256 * 1024


def in_a_while() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=30)


def post(server: Server, url: str | None = None, **options: Any) -> ServerResponse:
    adapter = HttpAuthorizationServer(hosts=AllowedHosts.parse(server.host), **options)
    request = ServerRequest(
        url=url or server.url, headers={"authorization": "Basic abc"}, form=FORM
    )
    return adapter.send(request, in_a_while())


def test_the_request_is_one_form_encoded_post() -> None:
    with serving(response()) as server:
        before = datetime.now(UTC)
        answer = post(server)
    (received,) = server.received
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /token?tenant=acme HTTP/1.1"
    assert sorted(line.lower() for line in lines[1:]) == sorted(
        [
            f"host: {server.host}",
            "accept: */*",
            "accept-encoding: identity",
            "authorization: basic abc",
            "connection: keep-alive",
            f"content-length: {len(body)}",
            "content-type: application/x-www-form-urlencoded",
            f"user-agent: connections/{__version__}",
        ]
    )
    assert body == b"grant_type=refresh_token&refresh_token=the+token+%26+its%2Bsecret"
    assert (answer.status, answer.body) == (200, b'{"access_token":"a"}')
    assert before <= answer.sent_at <= datetime.now(UTC)


def test_names_of_headers_are_in_lower_case() -> None:
    with serving(response(b"{}", "429 Slow down", "Retry-After: 7")) as server:
        answer = post(server)
    assert (answer.status, answer.headers["retry-after"]) == (429, "7")


def test_a_redirect_is_not_followed() -> None:
    with (
        serving(response()) as target,
        serving(response(b"", "307 Go", f"Location: {target.url}")) as server,
    ):
        assert post(server).status == 307
    assert target.connections == 0


@pytest.mark.parametrize(("size", "kept"), [(LARGEST, LARGEST), (LARGEST + 1, 0)])
def test_a_body_may_have_256_kilobytes(size: int, kept: int) -> None:
    with serving(response(b"x" * size)) as server:
        assert len(post(server).body) == kept


@pytest.mark.parametrize(
    ("body", "encoding", "read"),
    [
        (gzip.compress(b"{}"), "gzip", b"{}"),
        (zlib.compress(b"{}"), "deflate", b"{}"),
        (gzip.compress(b"x" * LARGEST), "gzip", b"x" * LARGEST),
        (gzip.compress(b"x" * 50_000_000), "gzip", b""),
        (b"not compressed", "gzip", b""),
        (b"{}", "identity", b"{}"),
    ],
    ids=["gzip", "deflate", "at the limit", "a bomb", "a lie", "identity"],
)
def test_a_compressed_body_is_read_up_to_the_limit(body: bytes, encoding: str, read: bytes) -> None:
    with serving(response(body, "200 OK", f"Content-Encoding: {encoding}")) as server:
        assert post(server).body == read


def test_a_server_that_trickles_is_left_after_the_whole_time() -> None:
    with serving(trickling) as server, pytest.raises(NoAnswer) as caught:
        post(server, time_limit=timedelta(milliseconds=150))
    assert caught.value.failure.kind is FailureKind.UNKNOWN
    assert len(server.received) == 1


@pytest.mark.parametrize(
    "answering",
    [
        resetting,
        saying(b""),
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"),
        saying(b"?"),
    ],
    ids=["reset", "nothing", "half an answer", "no HTTP"],
)
def test_what_was_sent_and_not_answered_is_unknown(answering: Any) -> None:
    with serving(answering) as server, pytest.raises(NoAnswer) as caught:
        post(server)
    assert caught.value.failure.kind is FailureKind.UNKNOWN


def test_a_closed_port_is_not_sent_to() -> None:
    with serving(response()) as server:
        pass
    with pytest.raises(NotSent) as caught:
        post(server)
    assert caught.value.failure.kind is FailureKind.WAIT


def test_a_name_that_does_not_resolve_is_not_sent_to(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with serving(response()) as server, pytest.raises(NotSent):
        post(server)
    assert server.connections == 0


def test_a_name_without_addresses_is_not_sent_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [])
    with serving(response()) as server, pytest.raises(NotSent):
        post(server)


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"], ["::1"], ["93.184.216.34", "127.0.0.1"]],
)
def test_a_name_that_leads_inside_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    with serving(response()) as server:
        found = [(2, 1, 6, "", (address, server.port)) for address in addresses]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        with pytest.raises(NotSent) as caught:
            post(server, url=f"https://provider.example:{server.port}/token")
    assert "private address" in caught.value.failure.explanation
    assert server.connections == 0


def test_a_url_that_must_not_be_called_is_not_even_resolved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", pytest.fail)
    with serving(response()) as server, pytest.raises(NotSent):
        post(server, url="http://provider.example/token")


def test_the_next_address_is_tried_where_one_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(response()) as server:
        found = [(2, 1, 6, "", (each, server.port)) for each in ("127.0.0.2", "127.0.0.1")]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        assert post(server).status == 200


@pytest.mark.parametrize(("seconds", "sent"), [(7.9, False), (8.5, True)])
def test_nothing_is_sent_that_could_not_be_stored(seconds: float, sent: bool) -> None:
    with serving(response()) as server:
        adapter = HttpAuthorizationServer(hosts=AllowedHosts.parse(server.host))
        request = ServerRequest(url=server.url, headers={}, form=FORM)
        deadline = datetime.now(UTC) + timedelta(seconds=seconds)
        if sent:
            assert adapter.send(request, deadline).status == 200
        else:
            with pytest.raises(NotSent):
                adapter.send(request, deadline)
    assert len(server.received) == sent


def test_time_that_is_over_before_the_request_is_written_sends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serving(response()) as server:
        resolve = socket.getaddrinfo

        def slowly(*arguments: Any, **named: Any) -> Any:
            time.sleep(0.05)
            return resolve(*arguments, **named)

        monkeypatch.setattr(socket, "getaddrinfo", slowly)
        with pytest.raises(NotSent):
            post(server, time_limit=timedelta(milliseconds=20))
    assert server.received == []


def test_tls_is_verified_against_the_name(tmp_path: Path) -> None:
    trusted, server_side = certificate(tmp_path, "localhost")
    with serving(response(), server_side) as server:
        url = f"https://{server.host}/token"
        assert post(server, url, ssl_context=lambda: trusted).status == 200
        with pytest.raises(NotSent):
            post(server, url)
    assert len(server.received) == 1


def test_a_certificate_of_another_name_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    trusted, server_side = certificate(tmp_path, "other.example")
    with serving(response(), server_side) as server, pytest.raises(NotSent):
        post(server, f"https://{server.host}/token", ssl_context=lambda: trusted)
    assert server.received == []


def test_the_log_tells_host_path_and_status_and_no_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    with serving(response()) as server:
        post(server)
    (record,) = [each for each in caplog.records if each.message == "authorization-server-called"]
    told = vars(record)
    assert (told["host"], told["path"], told["httpStatus"]) == ("localhost", "/token", 200)
    assert (told["method"], told["grantType"], told["error"]) == ("POST", "refresh_token", None)
    for secret in ("secret", "tenant", "Basic", "access_token"):
        assert secret not in repr({**told, "processName": "", "threadName": ""})


def test_the_default_trust_is_the_bundle_of_the_package() -> None:
    context = default_ssl_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context is default_ssl_context()
