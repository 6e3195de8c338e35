"""Which URLs may be called or shown at all."""

import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connections.oauth.addresses import AllowedHosts, public

NOWHERE = AllowedHosts(development=frozenset())

NOT_A_URL = "is not a URL"
NOT_HTTPS = "must be an https URL"
ODD_CHARACTERS = "must not contain spaces, control characters or backslashes"
NOT_ASCII = "must be ASCII: write other characters percent-encoded"
USER = "must not contain a user name or password"
PRIVATE = "must not name a private address"

FORBIDDEN = {
    NOT_A_URL: [
        "https://acme.example:99999/",
        "https://acme.example:-1/",
        "https://acme.example:port/",
        "https://[::1/",
        "https://::1]/",
        "https://[127.0.0.1]/",
        "https://[evil.example]/",
        "https://evil.example\uff0f.acme.example/",
        "https://evil\uff20acme.example/",
    ],
    NOT_HTTPS: [
        "",
        "acme.example",
        "//acme.example/token",
        "/token",
        "https:acme.example",
        "https:/acme.example",
        "https:///token",
        "https://",
        "https://:443/",
        "https://?acme.example",
        "http://acme.example/",
        "HTTP://acme.example/",
        "http://127.0.0.1/",
        "ftp://acme.example/",
        "file:///etc/passwd",
        "file://acme.example/etc/passwd",
        "gopher://acme.example/",
        "javascript:alert(1)",
        "javascript://acme.example/%0aalert(1)",
        "data:text/html,hello",
        "ws://acme.example/",
        "wss://acme.example/",
        "httpss://acme.example/",
        "jar:https://acme.example/",
    ],
    NOT_ASCII: [
        "https://bücher.example/",
        "https://acme.example/ü",
        "https://acme.example/\x80",
        "https://acme.example/\u00a0",
        "https://acme.example/\u2028",
        "https://\uff11\uff12\uff17.0.0.1/",
        "https://127\u30020\u30020\u30021/",
        "https://user@bücher.example/",
    ],
    ODD_CHARACTERS: [
        " https://acme.example/",
        "https://acme.example/ ",
        "https://acme.example/a b",
        "https://acme.example/\x00",
        "https://acme.example/\r\nHost: evil.example",
        "ht\ntps://acme.example/",
        "https://acme\t.example/",
        "https://acme.example/\x7f",
        "https://acme.example/\x1f",
        "https://acme.example\\.evil.example/",
        "https://evil.example\\@acme.example/",
        "https://acme.example/\\",
    ],
    USER: [
        "https://user@acme.example/",
        "https://user:password@acme.example/",
        "https://@acme.example/",
        "https://:@acme.example/",
        "https://:password@acme.example/",
        "https://acme.example@evil.example/",
        "https://acme.example:443@127.0.0.1/",
        "https://acme.example%2f@127.0.0.1/",
    ],
    PRIVATE: [
        "https://127.0.0.1/",
        "https://127.0.0.1:8443/",
        "https://127.255.255.254/",
        "https://0.0.0.0/",
        "https://10.0.0.1/",
        "https://172.16.0.1/",
        "https://172.31.255.255/",
        "https://192.168.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://169.254.170.2/v2/credentials",
        "https://100.64.0.1/",
        "https://198.18.0.1/",
        "https://192.0.2.1/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "HTTPS://127.0.0.1/",
        "https://[::]/",
        "https://[::1]/",
        "https://[0:0:0:0:0:0:0:1]:8443/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::FFFF:7F00:1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://[64:ff9b::10.0.0.1]/",
        "https://[64:ff9b:1::1]/",
        "https://[2002:7f00:1::]/",
        "https://[2001:0:53aa:64c::1]/",
        "https://[fe80::1]/",
        "https://[fe80::1%25eth0]/",
        "https://[fc00::1]/",
        "https://[fd00:ec2::254]/",
        "https://[ff02::1]/",
        "https://[2001:db8::1]/",
    ],
}


@pytest.mark.parametrize(
    ("url", "fault"), [(url, fault) for fault, urls in FORBIDDEN.items() for url in urls]
)
def test_a_forbidden_url_is_told_from_an_allowed_one(url: str, fault: str) -> None:
    assert NOWHERE.fault(url) == fault


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.example",
        "https://acme.example/",
        "HTTPS://ACME.example/Token",
        "https://acme.example:8443/token",
        "https://login.acme.example/a;b/c?d=e&f=%20#g",
        "https://xn--bcher-kva.example/",
        "https://acme.example/@user",
        "https://acme.example/?to=http://127.0.0.1/",
        "https://acme.example/!",
        "https://acme.example/~",
        "https://8.8.8.8/",
        "https://8.8.8.8:8443/",
        "https://[2606:4700:4700::1111]/",
        "https://[::ffff:8.8.8.8]/",
        "https://[64:ff9b::8.8.8.8]/",
    ],
)
def test_https_to_a_name_or_a_public_address_is_allowed(url: str) -> None:
    assert NOWHERE.fault(url) is None


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "017700000001",
        "0x7f000001",
        "0X7F000001",
        "127.1",
        "127.0.1",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f.1",
        "10.1",
        "0xa9fea9fe",
        "2852039166",
        "0251.0376.0251.0376",
        "192.168.257",
        "0",
        "0x0",
    ],
)
def test_a_spelling_that_only_resolvers_understand_leads_to_what_is_not_public(host: str) -> None:
    resolved = socket.inet_ntoa(socket.inet_aton(host))

    assert not public(resolved)


@given(st.text())
@settings(deadline=None)
def test_any_text_is_judged_without_a_crash(url: str) -> None:
    fault = NOWHERE.fault(url)

    assert fault in {NOT_A_URL, NOT_HTTPS, NOT_ASCII, ODD_CHARACTERS, USER, PRIVATE, None}
    assert fault is not None or url.lower().startswith("https://")
