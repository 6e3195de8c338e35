"""The authorization endpoint: what may be asked, the consent page and the answer."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from flask import Request, Response

from local.demo_provider.account import ADA
from local.demo_provider.clients import Client
from local.demo_provider.page import page
from local.demo_provider.server import DemoAuthorizationServer
from local.demo_provider.state import ProviderState, RequestParameters

RESPONSE_MODES = ("query", "form_post")
_FORM_FIELDS = {"consent", "decision"}
_SINGLE_PARAMETERS = ("response_type", "scope", "state", "response_mode")


class AuthorizationRefused(Exception):
    """The request must be refused on a page: there is no redirect URI to be trusted."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationEndpoint:
    """Answers `GET /authorize` with the consent page and `POST /authorize` with a redirect."""

    issuer: str
    state: ProviderState
    server: DemoAuthorizationServer

    def respond(self, request: Request, *, deny: bool) -> Response:
        """The consent page, or the authorization response as a redirect.

        With `deny` consent is refused without asking.

        Raises:
            AuthorizationRefused: when client or redirect URI are not known, or the answer to
                the consent page is not one that was asked for.
        """
        client, redirect_uri = self._redirection_target(request)
        try:
            _check_response_type_and_mode(request)
            grant = self.server.get_consent_grant(end_user=ADA)
        except OAuth2Error as error:
            # RFC 6749 section 4.1.2.1: the client hears of everything but an error in its
            # own identifier or redirect URI. authlib leaves some of them without a redirect.
            error.redirect_uri = redirect_uri
            error.state = request.values.get("state")
            return self._with_issuer(self.server.handle_error_response(None, error))
        if request.method != "POST" and not deny:
            return self._ask(request, client)
        allowed = request.method == "POST" and self._decision(request) == "allow"
        with self.state.lock:
            owner = ADA if allowed and not deny else None
            response = self.server.create_authorization_response(grant_user=owner, grant=grant)
        return self._with_issuer(response, after_form=request.method == "POST")

    def as_requested(self, request: Request, response: Response) -> Response:
        """The redirect, as a form that posts itself if the request asked for `form_post`.

        OAuth 2.0 Form Post Response Mode, section 2.
        """
        if not response.location or request.values.get("response_mode") != "form_post":
            return response
        _, redirect_uri = self._redirection_target(request)
        # What authlib added comes after the redirect URI's own query.
        own = len(_query(redirect_uri))
        answered = _query(response.location)[own:]
        return page("form_post.html", redirect_uri=redirect_uri, parameters=answered)

    def _redirection_target(self, request: Request) -> tuple[Client, str]:
        for name in ("client_id", "redirect_uri"):
            if len(request.values.getlist(name)) > 1:
                raise AuthorizationRefused("invalid_request", f"{name} is given more than once.")
        client = self.state.client(request.values.get("client_id", ""))
        if client is None:
            raise AuthorizationRefused("invalid_client", "This client is not registered here.")
        redirect_uri = request.values.get("redirect_uri") or client.get_default_redirect_uri()
        if redirect_uri is None or not client.check_redirect_uri(redirect_uri):
            raise AuthorizationRefused(
                "invalid_request", "This redirect URI is not registered for the client."
            )
        return client, redirect_uri

    def _ask(self, request: Request, client: Client) -> Response:
        parameters = _parameters(request)
        scope = client.get_allowed_scope(request.values.get("scope")) or ""
        return page(
            "consent.html",
            client=client.display_name,
            scopes=scope.split(),
            account=ADA.email,
            parameters=parameters,
            consent=self.state.ask_consent(parameters),
        )

    def _decision(self, request: Request) -> str:
        # RFC 6749 section 10.12 asks for this at the authorization endpoint too: another site
        # must not be able to say "allow". NOTE: it is bound to the request and not to a
        # browser, for want of a session: every visitor is the same account.
        consent = request.form.get("consent", "")
        if not self.state.answer_consent(consent, _parameters(request)):
            raise AuthorizationRefused(
                "invalid_request", "This page was answered before, changed or is too old."
            )
        decision = request.form.get("decision", "")
        if decision not in ("allow", "deny"):
            raise AuthorizationRefused("invalid_request", "Neither allowed nor denied.")
        return decision

    def _with_issuer(self, response: Response, *, after_form: bool = False) -> Response:
        # RFC 9207 section 2: success and error alike say who they are from.
        response.location = add_params_to_uri(response.location, [("iss", self.issuer)])
        if after_form:
            # RFC 9700 section 4.12: 303, so that the form is not sent on to the client.
            response.status_code = 303
        return response


def _query(uri: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(uri).query, keep_blank_values=True)


def _parameters(request: Request) -> RequestParameters:
    named = {name: values for name, values in request.values.lists() if name not in _FORM_FIELDS}
    return tuple(sorted((name, value) for name, values in named.items() for value in values))


def _check_response_type_and_mode(request: Request) -> None:
    # Here and not left to authlib, which puts an unknown response type into the description
    # and fails on characters that may not stand there.
    given: Any = request.values
    for name in _SINGLE_PARAMETERS:
        if len(given.getlist(name)) > 1:
            raise InvalidRequestError(f"Multiple '{name}' in request.")
    if not given.get("response_type"):
        raise InvalidRequestError("Missing 'response_type' in request.")
    if given["response_type"] != "code":
        raise OAuth2Error(error="unsupported_response_type")
    if given.get("response_mode", "query") not in RESPONSE_MODES:
        raise InvalidRequestError("Unsupported 'response_mode'.")
