"""What a browser shows: a response with the forms and links of its HTML, scripts never run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

_VOID_INPUTS = frozenset({"reset", "button", "file"})
_BUTTON_INPUTS = frozenset({"submit", "image"})


@dataclass(frozen=True, slots=True)
class Button:
    """A submit button; its name and value are sent only when it is the one pressed."""

    text: str
    name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An anchor with its absolute URL."""

    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form as it stands on its page: absolute action, upper-case method, prefilled fields.

    `page_url` and `page_headers` are those of the page: they rule what a browser sends and where.
    """

    action: str
    method: str
    fields: Mapping[str, str]
    buttons: tuple[Button, ...]
    page_url: str
    page_headers: httpx.Headers = field(repr=False)

    def button(self, wanted: str) -> Button:
        """Return the button with this text, name or value.

        Raises: LookupError when the form has no such button.
        """
        for button in self.buttons:
            if wanted in (button.text, button.name, button.value):
                return button
        raise LookupError(f"no button {wanted!r} among {self.buttons}")


@dataclass(frozen=True)
class Page:
    """One answer. A status of 0 stands for a URL that the browser was told not to visit."""

    status: int
    url: str
    text: str = field(default="", repr=False)
    headers: httpx.Headers = field(default_factory=httpx.Headers, repr=False)

    @property
    def title(self) -> str:
        """The text of the title element."""
        return self._parsed.title.strip()

    @property
    def forms(self) -> tuple[Form, ...]:
        """The forms in the order of the page."""
        return tuple(self._parsed.forms)

    @property
    def form(self) -> Form:
        """The only form of the page.

        Raises: LookupError when there is none or more than one.
        """
        if len(self.forms) != 1:
            raise LookupError(f"{len(self.forms)} forms at {self.url} (status {self.status})")
        return self.forms[0]

    @property
    def links(self) -> tuple[Link, ...]:
        """The links in the order of the page."""
        return tuple(self._parsed.links)

    def link(self, text: str) -> Link:
        """Return the first link whose text contains this.

        Raises: LookupError when there is none.
        """
        for link in self.links:
            if text in link.text:
                return link
        raise LookupError(f"no link {text!r} at {self.url} (status {self.status})")

    @cached_property
    def _parsed(self) -> "_PageParser":
        parser = _PageParser(self.url, self.headers)
        if "html" in self.headers.get("Content-Type", ""):
            parser.feed(self.text)
            parser.close()
        return parser


class _PageParser(HTMLParser):
    """Collects title, links and forms; what is disabled or has no name is not sent."""

    def __init__(self, url: str, headers: httpx.Headers) -> None:
        super().__init__()
        self.title = ""
        self.links: list[Link] = []
        self.forms: list[Form] = []
        self._url = url
        self._headers = headers
        self._fields: dict[str, str] | None = None
        self._buttons: list[Button] = []
        self._form: dict[str, str] = {}
        self._open: dict[str, tuple[dict[str, str], list[str]]] = {}
        self._selected: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form, self._fields, self._buttons = attributes, {}, []
        elif tag == "input":
            self._input(attributes)
        elif tag in ("a", "button", "option", "textarea", "title"):
            if tag == "option":
                self._close("option")
            self._open[tag] = (attributes, [])
        elif tag == "select":
            self._open[tag], self._selected = (attributes, []), None

    def handle_data(self, data: str) -> None:
        for _, texts in self._open.values():
            texts.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._close("option")
        self._close(tag)
        if tag == "form" and self._fields is not None:
            self.forms.append(
                Form(
                    action=urljoin(self._url, self._form.get("action", "")),
                    method=self._form.get("method", "get").upper(),
                    fields=self._fields,
                    buttons=tuple(self._buttons),
                    page_url=self._url,
                    page_headers=self._headers,
                )
            )
            self._fields = None

    def _close(self, tag: str) -> None:
        if tag not in self._open:
            return
        attributes, texts = self._open.pop(tag)
        raw = "".join(texts)
        text = " ".join(raw.split())
        if tag == "title":
            self.title = text
        elif tag == "a" and "href" in attributes:
            self.links.append(Link(text, urljoin(self._url, attributes["href"])))
        elif tag == "button" and attributes.get("type", "submit") == "submit":
            self._button(attributes, text)
        elif tag == "textarea":
            self._field(attributes, raw.removeprefix("\n"))
        elif tag == "option" and (self._selected is None or "selected" in attributes):
            self._selected = attributes.get("value", text)
        elif tag == "select" and self._selected is not None:
            self._field(attributes, self._selected)

    def _input(self, attributes: dict[str, str]) -> None:
        kind = attributes.get("type", "text").lower()
        if kind in _BUTTON_INPUTS:
            self._button(attributes, attributes.get("value", ""))
        elif kind in ("checkbox", "radio"):
            if "checked" in attributes:
                self._field(attributes, attributes.get("value", "on"))
        elif kind not in _VOID_INPUTS:
            self._field(attributes, attributes.get("value", ""))

    def _button(self, attributes: dict[str, str], text: str) -> None:
        if self._fields is not None and "disabled" not in attributes:
            name, value = attributes.get("name", ""), attributes.get("value", "")
            self._buttons.append(Button(text, name, value))

    def _field(self, attributes: dict[str, str], value: str) -> None:
        name = attributes.get("name", "")
        if self._fields is not None and name and "disabled" not in attributes:
            self._fields[name] = value
