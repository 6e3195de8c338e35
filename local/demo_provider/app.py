"""The demo provider as a Flask application."""

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from flask import Flask, Response, jsonify, request

from local.demo_provider.account import ADA
from local.demo_provider.authorize import (
    RESPONSE_MODES,
    AuthorizationEndpoint,
    AuthorizationRefused,
)
from local.demo_provider.clients import ClientAuthMethod
from local.demo_provider.control import control_surface
from local.demo_provider.faults import Endpoint, Fault, FaultKind, Faults, answer_without_acting
from local.demo_provider.ledger import Answer, Ledger
from local.demo_provider.page import page
from local.demo_provider.server import DemoAuthorizationServer
from local.demo_provider.state import ProviderState, TokenKind


def create_app(issuer: str, *, clock: Callable[[], float] = time.time) -> Flask:
    """A new provider with no clients, known as `issuer`, a loopback or https URL.

    `clock` tells the seconds since the epoch.

    Raises:
        ValueError: when `issuer` is not a URL an authorization server may have.
    """
    # NOTE: AUTHLIB_INSECURE_TRANSPORT stays unset: it would switch the check off for the whole
    # process, and authlib takes plain HTTP on loopback as it is (RFC 8252 section 7.3).
    metadata = _metadata(issuer)
    lock = threading.RLock()
    state = ProviderState(clock=clock, lock=lock)
    faults, ledger = Faults(lock=lock), Ledger(lock=lock, clock=clock)
    provider = _Provider(issuer=issuer, state=state, faults=faults, ledger=ledger)
    app = Flask(__name__, template_folder="pages", static_folder=None)
    app.add_url_rule(
        "/.well-known/oauth-authorization-server", "metadata", lambda: jsonify(metadata)
    )
    app.add_url_rule("/authorize", view_func=provider.authorize, methods=["GET", "POST"])
    app.add_url_rule("/token", view_func=provider.token, methods=["POST"])
    app.add_url_rule("/revoke", view_func=provider.revoke, methods=["POST"])
    app.add_url_rule("/introspect", view_func=provider.introspect, methods=["POST"])
    app.add_url_rule("/userinfo", view_func=provider.userinfo)
    app.register_blueprint(control_surface(state, faults, ledger))
    app.after_request(_not_stored)
    return app


class _Provider:
    """The OAuth endpoints, each request with its fault and its line in the ledger."""

    def __init__(
        self, *, issuer: str, state: ProviderState, faults: Faults, ledger: Ledger
    ) -> None:
        self._state = state
        self._faults = faults
        self._ledger = ledger
        self._server = DemoAuthorizationServer(state)
        self._authorization = AuthorizationEndpoint(issuer=issuer, state=state, server=self._server)

    def authorize(self) -> Response:
        response = self._observed(
            Endpoint.AUTHORIZE,
            lambda fault: self._authorization.respond(request, deny=fault is FaultKind.DENY),
        )
        return self._authorization.as_requested(request, response)

    def token(self) -> Response:
        return self._observed(Endpoint.TOKEN, self._at_once(self._server.create_token_response))

    def revoke(self) -> Response:
        return self._observed(
            Endpoint.REVOKE,
            self._at_once(lambda: self._server.create_endpoint_response("revocation")),
        )

    def introspect(self) -> Response:
        return self._observed(
            Endpoint.INTROSPECT,
            self._at_once(lambda: self._server.create_endpoint_response("introspection")),
        )

    def userinfo(self) -> Response:
        return self._observed(Endpoint.USERINFO, lambda _fault: self._userinfo())

    def _userinfo(self) -> Response:
        bearer = request.authorization
        if bearer is None or bearer.type != "bearer" or not bearer.token:
            # No error code for a request without credentials (RFC 6750 section 3.1).
            return _unauthorized({}, 'Bearer realm="Demo CRM"')
        token = self._state.token(bearer.token)
        if (
            token is None
            or token.kind is not TokenKind.ACCESS_TOKEN
            or not token.active(self._state.clock())
        ):
            return _unauthorized(
                {"error": "invalid_token"}, 'Bearer realm="Demo CRM", error="invalid_token"'
            )
        if token.subject == ADA.sub:
            return jsonify(asdict(ADA) | {"scope": token.scope})
        return jsonify(sub=token.subject, name=token.subject, email=None, scope=token.scope)

    def _at_once(self, answer: Callable[[], Response]) -> Callable[[FaultKind | None], Response]:
        def act(_fault: FaultKind | None) -> Response:
            try:
                with self._state.lock:
                    return answer()
            except OAuth2Error as error:
                # A host that is not loopback: authlib refuses it outside its own error answers.
                response: Response = self._server.handle_error_response(None, error)
                return response

        return act

    def _observed(
        self, endpoint: Endpoint, act: Callable[[FaultKind | None], Response]
    ) -> Response:
        """What `act` answers or the fault that waits for this endpoint, noted in the ledger."""
        fault = self._faults.take(endpoint)
        kind = fault.fault if fault else None
        error = None
        try:
            acted = _instead_of_acting(fault) or act(kind)
        except AuthorizationRefused as refused:
            error = refused.error
            acted = page("error.html", status=400, description=refused.description)
        answer = Answer(acted=acted, told=acted, fault=kind, error=error)
        if kind is FaultKind.ANSWER_LOST:
            answer = replace(answer, told=Response(status=502), error=None)
        self._ledger.record(endpoint, request, answer)
        return answer.told


def _instead_of_acting(fault: Fault | None) -> Response | None:
    if fault is None:
        return None
    if fault.fault is FaultKind.SLOW:
        time.sleep(fault.seconds)
    return answer_without_acting(fault)


def _unauthorized(body: dict[str, str], challenge: str) -> Response:
    response = jsonify(body)
    response.status_code = 401
    response.headers["WWW-Authenticate"] = challenge
    return response


def _not_stored(response: Response) -> Response:
    # RFC 6749 section 5.1 asks it of token responses; nothing here is worth keeping.
    response.headers["Cache-Control"] = "no-store"
    return response


def _metadata(issuer: str) -> dict[str, Any]:
    base = issuer.rstrip("/")
    secret = [
        ClientAuthMethod.CLIENT_SECRET_BASIC.value,
        ClientAuthMethod.CLIENT_SECRET_POST.value,
    ]
    anyone = [*secret, ClientAuthMethod.NONE.value]
    metadata = AuthorizationServerMetadata(
        issuer=issuer,
        authorization_endpoint=f"{base}/authorize",
        token_endpoint=f"{base}/token",
        revocation_endpoint=f"{base}/revoke",
        introspection_endpoint=f"{base}/introspect",
        userinfo_endpoint=f"{base}/userinfo",
        response_types_supported=["code"],
        response_modes_supported=list(RESPONSE_MODES),
        grant_types_supported=["authorization_code", "refresh_token", "client_credentials"],
        token_endpoint_auth_methods_supported=anyone,
        revocation_endpoint_auth_methods_supported=anyone,
        introspection_endpoint_auth_methods_supported=secret,
        code_challenge_methods_supported=["S256"],
        authorization_response_iss_parameter_supported=True,
    )
    metadata.validate()
    return dict(metadata)
