"""The authorization request, and the checks on what comes back (RFC 6749 section 4.1)."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from connections.domain.flow import Flow
from connections.oauth.client import OAuthClient
from connections.oauth.digests import digest
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


def nonce(state: str) -> str:
    """Return the nonce of the flow that has this state (OpenID Connect Core section 15.5.2).

    It needs no storing: the state comes back, and nobody makes a nonce without it.
    """
    return digest(f"nonce {state}")


def authorization_request(
    client: OAuthClient, *, redirect_uri: str, state: str, code_verifier: str | None
) -> str:
    """Return the URL that the browser is sent to (RFC 6749 section 4.1.1).

    Parameters join those that the authorize URL has; empty ones are dropped, and ours win over a
    fact of the same name.

    Raises:
        Misconfigured: a value does not fit where the facts put it.
    """
    facts = client.facts
    parameters: dict[str, str | Sequence[str]] = {
        **client.filled(facts.authorize_params),
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": redirect_uri,
        "user_scope": client.user_scopes,
        "state": state,
        "nonce": nonce(state) if client.wants_id_token else "",
        # As many as there are (RFC 8707 section 2).
        "resource": facts.resource,
    }
    if code_verifier is not None:
        parameters |= challenge_parameters(code_verifier, client.pkce_method)
    parameters = {name: value for name, value in parameters.items() if value}
    if client.scopes or not facts.omit_empty_scope:
        parameters[facts.scope_parameter] = client.scopes
    parameters = client.renamed(parameters)
    parts = urlsplit(client.authorize_url)
    kept = [
        (k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k not in parameters
    ]
    query = urlencode([*kept, *parameters.items()], doseq=True)
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
            or the server does not say who it is though it promised to (RFC 9207 section 2.4), or
            there is not exactly one of code and error.
        ConsentRefused: the server answered with an error (RFC 6749 section 4.1.2.1).
    """
    if now >= flow.expires_at:
        raise CallbackRejected("flow-expired")
    # Login CSRF (RFC 9700 section 4.7): the cookie shows that this browser began the flow.
    if not hmac.compare_digest(digest(browser or ""), flow.browser_digest):
        raise CallbackRejected("other-browser")
    parameters = response.parameters
    client = OAuthClient.of(flow.issuance)
    if client.iss_promised and "iss" not in parameters:
        raise CallbackRejected("issuer-missing")
    if flow.issuer is not None and parameters.get("iss", flow.issuer) != flow.issuer:
        raise CallbackRejected("issuer-mismatch")
    code = parameters.get(client.facts.code_parameter)
    if code is not None and "error" in parameters:
        raise CallbackRejected("code-and-error")
    if "error" in parameters:
        raise ConsentRefused(error_code(parameters["error"]))
    if not code:
        raise CallbackRejected("code-missing")
    return code


# RFC 6749 section 4.1.2, RFC 9207 section 2, OpenID Connect Session Management section 2.
_OF_THE_PROTOCOL = frozenset(
    {"code", "state", "iss", "error", "error_description", "error_uri", "scope", "session_state"}
)


def callback_context(response: AuthorizationResponse, flow: Flow) -> dict[str, str]:
    """Return what the callback brought beside the protocol's own parameters.

    If the definition lists the names that it wants, no others are kept: a callback's query can be
    written by anybody who has the browser.
    """
    facts = OAuthClient.of(flow.issuance).facts
    wanted = facts.context_parameters
    always = facts.token_host_from.parameter if facts.token_host_from else None
    return {
        name: value
        for name, value in response.parameters.items()
        if name not in _OF_THE_PROTOCOL
        and name != facts.code_parameter
        and (wanted is None or name in wanted or name == always)
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
