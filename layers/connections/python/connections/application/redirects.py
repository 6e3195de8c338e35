"""Custom redirects: where a consent ends is entered by whoever makes what is consented to."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from connections.application.merge_patch import merged
from connections.domain.connection import Redirects
from connections.domain.errors import InvalidRequest, Problem
from connections.oauth.addresses import AllowedHosts
from connections_sdk.integrations import OAuthRedirects
from connections_sdk.places import faults_of, pointer

MEMBER = "oauthRedirects"


def redirect_problems(
    document: OAuthRedirects | None, hosts: AllowedHosts, *, at: str
) -> Iterator[Problem]:
    """Yield what forbids that a browser is sent where redirects lead; `at` is their place."""
    if document is None:
        return
    for name, uri in (("successUri", document.success_uri), ("failureUri", document.failure_uri)):
        fault = hosts.fault(uri) if uri is not None else None
        if fault is not None:
            yield Problem(f"{at}/{name}", fault)


def redirects_of(document: OAuthRedirects | None) -> Redirects | None:
    """Return the redirects that a document says, which was checked."""
    if document is None:
        return None
    return Redirects(
        enabled=document.enabled,
        success_uri=document.success_uri,
        failure_uri=document.failure_uri,
    )


def changed_redirects(
    former: Redirects | None, patch: Mapping[str, Any] | None, hosts: AllowedHosts
) -> Redirects | None:
    """Return redirects changed by a JSON merge patch (RFC 7396); None takes them away.

    Raises:
        InvalidRequest: what is then there does not hang together, or leads where nobody may be
            sent.
    """
    if not patch:
        return former if patch is not None else None
    stored = {} if former is None else document_of(former).model_dump(by_alias=True)
    try:
        document = OAuthRedirects.model_validate(merged(stored, patch))
    except ValidationError as error:
        faults = faults_of(error.errors(include_url=False, include_input=False))
        problems = [Problem(pointer((MEMBER, *place)), detail) for place, detail in faults]
    else:
        problems = list(redirect_problems(document, hosts, at=f"#/{MEMBER}"))
        if not problems:
            return redirects_of(document)
    raise InvalidRequest("The redirects do not fit.", problems)


def document_of(redirects: Redirects) -> OAuthRedirects:
    """Return redirects as their document."""
    return OAuthRedirects(
        enabled=redirects.enabled,
        success_uri=redirects.success_uri,
        failure_uri=redirects.failure_uri,
    )
