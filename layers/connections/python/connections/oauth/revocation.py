"""Token revocation (RFC 7009), and the question whether it took place (RFC 7662)."""

from dataclasses import replace
from datetime import datetime

from connections.domain.failure import Failure, FailureKind
from connections.domain.grant import TokenSet
from connections.oauth.client import OAuthClient
from connections.oauth.client_authentication import Form, authenticated
from connections.oauth.messages import ServerRequest, ServerResponse, answered_object
from connections.oauth.token_failure import told_error
from connections.oauth.token_response import says_failure
from connections_sdk.provider_facts import ClientAuthentication, ProviderFacts

_DEAD = frozenset({"invalid_token", "unsupported_token_type", "invalid_grant"})


def tokens_to_end(facts: ProviderFacts, tokens: TokenSet) -> list[tuple[str, str]]:
    """Return the kinds and values of the tokens that are revoked, in their order.

    The refresh token first: many servers end everything with it; where one does not, the access
    token's own revocation does (RFC 7009 section 2.1). As a bearer token only the latter is good.
    """
    held = tokens_held(tokens)
    bearer = facts.revoke_authentication == "bearer"
    wanted = "access_token" if bearer else facts.revoke_tokens
    return [(kind, token) for kind, token in held if kind == wanted] or held


def tokens_held(tokens: TokenSet) -> list[tuple[str, str]]:
    """Return the kinds and values of the tokens that there are."""
    named = [("refresh_token", tokens.refresh_token), ("access_token", tokens.access_token)]
    return [(kind, token) for kind, token in named if token is not None]


def revocation_requests(
    client: OAuthClient, tokens: TokenSet, *, now: datetime
) -> list[ServerRequest]:
    """Return the requests that end a token set; none without a revocation endpoint.

    Raises:
        Misconfigured: the endpoint's URL is not filled in, or there is no key to sign with.
    """
    url, facts = client.revoke_url, client.facts
    if url is None:
        return []
    return [
        _revocation(client, url, kind, token, now) for kind, token in tokens_to_end(facts, tokens)
    ]


def introspection_requests(
    client: OAuthClient, tokens: TokenSet, *, now: datetime
) -> list[ServerRequest]:
    """Return the requests that ask whether the tokens of a set still work (RFC 7662 section 2.1).

    Raises:
        Misconfigured: the endpoint's URL is not filled in, or there is no key to sign with.
    """
    url = client.introspect_url
    if url is None:
        return []
    return [
        _authenticated(client, url, {"token": token, "token_type_hint": kind}, None, now)
        for kind, token in tokens_held(tokens)
    ]


def _revocation(
    client: OAuthClient, url: str, kind: str, token: str, now: datetime
) -> ServerRequest:
    facts = client.facts
    if facts.revoke_authentication == "bearer":
        headers = {"accept": "application/json", "authorization": f"Bearer {token}"}
        headers |= client.headers()
        return ServerRequest(url=url, headers=headers, method=facts.revoke_method)
    hint = {"token_type_hint": kind} if facts.revoke_tokens == "both" else {}
    form = {facts.revoke_token_parameter: token, **hint}
    asked = _authenticated(client, url, form, facts.revoke_authentication, now)
    encoding = facts.revoke_request_format or facts.token_request_format
    return replace(asked, method=facts.revoke_method, json=encoding == "json")


def _authenticated(
    client: OAuthClient, url: str, form: Form, method: ClientAuthentication | None, now: datetime
) -> ServerRequest:
    method = method or client.facts.client_authentication
    headers, form = authenticated(client, form, method, now=now)
    headers |= client.headers()
    return ServerRequest(
        url=url,
        headers=headers,
        form=client.renamed(form),
        json=client.facts.token_request_format == "json",  # noqa: S105 - a format
    )


def revocation_failure(facts: ProviderFacts, response: ServerResponse) -> Failure | None:
    """Return why a token was not revoked, or None.

    A 2xx means that it does not work any more, also if it never did (RFC 7009 section 2.2), unless
    the answer says of itself that it is a failure. So does a refusal because the token is invalid,
    or of a kind that the server never revokes: trying again would change nothing.
    """
    answer = answered_object(response)
    said = told_error(facts, answer)
    if isinstance(said, str) and said in (_DEAD | set(facts.invalid_grant_synonyms)):
        return None
    if response.successful and not says_failure(facts, answer):
        return None
    refused = " and a failure" if response.successful else ""
    return Failure(
        kind=FailureKind.WAIT,
        explanation=f"the revocation endpoint answered HTTP {response.status}{refused}",
        http_status=response.status,
    )


def works(response: ServerResponse) -> bool | None:
    """Return what an introspection says: whether the token works; None if it does not say."""
    active = answered_object(response).get("active") if response.successful else None
    return active if isinstance(active, bool) else None
