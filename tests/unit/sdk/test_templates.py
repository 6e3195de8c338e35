"""Templates: what one is, and what its values become in each place."""

from urllib.parse import urlsplit

import pytest

from connections_sdk.templates import HOST_FAULT, LONGEST, TemplateFault, rendered, sample, slots
from tests.hostile_values import HARMLESS, HOSTILE, NUMBERS

SHOP = "https://{{#shop}}.myshopify.com/admin/oauth/access_token"
DOMAIN = "https://{{#domain}}/oauth/token"
IS_REQUIRED = "is required"
ONE_HOST_NAME = (
    "must make one host name with the rest of the template, of at most 253 characters, and no"
    " address made of numbers"
)


def fault(text: str, **values: object) -> tuple[str, str | None]:
    with pytest.raises(TemplateFault) as refused:
        rendered(text, values)
    return str(refused.value), refused.value.culprit


def no_template(text: str) -> str:
    with pytest.raises(TemplateFault) as refused:
        slots(text)
    assert refused.value.culprit is None
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ()),
        ("no slot", ()),
        ("{ } {# } a{b}c", ()),
        ("{{#a}}", ("a",)),
        (DOMAIN, ("domain",)),
        ("{{#a}}{{#b}}-{{#a}}", ("a", "b", "a")),
        ("{{#API_key-2}}", ("API_key-2",)),
        ("{{#" + "a" * 100 + "}}", ("a" * 100,)),
    ],
)
def test_a_template_names_inputs_in_its_slots(text: str, names: tuple[str, ...]) -> None:
    assert slots(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "{{a}}", "{{ #a }}", "{{#a }}", "{{# a}}", "{{#}}", "{{}}", "{{", "}}", "{{#a", "#a}}",
        "{{#a}", "{#a}}", "{{{#a}}}", "{{{#a}}", "{{#a}}}", "{{{{#a}}}}", "{{#1a}}", "{{#a.b}}",
        "{{#a/b}}", "{{/a}}", "{{^a}}", "{{&a}}", "{{>a}}", "{{#a}}{{/a}}", "{{#é}}", "{{#a}} }}",
        "{{#{{#a}}}}", "{{#" + "a" * 101 + "}}", "https://{{domain}}/", "{{#a}}{{",
    ],
)  # fmt: skip
def test_whatever_else_has_double_braces_is_no_template(text: str) -> None:
    assert no_template(text) == (
        "must have {{ and }} only in slots such as {{#domain}}: the key of an input between {{#"
        " and }}, without spaces"
    )


def test_a_template_has_at_most_4000_characters_and_none_that_controls() -> None:
    assert slots("x" * LONGEST) == ()
    assert no_template("x" * (LONGEST + 1)) == "must be at most 4000 characters"
    for character in "\0\t\n\r\x1f\x7f\x85\u2028\ud800":
        assert no_template(f"{{{{#a}}}}{character}") == "must not contain control characters"


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        (SHOP, {"shop": "acme"}, "https://acme.myshopify.com/admin/oauth/access_token"),
        (DOMAIN, {"domain": "login.acme.example"}, "https://login.acme.example/oauth/token"),
        ("HTTPS://{{#a}}", {"a": "x"}, "HTTPS://x"),
        ("http://{{#a}}:8080", {"a": "x"}, "http://x:8080"),
        ("https://{{#a}}-{{#b}}.x.example?c={{#b}}", {"a": "1", "b": "2"},
         "https://1-2.x.example?c=2"),
        ("https://id.{{#a}}", {"a": "x.example"}, "https://id.x.example"),
        ("https://{{#dc}}api.mail.example/", {"dc": "us1."[:3]}, "https://us1api.mail.example/"),
        ("https://x.example/{{#tenant}}/token", {"tenant": "a/b?c#d@e:f%2f é"},
         "https://x.example/a%2Fb%3Fc%23d%40e%3Af%252f%20%C3%A9/token"),
        ("https://[::1]:1/{{#a}}", {"a": "..."}, "https://[::1]:1/..."),
        ("https://x.example/?a={{#a}}&b={{#b}}#{{#a}}", {"a": "&c=1", "b": ".."},
         "https://x.example/?a=%26c%3D1&b=..#%26c%3D1"),
        ("{{#user}}: {{#role}}!", {"user": "a/b {{#c}}", "role": "é?"}, "a/b {{#c}}: é?!"),
        ("{{#user}}", {}, ""),
        ("<{{#user}}>", {"user": ""}, "<>"),
        ("see {{#a}} at https://x.example", {"a": "b"}, "see b at https://x.example"),
        ("sql://{{#host}}:1", {"host": "a@b"}, "sql://a@b:1"),
        ("none", {"none": "x"}, "none"),
        ("https://x.example/", {}, "https://x.example/"),
    ],
)  # fmt: skip
def test_values_stand_where_their_slots_are(
    text: str, values: dict[str, str], expected: str
) -> None:
    assert rendered(text, values) == expected


@pytest.mark.parametrize("value", HARMLESS)
def test_a_host_name_or_a_part_of_one_fits_a_host(value: str) -> None:
    assert rendered(SHOP, {"shop": value}).startswith(f"https://{value}.myshopify.com/")


