"""Token revocation (RFC 7009)."""

from http import HTTPStatus

from connections.domain.failure import Failure, FailureKind
from connections.domain.grant import TokenSet
from connections.oauth.client import OAuthClient
from connections.oauth.messages import ServerRequest, ServerResponse, answered_object


def revocation_requests(client: OAuthClient, tokens: TokenSet) -> list[ServerRequest]:
    """Return the requests that end a token set: the refresh token first, then the access token.

    Many servers end everything with the refresh token; where one does not, the second request
    does (RFC 7009 section 2.1). Without a revocation endpoint there is nothing to send.
    """
    if client.revoke_url is None:
        return []
    named = [("refresh_token", tokens.refresh_token), ("access_token", tokens.access_token)]
    requests = []
    for hint, token in named:
        if token is not None:
            headers, form = client.authenticated({"token": token, "token_type_hint": hint})
            requests.append(ServerRequest(url=client.revoke_url, headers=headers, form=form))
    return requests


def revocation_failure(response: ServerResponse) -> Failure | None:
    """Return why a token was not revoked, or None.

    Any 2xx means that it does not work any more, also if it never did (RFC 7009 section 2.2).
    So does a refusal because the token is invalid, or of a kind that the server never revokes:
    trying again would change nothing.
    """
    if HTTPStatus(200) <= response.status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    if answered_object(response).get("error") in ("invalid_token", "unsupported_token_type"):
        return None
    return Failure(
        kind=FailureKind.WAIT,
        explanation=f"the revocation endpoint answered HTTP {response.status}",
        http_status=response.status,
    )
