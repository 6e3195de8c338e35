"""The authorization server itself: authlib's grants and endpoints over the state.

authlib reads, checks and writes in separate steps, so a caller holds the state's lock across
a whole token, revocation or authorization request: that is what makes a code or a rotating
refresh token good for one use when two requests present it at once.
"""

from typing import Any, ClassVar

from authlib.common.security import generate_token
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.grants import (
    AuthorizationCodeGrant,
    ClientCredentialsGrant,
    RefreshTokenGrant,
)
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint

from local.demo_provider.account import ADA, Account
from local.demo_provider.clients import Client, ClientAuthMethod, basic_credentials
from local.demo_provider.state import (
    CODE_LIFETIME,
    AuthorizationCode,
    ProviderState,
    Token,
    TokenKind,
    digest,
)

_WITH_SECRET = [
    ClientAuthMethod.CLIENT_SECRET_BASIC.value,
    ClientAuthMethod.CLIENT_SECRET_POST.value,
]
_ANY_METHOD = [*_WITH_SECRET, ClientAuthMethod.NONE.value]


class DemoAuthorizationServer(AuthorizationServer):
    """authlib's authorization server with the state to answer its questions."""

    def __init__(self, state: ProviderState) -> None:
        super().__init__(query_client=state.client)
        self.state = state
        self.register_token_generator(
            "default",
            BearerTokenGenerator(
                lambda **_: generate_token(42),
                lambda **_: generate_token(48),
                lambda client, _grant_type: client.access_token_lifetime,
            ),
        )
        self.register_client_auth_method("client_secret_basic", _authenticate_basic)
        self.register_grant(_CodeGrant, [_S256Challenge(required=False)])
        self.register_grant(_RefreshGrant)
        self.register_grant(_ClientCredentials)
        self.register_endpoint(_Revocation)
        self.register_endpoint(_Introspection)

    def authenticate_client(self, request: Any, methods: list[str], endpoint: str = "token") -> Any:
        """The client that authenticated by one of `methods`, or an OAuth2Error."""
        # More than one way to authenticate in one request is malformed (RFC 6749 section 2.3).
        if request.headers.get("Authorization") and request.form.get("client_secret"):
            raise InvalidRequestError("More than one client authentication method.")
        return super().authenticate_client(request, methods, endpoint)

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        """Keep the tokens authlib generated, and add the client's extra fields to the answer."""
        client: Client = request.client
        earlier: AuthorizationCode | Token | None = (
            request.authorization_code or request.refresh_token
        )
        issued_at = self.state.clock()
        lifetime = client.access_token_lifetime
        access_token = Token(
            kind=TokenKind.ACCESS_TOKEN,
            digest=digest(token["access_token"]),
            client_id=client.client_id,
            grant=earlier.grant if earlier else generate_token(12),
            subject=request.user.sub if request.user else client.client_id,
            scope=token.get("scope", ""),
            issued_at=issued_at,
            expires_at=issued_at + lifetime if lifetime else None,
        )
        self.state.add_token(access_token)
        if "refresh_token" in token and earlier:
            self.state.add_token(_refresh_token(token["refresh_token"], access_token, earlier))
        # NOTE: the answer is this same dictionary, so what is laid over it reaches the client.
        token.update(client.extra_token_fields)


def _refresh_token(value: str, issued_with: Token, earlier: AuthorizationCode | Token) -> Token:
    return Token(
        kind=TokenKind.REFRESH_TOKEN,
        digest=digest(value),
        client_id=issued_with.client_id,
        grant=issued_with.grant,
        subject=issued_with.subject,
        # A refresh may narrow the access token, never the next refresh token (RFC 6749
        # section 6).
        scope=earlier.scope,
        issued_at=issued_with.issued_at,
        expires_at=None,
    )


def _authenticate_basic(query_client: Any, request: Any) -> Client | None:
    # NOTE: authlib's own reading leaves "+" as it is, and fails on bytes that are not UTF-8.
    credentials = basic_credentials(request.headers.get("Authorization"))
    if credentials is None:
        return None
    client: Client | None = query_client(credentials[0])
    return client if client and client.check_client_secret(credentials[1]) else None


