"""The cookie by which a browser is known between CONNECT and its return."""

from collections.abc import Sequence

from aws_lambda_powertools.shared.cookies import Cookie, SameSite

NAME = "__Host-connections-browser"
KEPT_SECONDS = 24 * 3600


def browser_of(cookies: Sequence[str]) -> str | None:
    """Return the browser's id from an event's cookies; None if it has none."""
    for cookie in cookies:
        name, _, value = cookie.partition("=")
        if name.strip() == NAME and value:
            return value
    return None


def browser_cookie(browser: str) -> Cookie:
    """Return the cookie: of this host alone, kept from scripts, sent on the way back."""
    return Cookie(
        name=NAME,
        value=browser,
        path="/",
        secure=True,
        http_only=True,
        same_site=SameSite.LAX_MODE,
        max_age=KEPT_SECONDS,
    )
