"""The pages a browser is shown, with the headers each must carry."""

import secrets
from typing import Any

from flask import Response, render_template


def page(template: str, *, status: int = 200, **values: Any) -> Response:
    """A page that loads nothing, is framed by nobody and tells nobody where it was."""
    nonce = secrets.token_urlsafe(16)
    response = Response(
        render_template(template, nonce=nonce, **values), status=status, mimetype="text/html"
    )
    # NOTE: no form-action: browsers apply it to the redirect that follows a form as well, and
    # that one leads to the client.
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    # The address holds the authorization request (RFC 9700 section 4.2.4).
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
