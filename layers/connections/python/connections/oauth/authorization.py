"""The authorization request, and the checks on what comes back (RFC 6749 section 4.1)."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from connections.domain.flow import Flow
from connections.oauth.client import OAuthClient
from connections.oauth.pkce import challenge_parameters

LONGEST_CALLBACK = 8192


class CallbackRejected(Exception):
    """The callback breaks a rule and no call to the token endpoint is made for it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationResponse:
    """What the browser brought back, checked as far as it can be without the flow."""

    state: str = field(repr=False)
    parameters: Mapping[str, str] = field(repr=False)


def digest(secret: str) -> str:
    """Return the SHA-256 of a value that is found or compared again but never stored."""
    return sha256(secret.encode()).hexdigest()


def authorization_request(
    client: OAuthClient, *, redirect_uri: str, state: str, code_verifier: str | None
) -> str:
    """Return the URL that the browser is sent to (RFC 6749 section 4.1.1).

    Parameters join those that the authorize URL has; empty ones are dropped, and ours win over a
    fact of the same name.
    """
    parameters = {
        **client.facts.authorize_params,
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": redirect_uri,
        **({"scope": client.scopes} if client.scopes else {}),
        "state": state,
    }
    if code_verifier is not None:
        parameters |= challenge_parameters(code_verifier, client.pkce_method)
    parts = urlsplit(client.authorize_url)
    kept = [
        (k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k not in parameters
    ]
    query = urlencode(kept + [(name, value) for name, value in parameters.items() if value])
    return urlunsplit(parts._replace(query=query))


def parse_authorization_response(raw_query: str) -> AuthorizationResponse:
    """Parse the callback's raw query.

    Raises:
        CallbackRejected: it is too long, repeats a parameter (RFC 6749 section 3.1), or has no
            state.
    """
    if len(raw_query) > LONGEST_CALLBACK:
        raise CallbackRejected("callback-too-large")
    pairs = parse_qsl(raw_query, keep_blank_values=True)
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise CallbackRejected("repeated-parameter")
    if not parameters.get("state"):
        raise CallbackRejected("state-missing")
    return AuthorizationResponse(state=parameters["state"], parameters=parameters)


def authorization_code(
    response: AuthorizationResponse, flow: Flow, *, browser: str | None, now: datetime
) -> str:
    """Check the response against its flow and return the code.

    Raises:
        CallbackRejected: the flow has expired, another browser began it, another server answers
            (RFC 9207), or there is not exactly one of code and error.
        ConsentRefused: the server answered with an error (RFC 6749 section 4.1.2.1).
    """
    if now >= flow.expires_at:
        raise CallbackRejected("flow-expired")
    # Login CSRF (RFC 9700 section 4.7): the cookie shows that this browser began the flow.
    if not hmac.compare_digest(digest(browser or ""), flow.browser_digest):
        raise CallbackRejected("other-browser")
    parameters = response.parameters
    if flow.issuer is not None and parameters.get("iss", flow.issuer) != flow.issuer:
        raise CallbackRejected("issuer-mismatch")
    if "code" in parameters and "error" in parameters:
        raise CallbackRejected("code-and-error")
    if "error" in parameters:
        raise ConsentRefused(error_code(parameters["error"]))
    if not parameters.get("code"):
        raise CallbackRejected("code-missing")
    return parameters["code"]


# RFC 6749 section 4.1.2, RFC 9207 section 2, OpenID Connect Session Management section 2.
_OF_THE_PROTOCOL = frozenset(
    {"code", "state", "iss", "error", "error_description", "error_uri", "scope", "session_state"}
)


def callback_context(response: AuthorizationResponse, flow: Flow) -> dict[str, str]:
    """Return what the callback brought beside the protocol's own parameters.

    If the definition lists the names that it wants, no others are kept: a callback's query can be
    written by anybody who has the browser.
    """
    wanted = OAuthClient.of(flow.issuance).facts.context_parameters
    return {
        name: value
        for name, value in response.parameters.items()
        if name not in _OF_THE_PROTOCOL and (wanted is None or name in wanted)
    }


class ConsentRefused(Exception):
    """The authorization server answered with an error in place of a code."""

    def __init__(self, provider_error: str) -> None:
        super().__init__(provider_error)
        self.provider_error = provider_error


# RFC 6749 section 4.1.2.1, OpenID Connect Core section 3.1.2.6 and RFC 8707 section 2.
_AUTHORIZATION_ERRORS = frozenset(
    {
        "access_denied", "account_selection_required", "consent_required", "interaction_required",
        "invalid_request", "invalid_scope", "invalid_target", "login_required", "server_error",
        "temporarily_unavailable", "unauthorized_client", "unsupported_response_type",
    }
)  # fmt: skip


def error_code(unverified_error: str) -> str:
    """Return the error code if the standards know it: anybody can put anything there."""
    return unverified_error if unverified_error in _AUTHORIZATION_ERRORS else "unknown_error"
