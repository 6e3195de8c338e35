"""Templates: text with slots such as `{{#domain}}`, into which the values of other inputs go.

A value never changes which server a URL leads to beyond what its template leaves open: scheme,
port and the host's suffix are the template's own, whatever was entered.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, urlsplit

LONGEST = 4000
"""Characters of a template, and of what it becomes: a slot may stand in it again and again."""
_LONGEST_HOST = 253
_SLOT = re.compile(r"(?<!\{)\{\{#([A-Za-z][A-Za-z0-9_-]{0,99})\}\}(?!\})")
_MARK = "\0"
"""Stands for a slot where a template is looked at as a whole; no template has it otherwise."""
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_URL = re.compile(r"(https?://)([^/?#]*)([^?#]*)(.*)", re.IGNORECASE)
_LIKE_A_URL = re.compile(r"\s*https?:", re.IGNORECASE)
_URL_CHARACTERS = re.compile(r"[!-\[\]-~\0]*")
_AUTHORITY = re.compile(r"([A-Za-z0-9.\0-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
# What ends in a number is an IPv4 address to a browser: 127.1, 2130706433, 0x7f.1 (WHATWG URL).
_NUMBER_AT_THE_END = re.compile(r"(?:.*\.)?(?:[0-9]+|0[xX][0-9a-fA-F]*)")

HOST_FAULT = (
    "must be a host name or a part of one: letters, digits, hyphens and dots, without https://,"
    " port or path"
)

_TOO_LONG = "is too long for the template that it is put into"


def open_host(text: str) -> tuple[str, ...]:
    """Return the slots of a URL's host that leave its domain open: `https://{{#domain}}/token`.

    None do where a domain of the template's own follows: `https://{{#shop}}.acme.example/token`.
    A top-level domain alone is nobody's own: `https://{{#company}}.com/token`.

    Raises:
        TemplateFault: the text is no template.
    """
    template = _Template.parse(text)
    parts = _URL.fullmatch(_MARK.join(template.literals))
    host = parts[2].partition(":")[0] if parts else ""
    suffix = host.rpartition(_MARK)[2]
    if _MARK not in host or "." in suffix.lstrip("."):
        return ()
    return template.slots[: template.places.count(_Place.HOST)]


class TemplateFault(ValueError):
    """A template, or a value that is put into one, breaks a rule; the words never quote a value."""

    def __init__(self, detail: str, culprit: str | None = None) -> None:
        super().__init__(detail)
        self.culprit = culprit
        """The input whose value is wrong; None if it is the text of the template."""


def slots(text: str) -> tuple[str, ...]:
    """Return the names of a template's slots in their order, each as often as it stands there.

    Raises:
        TemplateFault: the text is no template.
    """
    return _Template.parse(text).slots


def rendered(text: str, values: Mapping[str, object]) -> str:
    """Return the template with the values in its slots.

    In the host of a URL a value must be a host name or a part of one; in its path, query and
    fragment it is percent-encoded; anywhere else it is put in as it is.

    Raises:
        TemplateFault: the text is no template, or a value may not stand where its slot is.
    """
    template = _Template.parse(text)
    filled = [
        _fitting(slot, values.get(slot), place)
        for slot, place in zip(template.slots, template.places, strict=True)
    ]
    if len(text) + sum(map(len, filled)) > LONGEST:
        longest = template.slots[filled.index(max(filled, key=len))]
        raise TemplateFault(_TOO_LONG, longest)
    result = template.with_values(filled)
    _check_host(template, result)
    return result


def sample(text: str) -> str:
    """Return the template with a word in its slots: what is wrong with it, no value can mend.

    Raises:
        TemplateFault: it cannot be used whatever the values.
    """
    return rendered(text, dict.fromkeys(slots(text), "slot"))


class _Place(StrEnum):
    """Where a slot is: in plain text, or in which part of a URL."""

    PLAIN = "plain"
    HOST = "host"
    PATH = "path"
    REST = "query or fragment"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Template:
    """A template that was parsed: literals and, between them, slots in their places."""

    literals: tuple[str, ...]
    slots: tuple[str, ...]
    places: tuple[_Place, ...]

    @classmethod
    def parse(cls, text: str) -> "_Template":
        if len(text) > LONGEST:
            raise TemplateFault(f"must be at most {LONGEST} characters")
        if _CONTROL.search(text):
            raise TemplateFault("must not contain control characters")
        pieces = _SLOT.split(text)
        literals, names = tuple(pieces[::2]), tuple(pieces[1::2])
        if any("{{" in literal or "}}" in literal for literal in literals):
            raise TemplateFault(
                "must have {{ and }} only in slots such as {{#domain}}: the key of an input"
                " between {{# and }}, without spaces"
            )
        return cls(literals=literals, slots=names, places=_places(_MARK.join(literals)))

    def with_values(self, values: list[str]) -> str:
        pairs = zip(self.literals, [*values, ""], strict=True)
        return "".join(literal + value for literal, value in pairs)


def _places(skeleton: str) -> tuple[_Place, ...]:
    """Return the place of each slot of a template, whose slots are marks here."""
    if _LIKE_A_URL.match(skeleton) is None:
        head, scheme_end, _ = skeleton.partition("://")
        if scheme_end and _MARK in head and not re.search(r"\s", head):
            raise TemplateFault("must begin with https://, written out: a scheme has no slots")
        return (_Place.PLAIN,) * skeleton.count(_MARK)
    if _URL_CHARACTERS.fullmatch(skeleton) is None:
        raise TemplateFault(
            "must be ASCII, without spaces and backslashes: write other characters percent-encoded"
        )
    parts = _URL.fullmatch(skeleton)
    if parts is None:
        raise TemplateFault("must begin with https://, written out: a scheme has no slots")
    authority = _AUTHORITY.fullmatch(parts[2])
    if authority is None:
        raise TemplateFault(
            "must have a host of letters, digits, hyphens, dots and slots, and nothing more than a"
            " port in digits: neither a user name nor a slot in the port"
        )
    _check_suffix(authority[1])
    return (
        (_Place.HOST,) * parts[2].count(_MARK)
        + (_Place.PATH,) * parts[3].count(_MARK)
        + (_Place.REST,) * parts[4].count(_MARK)
    )


def _check_suffix(host: str) -> None:
    """Refuse a suffix of which a value could make another domain: `{{#shop}}acme.example`."""
    suffix = host.rpartition(_MARK)[2]
    if _MARK not in host or suffix == "" or suffix.startswith("."):
        return
    if "." not in suffix.partition(".")[2]:
        raise TemplateFault(
            "must have a dot between the last slot of the host and the domain that follows"
        )


def _fitting(slot: str, value: object, place: _Place) -> str:
    """Return a value as it goes into that place."""
    if value is None or value == "":
        if place is _Place.PLAIN:
            return ""
        raise TemplateFault("is required", slot)
    if not isinstance(value, str):
        raise TemplateFault("must be a string", slot)
    if len(value) > LONGEST:
        raise TemplateFault(_TOO_LONG, slot)
    if place is _Place.HOST:
        if len(value) > _LONGEST_HOST or _HOST_NAME.fullmatch(value) is None:
            raise TemplateFault(HOST_FAULT, slot)
        return value
    if _CONTROL.search(value):
        raise TemplateFault("must not contain control characters", slot)
    if place is _Place.PLAIN:
        return value
    # Dots are never encoded, and a segment of them leads to another path (RFC 3986 section 5.2.4).
    if place is _Place.PATH and value in {".", ".."}:
        raise TemplateFault("must not be dots alone: they lead to another path", slot)
    return quote(value, safe="")


def _check_host(template: _Template, url: str) -> None:
    """Look once more at what became of it: the parts of a host may be good, and the whole not."""
    in_host = template.places.count(_Place.HOST)
    if in_host == 0:
        return
    parts = _URL.fullmatch(url)
    host = parts[2].partition(":")[0] if parts else ""
    if (
        len(host) > _LONGEST_HOST
        or _HOST_NAME.fullmatch(host) is None
        or _NUMBER_AT_THE_END.fullmatch(host) is not None
        or urlsplit(url).hostname != host.lower()
    ):
        raise TemplateFault(
            "must make one host name with the rest of the template, of at most 253 characters, and"
            " no address made of numbers",
            template.slots[in_host - 1],
        )