def test_there_are_more_than_60_hostile_values_and_each_once() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) > 60


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("text", [SHOP, DOMAIN, "https://{{#domain}}", "https://id.{{#shop}}:444"])
def test_a_hostile_value_is_refused_in_a_host(text: str, value: str) -> None:
    (name,) = slots(text)

    assert fault(text, **{name: value}) == (HOST_FAULT, name)


@pytest.mark.parametrize("value", NUMBERS)
def test_no_host_is_made_an_address(value: str) -> None:
    assert fault(DOMAIN, domain=value) == (ONE_HOST_NAME, "domain")
    assert fault("https://a.{{#b}}:1/{{#c}}", b=value, c="c") == (ONE_HOST_NAME, "b")
    assert urlsplit(rendered(SHOP, {"shop": value})).hostname == f"{value.lower()}.myshopify.com"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("https://{{#a}}{{#b}}.example/", {"a": "x" * 40, "b": "x" * 24}),
        ("https://{{#a}}.example/", {"a": ".".join(["x" * 49] * 5)}),
    ],
)
def test_what_good_parts_make_must_be_a_host_too(text: str, values: dict[str, str]) -> None:
    assert fault(text, **values)[0] == ONE_HOST_NAME


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, IS_REQUIRED), ("", IS_REQUIRED), (5, "must be a string"),
        (True, "must be a string"), (["a"], "must be a string"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("text", [SHOP, "https://x.example/{{#shop}}", "https://x/?{{#shop}}"])
def test_a_url_needs_a_text_for_each_slot(text: str, value: object, told: str) -> None:
    assert fault(text, shop=value) == (told, "shop")


def test_plain_text_takes_no_other_value_than_text() -> None:
    assert fault("{{#a}}", a=5) == ("must be a string", "a")


@pytest.mark.parametrize("text", ["{{#a}}", "https://x.example/{{#a}}", "https://x.example?{{#a}}"])
@pytest.mark.parametrize("value", ["\0", "a\nb", "\r\n", "\t", "\x7f", "\x9f", "\u2029", "\udfff"])
def test_no_control_characters_get_anywhere(text: str, value: str) -> None:
    assert fault(text, a=value) == ("must not contain control characters", "a")


@pytest.mark.parametrize("value", [".", ".."])
def test_dots_alone_lead_to_no_other_path(value: str) -> None:
    assert fault("https://x.example/{{#a}}/token", a=value) == (
        "must not be dots alone: they lead to another path",
        "a",
    )


TOO_LONG = "is too long for the template that it is put into"


def test_what_a_template_becomes_is_bounded_however_often_a_value_stands_in_it() -> None:
    text = "{{#a}}" * 10 + "{{#b}}"

    assert len(rendered(text, {"a": "x" * 300, "b": "y"})) == 3001
    assert fault(text, a="x" * 400, b="y") == (TOO_LONG, "a")
    assert fault("{{#a}}", a="x" * (LONGEST + 1)) == (TOO_LONG, "a")


@pytest.mark.parametrize(
    "text",
    [
        "{{#scheme}}://x.example", "http{{#s}}://x.example", "https:{{#a}}", "https:/{{#a}}",
        "{{#a}}{{#b}}://", "https:",
    ],
)  # fmt: skip
def test_a_scheme_has_no_slots(text: str) -> None:
    assert no_template(text) == "must begin with https://, written out: a scheme has no slots"


@pytest.mark.parametrize(
    "text",
    [
        "https://{{#a}}@x.example/", "https://a:{{#b}}@x.example/", "https://a@{{#b}}.example/",
        "https://x.example:{{#port}}/", "https://x.example:4{{#port}}/", "https:///{{#a}}",
        "https://{{#a}}:{{#b}}/", "https://[{{#a}}]/", "https://{{#a}}:x/", "https://:1/{{#a}}",
        "https://%41{{#a}}/", "https://{{#a}}_b.example/", "https://a@b/{{#c}}",
    ],
)  # fmt: skip
def test_user_names_and_ports_have_no_slots(text: str) -> None:
    assert no_template(text) == (
        "must have a host of letters, digits, hyphens, dots and slots, and nothing more than a"
        " port in digits: neither a user name nor a slot in the port"
    )


@pytest.mark.parametrize(
    "text",
    [
        " https://{{#a}}/", "https://{{#a}}/ ", "https://é{{#a}}/", "https://{{#a}}\\x",
        "https://x.example\\{{#a}}", "https://{{#a}}/é", "\u00a0https://{{#a}}",
    ],
)  # fmt: skip
def test_a_url_is_written_in_ascii_without_spaces_and_backslashes(text: str) -> None:
    assert no_template(text) == (
        "must be ASCII, without spaces and backslashes: write other characters percent-encoded"
    )


@pytest.mark.parametrize(
    "text", ["https://{{#a}}shop.example/", "https://{{#a}}com", "https://{{#a}}-shop.example"]
)
def test_a_suffix_of_which_a_value_makes_another_domain_is_refused(text: str) -> None:
    assert no_template(text) == (
        "must have a dot between the last slot of the host and the domain that follows"
    )


def test_a_sample_has_a_word_in_each_slot() -> None:
    assert sample("https://{{#a}}.x.example/{{#b}}") == "https://slot.x.example/slot"
    with pytest.raises(TemplateFault, match="one host name"):
        sample("https://{{#a}}..example/")
