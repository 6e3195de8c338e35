"""The cookies of a person's browser: RFC 6265bis, as far as a loopback test needs it.

Cookies belong to a host and not to a port: http://127.0.0.1:3000 and http://127.0.0.1:3001 share
them. Chromium takes loopback for trustworthy, so `Secure` and `__Host-` cookies are kept and sent
there over plain http; the jars of httpx and `http.cookiejar` do not do that. SameSite is not
modelled.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urlsplit

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """One kept cookie. `expires_at` is in seconds since the epoch, None for a session cookie."""

    name: str
    value: str = field(repr=False)
    host: str
    path: str
    secure: bool
    http_only: bool
    expires_at: float | None

    def belongs_to(self, url: SplitResult) -> bool:
        """Say whether a request for the URL carries this cookie (RFC 6265 section 5.4)."""
        if self.secure and not _is_trustworthy(url):
            return False
        return self.host == url.hostname and _path_matches(url.path or "/", self.path)


class CookieJar:
    """What one browser keeps, over all the hosts it has visited."""

    def __init__(self) -> None:
        self._cookies: dict[tuple[str, str, str], Cookie] = {}

    def keep(self, url: str, set_cookie_lines: Iterable[str]) -> None:
        """Take in the `Set-Cookie` lines of a response from the URL; unfit ones are dropped."""
        for line in set_cookie_lines:
            cookie = _parse(line, urlsplit(url))
            if cookie is None:
                continue
            key = (cookie.host, cookie.path, cookie.name)
            if cookie.expires_at is not None and cookie.expires_at <= time.time():
                self._cookies.pop(key, None)
            else:
                self._cookies[key] = cookie

    def for_url(self, url: str) -> list[Cookie]:
        """Return the live cookies that a request for the URL carries, longest path first."""
        parts, now = urlsplit(url), time.time()
        live = (c for c in self._cookies.values() if c.expires_at is None or c.expires_at > now)
        return sorted((c for c in live if c.belongs_to(parts)), key=lambda c: -len(c.path))

    def header(self, url: str) -> str:
        """Return the `Cookie` header for a request for the URL, empty when there is nothing."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.for_url(url))


def _parse(line: str, url: SplitResult) -> Cookie | None:
    """Read one `Set-Cookie` line (RFC 6265 section 5.2); None for what a browser refuses."""
    pair, *attribute_texts = line.split(";")
    name, separator, value = (part.strip() for part in pair.partition("="))
    attributes = dict(_attribute(text) for text in attribute_texts)
    path = attributes.get("path", "")
    host = url.hostname or ""
    cookie = Cookie(
        name=name,
        value=value,
        host=host,
        path=path if path.startswith("/") else _default_path(url.path),
        secure="secure" in attributes,
        http_only="httponly" in attributes,
        expires_at=_expiry(attributes),
    )
    domain = attributes.get("domain", "").lstrip(".").lower()
    # Loopback hosts have no parent domain: a Domain attribute fits only when it is the host.
    if not name or not separator or domain not in ("", host):
        return None
    if cookie.secure and not _is_trustworthy(url):
        return None
    return cookie if _prefix_holds(cookie, domain, path) else None


def _attribute(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip().lower(), value.strip()


def _prefix_holds(cookie: Cookie, domain: str, path: str) -> bool:
    """Check the `__Host-` and `__Secure-` promises (RFC 6265bis section 4.1.3)."""
    name = cookie.name.lower()
    if name.startswith("__host-"):
        return cookie.secure and not domain and path == "/"
    return cookie.secure or not name.startswith("__secure-")


def _expiry(attributes: dict[str, str]) -> float | None:
    """Return when the cookie ends; Max-Age comes before Expires."""
    max_age = attributes.get("max-age", "")
    if max_age.removeprefix("-").isdigit():
        return time.time() + int(max_age)
    try:
        return parsedate_to_datetime(attributes["expires"]).timestamp()
    except (KeyError, ValueError):
        return None


def _default_path(url_path: str) -> str:
    return url_path.rpartition("/")[0] or "/"


def _path_matches(request_path: str, cookie_path: str) -> bool:
    if request_path == cookie_path:
        return True
    return request_path.startswith(cookie_path.rstrip("/") + "/")


def _is_trustworthy(url: SplitResult) -> bool:
    return url.scheme == "https" or url.hostname in LOOPBACK_HOSTS
