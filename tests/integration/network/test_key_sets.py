"""Key sets over real sockets: what is asked, and what is read of which answer."""

import gzip
import json
import logging
import socket
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connections import __version__
from connections.adapters.key_sets import HttpKeySets
from connections.application.key_sets import KeySets
from connections.domain.errors import Unavailable
from connections.oauth.addresses import AllowedHosts
from connections.oauth.public_keys import public_jwk
from tests.integration.network.certificates import certificate
from tests.integration.network.servers import (
    Server,
    resetting,
    response,
    saying,
    serving,
    trickling,
)
from tests.tokens import Signer

SIGNER = Signer.ec("2026")
KEYS = [public_jwk(SIGNER.public_jwk)]
SET = json.dumps({"keys": [{"kty": "oct", "k": "AAAA"}, SIGNER.public_jwk]}).encode()
LARGEST = 256 * 1024


def fetch(server: Server, url: str | None = None, **options: Any) -> Sequence[Mapping[str, Any]]:
    sets: KeySets = HttpKeySets(hosts=AllowedHosts.parse(server.host), **options)
    return sets.fetch(url or server.url)


def test_a_set_is_asked_for_with_one_get() -> None:
    with serving(response(SET)) as server:
        assert fetch(server) == KEYS
    (received,) = server.received
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "GET /token?tenant=acme HTTP/1.1"
    assert sorted(line.lower() for line in lines[1:]) == sorted(
        [
            f"host: {server.host}",
            "accept: application/jwk-set+json, application/json",
            "accept-encoding: identity",
            "connection: keep-alive",
            f"user-agent: connections/{__version__}",
        ]
    )
    assert body == b""


def test_over_https_the_certificate_is_verified(tmp_path: Path) -> None:
    trusted, server_side = certificate(tmp_path, "localhost")
    with serving(response(SET), server_side) as server:
        url = f"https://{server.host}/keys"
        assert fetch(server, url, ssl_context=lambda: trusted) == KEYS
        with pytest.raises(Unavailable):
            fetch(server, url)


def test_a_set_may_have_256_kilobytes_compressed_or_not() -> None:
    largest = SET + b" " * (LARGEST - len(SET))
    with serving(response(largest)) as server:
        assert fetch(server) == KEYS
    zipped = gzip.compress(largest)
    with serving(response(zipped, "200 OK", "Content-Encoding: gzip")) as server:
        assert fetch(server) == KEYS


ZIPPED = gzip.compress(SET + b" " * LARGEST)
NO_SETS = {
    "too large": response(SET + b" " * LARGEST),
    "too large when decompressed": response(ZIPPED, "200 OK", "Content-Encoding: gzip"),
    "not compressed": response(SET, "200 OK", "Content-Encoding: gzip"),
    "no JSON": response(b"<html>"),
    "no set": response(json.dumps(SIGNER.public_jwk).encode()),
    "nothing": response(b""),
    "not found": response(SET, "404 Not Found"),
    "an error": response(SET, "500 Internal Server Error"),
    "no content": response(b"", "204 No Content"),
    "part of it": response(SET, "206 Partial Content"),
    "reset": resetting,
    "no answer": saying(b""),
    "half an answer": saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"),
    "no HTTP": saying(b"?"),
}


@pytest.mark.parametrize("answering", NO_SETS.values(), ids=NO_SETS)
def test_another_answer_is_none(answering: Any) -> None:
    with serving(answering) as server, pytest.raises(Unavailable) as caught:
        fetch(server)
    assert server.port
    assert str(server.port) not in str(caught.value)


def test_a_redirect_is_not_followed() -> None:
    with (
        serving(response(SET)) as target,
        serving(response(SET, "302 Found", f"Location: {target.url}")) as server,
        pytest.raises(Unavailable),
    ):
        fetch(server)
    assert target.connections == 0


def test_a_server_that_trickles_is_left_after_the_whole_time() -> None:
    with serving(trickling) as server, pytest.raises(Unavailable):
        fetch(server, time_limit=timedelta(milliseconds=150))


def test_a_closed_port_gives_nothing() -> None:
    with serving(response(SET)) as server:
        pass
    with pytest.raises(Unavailable):
        fetch(server)


@pytest.mark.parametrize(
    "url", ["http://keys.example/", "https://10.0.0.1/", "https://[::1]/", "file:///etc/passwd", ""]
)
def test_a_url_that_must_not_be_called_is_not_even_resolved(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", pytest.fail)
    with pytest.raises(Unavailable):
        HttpKeySets(hosts=AllowedHosts.parse("")).fetch(url)


def test_a_name_that_leads_inside_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(response(SET)) as server:
        found = [(2, 1, 6, "", ("127.0.0.1", server.port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        with pytest.raises(Unavailable):
            fetch(server, url=f"https://keys.example:{server.port}/")
    assert server.connections == 0


def test_the_log_tells_host_path_and_status(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with serving(response(SET)) as server:
        fetch(server)
    with pytest.raises(Unavailable):
        fetch(server)
    told = [vars(each) for each in caplog.records if each.message == "key-set-fetched"]
    assert [(each["host"], each["path"], each["httpStatus"], each["error"]) for each in told] == [
        ("localhost", "/token", 200, None),
        ("localhost", "/token", None, "ConnectError"),
    ]
    assert "tenant" not in repr(told)
