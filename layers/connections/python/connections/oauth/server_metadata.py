"""What an authorization server says of itself (RFC 8414, OpenID Connect Discovery 1.0)."""

from collections.abc import Mapping
from typing import Any, TypeGuard
from urllib.parse import urlsplit, urlunsplit

from connections.oauth.messages import ServerRequest, ServerResponse, answered_object

SECONDS = 5
"""The longest that reading it may take: somebody waits for a page."""
LONGEST = 2000
"""Characters of an address: a grant keeps them, and its item must fit."""
_OPENID = "/.well-known/openid-configuration"
_OAUTH = "/.well-known/oauth-authorization-server"
_NAMES = {
    "authorizeUrl": "authorization_endpoint",
    "tokenUrl": "token_endpoint",
    "revokeUrl": "revocation_endpoint",
    "introspectUrl": "introspection_endpoint",
    "userinfoUrl": "userinfo_endpoint",
}
ENDPOINTS = frozenset(_NAMES)
"""What metadata may tell, by the names of inputs."""
ISS_PROMISED = "issPromised"
"""Whether every authorization response has `iss` (RFC 9207 section 3)."""


class NoMetadata(Exception):
    """What was read is not the metadata of the server that was asked; the words say why."""


def metadata_urls(issuer: str) -> tuple[str, ...]:
    """Return where the metadata of an issuer may be.

    OpenID Connect Discovery 1.0 section 4 appends to the issuer's path, RFC 8414 section 3.1
    puts it before that.
    """
    parts = urlsplit(issuer)
    path = parts.path.rstrip("/")
    appended = parts._replace(path=path + _OPENID)
    inserted = parts._replace(path=_OAUTH + path)
    return urlunsplit(appended), urlunsplit(inserted)


def metadata_request(url: str) -> ServerRequest:
    """Return the request for metadata (RFC 8414 section 3.1)."""
    headers = {"accept": "application/json"}
    return ServerRequest(url=url, headers=headers, method="GET", seconds=SECONDS)


def server_metadata(response: ServerResponse, url: str, issuer: str | None) -> Mapping[str, Any]:
    """Return what a definition may leave out, by the names of inputs, and `issuer`.

    The issuer must be the one that was expected, or the one of which `url` is the place: else one
    server could speak for another (RFC 8414 section 3.3).

    Raises:
        NoMetadata: it is no metadata, or of another issuer.
    """
    if not response.successful:
        raise NoMetadata(f"the server's metadata answered HTTP {response.status}")
    told = answered_object(response)
    said = told.get("issuer")
    if not _text(said):
        raise NoMetadata("the server's metadata cannot be read")
    if said != issuer if issuer is not None else not _is_place(url, said):
        raise NoMetadata("the server's metadata is of another issuer")
    endpoints = {name: told[theirs] for name, theirs in _NAMES.items() if _text(told.get(theirs))}
    promised = told.get("authorization_response_iss_parameter_supported") is True
    return {**endpoints, "issuer": said, ISS_PROMISED: promised}


def _is_place(url: str, issuer: str) -> bool:
    try:
        return url in metadata_urls(issuer)
    except ValueError:  # it is no URL
        return False


def _text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= LONGEST