class _CodeGrant(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = _ANY_METHOD

    def save_authorization_code(self, code: str, request: Any) -> None:
        state: ProviderState = self.server.state
        state.add_code(
            AuthorizationCode(
                digest=digest(code),
                client_id=request.client.client_id,
                redirect_uri=request.payload.redirect_uri,
                scope=request.scope,
                code_challenge=request.payload.data.get("code_challenge"),
                code_challenge_method=request.payload.data.get("code_challenge_method"),
                grant=generate_token(12),
                expires_at=state.clock() + CODE_LIFETIME,
            )
        )

    def query_authorization_code(self, code: str, client: Client) -> AuthorizationCode | None:
        state: ProviderState = self.server.state
        return state.present_code(code, client)

    def delete_authorization_code(self, authorization_code: AuthorizationCode) -> None:
        self.server.state.mark_used(authorization_code)

    def authenticate_user(self, _code: AuthorizationCode) -> Account:
        return ADA


class _S256Challenge(CodeChallenge):
    """PKCE with S256 alone. authlib asks it of public clients only, and defaults to `plain`."""

    SUPPORTED_CODE_CHALLENGE_METHOD: ClassVar = ["S256"]

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        super().validate_code_challenge(grant, redirect_uri)
        parameters = grant.request.payload.data
        if not parameters.get("code_challenge"):
            if grant.request.client.require_pkce:
                raise InvalidRequestError("Missing 'code_challenge'")
        elif not parameters.get("code_challenge_method"):
            # Left out it means "plain" (RFC 7636 section 4.3), which protects nothing here.
            raise InvalidRequestError("Unsupported 'code_challenge_method'")


class _RefreshGrant(RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = _ANY_METHOD

    def authenticate_refresh_token(self, refresh_token: str) -> Token | None:
        state: ProviderState = self.server.state
        return state.present_refresh_token(refresh_token, self.request.client)

    def authenticate_user(self, _refresh_token: Token) -> Account:
        return ADA

    def issue_token(self, user: Account, refresh_token: Token) -> Any:
        return self.generate_token(
            user=user,
            scope=self.request.payload.scope or refresh_token.scope,
            include_refresh_token=self.request.client.rotates,
        )

    def revoke_old_credential(self, refresh_token: Token) -> None:
        if self.request.client.rotates:
            self.server.state.mark_rotated(refresh_token)


class _ClientCredentials(ClientCredentialsGrant):
    # Confidential clients only (RFC 6749 section 4.4).
    TOKEN_ENDPOINT_AUTH_METHODS = _WITH_SECRET


class _Revocation(RevocationEndpoint):
    CLIENT_AUTH_METHODS = _ANY_METHOD

    def check_params(self, request: Any, _client: Client) -> None:
        _require_token(request)

    def query_token(self, token_string: str, _token_type_hint: str | None) -> Token | None:
        state: ProviderState = self.server.state
        return state.token(token_string)

    def revoke_token(self, token: Token, _request: Any) -> None:
        self.server.state.revoke(token)


class _Introspection(IntrospectionEndpoint):
    CLIENT_AUTH_METHODS = _WITH_SECRET

    def check_params(self, request: Any, _client: Client) -> None:
        _require_token(request)

    def query_token(self, token_string: str, _token_type_hint: str | None) -> Token | None:
        state: ProviderState = self.server.state
        return state.token(token_string)

    def check_permission(self, token: Token, client: Client, _request: Any) -> bool:
        return token.check_client(client)

    def create_introspection_payload(self, token: Token | None) -> dict[str, Any]:
        if token is None or not token.active(self.server.state.clock()):
            return {"active": False}
        described: dict[str, Any] = {
            "active": True,
            "client_id": token.client_id,
            "scope": token.scope,
            "sub": token.subject,
            "iat": int(token.issued_at),
        }
        if token.kind is TokenKind.ACCESS_TOKEN:
            described["token_type"] = "Bearer"
        if token.expires_at is not None:
            described["exp"] = int(token.expires_at)
        return described


def _require_token(request: Any) -> None:
    # A hint that is wrong or unknown is no error (RFC 7009 section 2.1); authlib refuses it.
    if not request.form.get("token"):
        raise InvalidRequestError("Missing 'token' in request.")
