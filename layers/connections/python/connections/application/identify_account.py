"""Find out who consented: check the ID token, and read the account where the facts say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connections.application.invocation import Invocation
from connections.application.ports import AuthorizationServer, Clock, NoAnswer, NotSent
from connections.domain.grant import Account, TokenSet
from connections.oauth.account import told_account, userinfo_request
from connections.oauth.client import OAuthClient
from connections.oauth.id_token import IdTokenRejected, id_token_claims
from connections.oauth.messages import answered_object
from connections.oauth.paths import member
from connections.oauth.token_response import says_failure


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReader:
    """Reads whose consent a token set is."""

    servers: AuthorizationServer
    clock: Clock

    def account(
        self, client: OAuthClient, tokens: TokenSet, nonce: str, invocation: Invocation
    ) -> Account | None:
        """Return the account that consented; None if nobody says.

        Raises:
            IdTokenRejected: the ID token that was asked for is not this authorization's.
        """
        claims = self._claims(client, tokens, nonce)
        wanted = client.facts.account_from
        if wanted is None:
            return None
        told = tokens.response
        if wanted.source == "id_token":
            told = claims
        elif wanted.source == "userinfo":
            told = self._userinfo(client, tokens, claims, invocation)
        return told_account(wanted, told)

    def _claims(self, client: OAuthClient, tokens: TokenSet, nonce: str) -> Mapping[str, Any]:
        root = client.facts.token_response.root
        token = member(tokens.response, f"{root}.id_token" if root else "id_token")
        if not client.wants_id_token:
            return {}
        if token is None and client.pkce_method != "none":
            # Some servers know the scope and give none. PKCE ties the code to this browser too.
            return {}
        return id_token_claims(client, token, nonce=nonce, now=self.clock.now())

    def _userinfo(
        self,
        client: OAuthClient,
        tokens: TokenSet,
        claims: Mapping[str, Any],
        invocation: Invocation,
    ) -> Mapping[str, Any]:
        """Return what the userinfo endpoint says; nothing if it does not answer.

        Its `sub` must be the ID token's, else it may be of somebody else (OpenID Connect Core
        section 5.3.2).
        """
        url = client.userinfo_url
        if url is None:
            return {}
        try:
            answer = self.servers.send(
                userinfo_request(url, tokens.access_token), invocation.deadline
            )
        except (NotSent, NoAnswer):
            return {}
        told = answered_object(answer) if answer.successful else {}
        if says_failure(client.facts, told):
            return {}
        if told and "sub" in claims and told.get("sub") != claims["sub"]:
            raise IdTokenRejected("is of another account than the userinfo endpoint's")
        return told
