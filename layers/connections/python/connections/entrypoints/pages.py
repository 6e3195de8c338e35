"""The pages of the authorization flow: plain HTML without scripts, under a strict policy."""

import base64
import hashlib
from dataclasses import dataclass
from html import escape
from string import Template
from typing import Any
from urllib.parse import urlsplit

from aws_lambda_powertools.event_handler import Response

from connections.entrypoints.problems import ProblemDocument

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --paper: #fff; --ground: #eef1f5;
  --accent: #1f5fd6; --quiet: #5a6675; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf2; --paper: #1b2230;
  --ground: #10151f; --accent: #8ab4ff; --quiet: #a3afbf; } }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; color: var(--ink);
  background: var(--ground); font: 1.0625rem/1.55 system-ui, sans-serif; }
main { min-width: 0; max-width: 30rem; margin: 1.5rem; padding: 2.2rem 2.4rem;
  background: var(--paper);
  border-radius: 14px; box-shadow: 0 8px 30px rgb(0 0 0 / .12); }
h1, p { overflow-wrap: anywhere; }
h1 { font-size: 1.45rem; line-height: 1.25; margin: 0 0 .8rem; }
p { margin: 0 0 1rem; } p:last-child { margin-bottom: 0; }
.quiet { color: var(--quiet); font-size: .9rem; }
button { font: inherit; font-weight: 600; color: var(--paper); background: var(--accent);
  border: 2px solid transparent; border-radius: 9px; padding: .75rem 1.8rem; margin: .4rem 0 1.2rem;
  cursor: pointer; }
button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
"""
_STYLE_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

_PAGE = Template(
    """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>$title</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>$style</style></head>
<body><main><h1>$title</h1>
$body
</main></body>
</html>
"""
)


PAGE: dict[int, Any] = {
    200: {"description": "A page", "content": {"text/html": {"schema": {"type": "string"}}}}
}
REDIRECT: dict[int, Any] = {303: {"description": "The browser goes on to `Location`"}}
"""What the routes for browsers answer, beside pages that say what went wrong."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page's title and its body, which is HTML already."""

    title: str
    body: str
    status: int = 200
    form_action: str = "'none'"


def response(page: Page, headers: dict[str, str | list[str]] | None = None) -> Response[str]:
    """Return a page as an answer that is never kept, framed, or told about."""
    policy = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}'; form-action {page.form_action};"
        " frame-ancestors 'none'; base-uri 'none'"
    )
    text = _PAGE.substitute(title=escape(page.title), style=_STYLE, body=page.body)
    return Response(
        status_code=page.status,
        content_type="text/html; charset=utf-8",
        headers={**no_traces(), "Content-Security-Policy": policy, **(headers or {})},
        body=text,
    )


def see_other(location: str) -> Response[str]:
    """Return a redirect that the browser follows with GET (RFC 9110 section 15.4.4)."""
    return Response(status_code=303, headers={**no_traces(), "Location": location}, body="")


def no_traces() -> dict[str, str | list[str]]:
    """Return the headers that keep a page's address and content to its reader."""
    return {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def confirmation(
    *,
    authorization: str,
    token: str,
    connection: str,
    customer: str | None,
    definition: str,
    server_url: str,
) -> Page:
    """Return the page before the consent: what is about to be connected, and one button."""
    server = urlsplit(server_url)
    # Chromium holds the form's policy against the redirects behind it too. Which servers those
    # lead through is the provider's business, so every https address is allowed, and this one.
    origin = "" if server.scheme == "https" else f" {server.scheme}://{server.netloc}"
    return Page(
        title=f"Connect {connection}",
        form_action=f"'self' https:{origin}",
        body=_CONFIRMATION.substitute(
            customer=f" for <strong>{escape(customer)}</strong>" if customer else "",
            definition=escape(definition),
            server=escape(server.hostname or ""),
            authorization=escape(authorization),
            token=escape(token),
        ),
    )


_CONFIRMATION = Template(
    """<p>You are about to give this application access$customer through
<strong>$definition</strong>. You sign in and consent at <strong>$server</strong>; your password
stays there.</p>
<form method="post" action="/authorize">
<input type="hidden" name="authorization" value="$authorization">
<input type="hidden" name="token" value="$token">
<button type="submit">CONNECT</button>
</form>
<p class="quiet">If you did not expect this page, close it: nothing is connected until you
consent.</p>"""
)


def complete() -> Page:
    """Return the page after a consent that worked."""
    return Page(
        title="Authorization complete",
        body="<p>The connection is ready. You can close this page.</p>",
    )


def failed(code: str, explanation: str) -> Page:
    """Return the page after an authorization that did not work."""
    return Page(
        title="Not connected",
        status=400,
        body=f"<p>{escape(explanation)}</p>\n<p>{_NEXT}</p>\n"
        f"<p class='quiet'>Code: {escape(code)}</p>",
    )


_NEXT = (
    "You can close this page and begin again where you came from. If it happens again, tell"
    " whoever runs that application the code below: the connection's log says what to do."
)


def problem(document: ProblemDocument) -> Response[str]:
    """Return an error as a page, for who is not a program."""
    told = document.document
    title = "This link does not work" if told["code"] == "not-found" else told["title"]
    kept: dict[str, str | list[str]] = {
        name: value for name, value in document.headers.items() if name == "Retry-After"
    }
    return response(plain(title, told["detail"], document.status), kept)


def plain(title: str, explanation: str, status: int = 200) -> Page:
    """Return a page with one paragraph."""
    return Page(title=title, status=status, body=f"<p>{escape(explanation)}</p>")
