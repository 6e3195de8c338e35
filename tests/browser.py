"""A test client that behaves as a person's browser does, without running scripts.

It keeps cookies per host, follows redirects from server to server, remembers every answer and
fills in forms. Everything it does goes through httpx, so a transport can stand in for the network.
"""

from collections.abc import Iterator
from fnmatch import fnmatch
from http import HTTPStatus
from http.cookiejar import CookieJar as StandardCookieJar
from http.cookiejar import DefaultCookiePolicy
from types import TracebackType
from typing import Self
from urllib.parse import urlencode, urljoin, urlsplit

import httpx

from tests.cookie_jar import CookieJar
from tests.page import Button, Form, Page

MAX_REDIRECTS = 20
_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_KEEPS_METHOD = (HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT)
_REDIRECTS = (
    HTTPStatus.MOVED_PERMANENTLY,
    HTTPStatus.FOUND,
    HTTPStatus.SEE_OTHER,
    *_KEEPS_METHOD,
)


class FormActionBlockedError(Exception):
    """The page's Content-Security-Policy does not let its form lead to this URL."""


class Browser:
    """One person's browser: a cookie jar and a history.

    `visited` holds every answer, redirects included, in order. A redirect or link whose URL begins
    with `stop_at` is not visited: the page handed back then has that URL and the status 0.
    """

    def __init__(
        self,
        *,
        stop_at: str | None = None,
        transport: httpx.BaseTransport | None = None,
        timeout: float = 10.0,
    ) -> None:
        self.stop_at = stop_at
        self.cookies = CookieJar()
        self.visited: list[Page] = []
        # The client's own jar must neither keep nor send anything beside ours.
        refusing = StandardCookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self._client = httpx.Client(
            transport=transport,
            timeout=timeout,
            cookies=refusing,
            follow_redirects=False,
            trust_env=False,
            headers={"Accept": _ACCEPT, "User-Agent": "Mozilla/5.0 (test browser)"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, url: str) -> Page:
        """Open a URL, as by typing it or following a link, and return where that ends.

        Raises: httpx.TooManyRedirects after `MAX_REDIRECTS` of them.
        """
        return self._walk("GET", url)

    def submit(self, form: Form, button: Button | str | None = None, **fields: str) -> Page:
        """Fill in the fields, press the button (by default the first) and return where that ends.

        Raises: LookupError for a field or button that the form does not have;
            FormActionBlockedError where the page's policy forbids a URL on the way;
            httpx.TooManyRedirects after `MAX_REDIRECTS` of them.
        """
        unknown = fields.keys() - form.fields.keys()
        if unknown:
            raise LookupError(f"no field {sorted(unknown)} in the form to {form.action}")
        values = {**form.fields, **fields, **_pressed(form, button)}
        if form.method == "POST":
            return self._walk("POST", form.action, form, values)
        return self._walk("GET", f"{form.action.partition('?')[0]}?{urlencode(values)}", form)

    def _walk(
        self, method: str, url: str, form: Form | None = None, body: dict[str, str] | None = None
    ) -> Page:
        origin = _origin(form) if form and method == "POST" else None
        for _ in range(MAX_REDIRECTS + 1):
            if form and not _form_action_allows(form, url):
                raise FormActionBlockedError(f"the form at {form.page_url} may not lead to {url}")
            if self.stop_at and url.startswith(self.stop_at):
                return Page(0, url)
            page = self._ask(method, url, body, origin)
            location = page.headers.get("Location")
            if page.status not in _REDIRECTS or location is None:
                return page
            target = urljoin(url, location)
            if page.status not in _KEEPS_METHOD:
                method, body, origin = "GET", None, None
            elif origin is not None and _origin_of(target) != _origin_of(url):
                origin = "null"  # as Chromium does, seen in 156
            url = target
        raise httpx.TooManyRedirects(f"more than {MAX_REDIRECTS} redirects, the last to {url}")

    def _ask(self, method: str, url: str, body: dict[str, str] | None, origin: str | None) -> Page:
        sent_url = url.partition("#")[0]
        headers = {}
        if cookie_header := self.cookies.header(sent_url):
            headers["Cookie"] = cookie_header
        if origin is not None:
            headers["Origin"] = origin
        response = self._client.request(method, sent_url, data=body, headers=headers)
        self.cookies.keep(sent_url, response.headers.get_list("Set-Cookie"))
        page = Page(response.status_code, url, response.text, response.headers)
        self.visited.append(page)
        return page


def _pressed(form: Form, button: Button | str | None) -> dict[str, str]:
    """Return what the pressed button adds to the fields."""
    if isinstance(button, str):
        button = form.button(button)
    elif button is None:
        # Pressing Enter presses the first submit button (HTML, implicit submission).
        button = form.buttons[0] if form.buttons else None
    return {button.name: button.value} if button is not None and button.name else {}


def _origin(form: Form) -> str:
    """Return the Origin that a POST of this form carries (Fetch, "append a request Origin").

    A page with `Referrer-Policy: no-referrer` posts with `Origin: null`, also to its own server.
    """
    policy = form.page_headers.get("Referrer-Policy", "").rpartition(",")[2].strip().lower()
    same_origin = _origin_of(form.page_url) == _origin_of(form.action)
    if policy == "no-referrer" or (policy == "same-origin" and not same_origin):
        return "null"
    return _origin_of(form.page_url)


def _form_action_allows(form: Form, url: str) -> bool:
    """Say whether each policy of the page lets its form lead to the URL (CSP, "form-action").

    Chromium asks this of every redirect after the submission too (seen in 156).
    """
    return all(
        any(_source_matches(source, form, url) for source in sources)
        for sources in _form_action_sources(form)
    )


def _form_action_sources(form: Form) -> Iterator[list[str]]:
    for policy in ",".join(form.page_headers.get_list("Content-Security-Policy")).split(","):
        for directive in policy.split(";"):
            name, *sources = directive.split() or [""]
            if name.lower() == "form-action":
                yield sources


def _source_matches(source: str, form: Form, url: str) -> bool:
    """Match one source of a policy; the path of a source is left out of account."""
    if source == "'self'":
        return _origin_of(url) == _origin_of(form.page_url)
    if source == "*" or (source.endswith(":") and url.startswith(source)):
        return True
    return fnmatch(_origin_of(url), _origin_of(source))


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
