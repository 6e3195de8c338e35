"""What no value does to a URL, whatever it is: two parsers must see the template's own server."""

from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connections_sdk.templates import TemplateFault, rendered, sample
from tests.hostile_values import HARMLESS, HOSTILE, NUMBERS

SHOP = "https://{{#shop}}.myshopify.com/admin/oauth/access_token"
DOMAIN = "https://{{#domain}}/oauth/token"


@given(st.text(max_size=300), st.text(max_size=300))
def test_a_value_is_never_repeated_in_words_about_it(text: str, value: str) -> None:
    with pytest.raises(TemplateFault) as refused:
        rendered(f"https://{{{{#a}}}}.example/{text}", {"a": f"{value}:hunter2"})

    assert "hunter2" not in str(refused.value)


LABELS = st.text("abz019.-ABZ", max_size=20)
NASTY = st.text(
    st.sampled_from("a1.-/\\@:?#%&=;[]{}\t\r\n\0 \u3002\uff0e\uff0f\u2044é"), max_size=12
)
VALUES = st.one_of(
    st.text(),
    NASTY,
    LABELS,
    st.sampled_from([*HOSTILE, *NUMBERS, *HARMLESS]),
    st.builds("{}{}".format, LABELS, NASTY),
    st.none(),
    st.integers(),
)
TEMPLATES = [
    (SHOP, "https", ".myshopify.com", None),
    (DOMAIN, "https", "", None),
    ("http://{{#a}}-{{#b}}.api.acme.example:8080/{{#c}}?{{#d}}#{{#e}}", "http",
     "-{}.api.acme.example", 8080),
    ("https://login.acme.example/{{#c}}/token?tenant={{#d}}", "https", "login.acme.example", None),
    ("HTTPS://id.{{#shop}}.Acme.example?x={{#shop}}", "https", ".acme.example", None),
]  # fmt: skip


SLOTS = ("shop", "domain", "a", "b", "c", "d", "e")


@given(st.sampled_from(TEMPLATES), st.fixed_dictionaries(dict.fromkeys(SLOTS, VALUES)))
@example(TEMPLATES[0], {**dict.fromkeys(SLOTS), "shop": "xn--bcher-kva"})
@example(TEMPLATES[0], {**dict.fromkeys(SLOTS), "shop": "XN--A"})
def test_no_value_whatsoever_changes_scheme_port_or_suffix(
    template: tuple[str, str, str, int | None], values: dict[str, object]
) -> None:
    text, scheme, suffix, port = template
    try:
        url = rendered(text, values)
    except TemplateFault:
        return
    parts, seen = urlsplit(url), httpx.URL(url)
    suffix = suffix.format(str(values["b"]).lower())
    # Of the second parser's what is looked up and connected to: `host` is for people, who read what
    # A-labels stand for (RFC 5890), if they stand for anything.
    for host in (parts.hostname, seen.raw_host.decode()):
        assert host
        assert host.endswith(suffix)
        assert host.isascii()
    assert (parts.scheme, seen.scheme, parts.port, seen.port) == (scheme, scheme, port, port)
    assert (parts.username, parts.password, seen.userinfo) == (None, None, b"")
    assert url.isascii()
    assert not set(url) & set(' \t\r\n\0\\<>"')
    # As many segments and parameters as the template has: no value adds one.
    assert parts.path.count("/") == urlsplit(sample(text)).path.count("/")
    assert parts.query.count("&") == parts.query.count("?") == 0
