"""Complete an authorization: check what came back, exchange the code, keep the grant.

Whatever goes wrong leaves an entry in the connection's log, and the old grant as it was.
"""

import hmac
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from connections.application.flow_log import FlowLog
from connections.application.flow_ports import Flows, UsedFlow
from connections.application.identify_account import AccountReader
from connections.application.insisting import insist
from connections.application.invocation import Invocation
from connections.application.issuing import requested_scopes
from connections.application.keep_tokens import end_at_server, orphaned
from connections.application.ports import (
    AuthorizationServer,
    Clock,
    NewGrants,
    NoAnswer,
    NotSent,
    RevocationQueue,
    Tokens,
)
from connections.application.remedies import NOT_EXCHANGED, NOT_STORED
from connections.domain.errors import Misconfigured, Unavailable
from connections.domain.flow import Authorization, Flow, Landing, Outcome
from connections.domain.grant import Grant, TokenSet, another, refresh_time
from connections.domain.identifiers import Randomness, grant_id
from connections.oauth.authorization import (
    AuthorizationResponse,
    CallbackRejected,
    ConsentRefused,
    authorization_code,
    callback_context,
    nonce,
    parse_authorization_response,
)
from connections.oauth.client import OAuthClient
from connections.oauth.digests import digest
from connections.oauth.id_token import IdTokenRejected
from connections.oauth.token_request import code_request
from connections.oauth.token_response import TokenRequestFailed, token_set


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What became of the flow: connected, or the code of what went wrong."""

    error: str | None = None
    flow: Flow | None = None
    """The flow that connected."""
    landing: Landing | None = None
    """Where the browser goes; only of a flow that this browser began."""


class UnwantedGrant(Exception):
    """The code brought tokens that are not kept."""

    def __init__(self, flow: Flow, grant: Grant, code: str, why: str = "") -> None:
        super().__init__(code)
        self.flow, self.grant, self.code, self.why = flow, grant, code, why


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationCompleter:
    """The end of a flow."""

    flows: Flows
    tokens: Tokens
    grants: NewGrants
    revocations: RevocationQueue
    servers: AuthorizationServer
    accounts: AccountReader
    log: FlowLog
    clock: Clock
    randomness: Randomness = secrets.token_bytes
    chance: Callable[[], float] = secrets.SystemRandom().random

    def complete(self, raw_query: str, browser: str | None, invocation: Invocation) -> Completion:
        """Take the flow of this callback and finish it, once."""
        try:
            response = parse_authorization_response(raw_query)
        except CallbackRejected as rejected:
            return Completion(error=rejected.code)
        flow = self.flows.take(digest(response.state), self.clock.now())
        if flow is None:
            return Completion(error="unknown-state")
        if isinstance(flow, UsedFlow):
            return Completion(error=self.log.rejected(flow, "flow-used"))
        completion = self._finish(flow, response, browser, invocation)
        if not hmac.compare_digest(digest(browser or ""), flow.browser_digest):
            return completion
        return replace(completion, landing=flow.landing)

    def _finish(
        self,
        flow: Flow,
        response: AuthorizationResponse,
        browser: str | None,
        invocation: Invocation,
    ) -> Completion:
        try:
            code = authorization_code(response, flow, browser=browser, now=self.clock.now())
        except CallbackRejected as rejected:
            return self._ended(flow, Completion(error=self.log.rejected(flow, rejected.code)))
        except ConsentRefused as refused:
            error = self.log.refused(flow, refused.provider_error)
            return self._ended(flow, Completion(error=error))
        try:
            authorization = self._link_taken(flow)
        except Unavailable:
            self.log.failed(flow, NOT_EXCHANGED)
            raise
        if authorization is None:
            return Completion(error=self.log.rejected(flow, "link-used"))
        try:
            grant = self._grant(flow, response, code, invocation)
        except (NotSent, NoAnswer, TokenRequestFailed, Misconfigured) as error:
            failed = Completion(error=self.log.not_exchanged(flow, error.failure))
        except UnwantedGrant as unwanted:
            failed = self._unwanted(unwanted)
        else:
            return self._ended(flow, self._connected(flow, grant))
        # The link is good for another try.
        self.flows.offer(replace(authorization, outcome=Outcome(error=failed.error)))
        return failed

    def _ended(self, flow: Flow, completion: Completion) -> Completion:
        """Keep for whoever opened the window how it ended, and return that."""
        outcome = Outcome(error=completion.error)
        # It has happened, whether or not it can be told.
        with suppress(Unavailable):
            insist(lambda: self.flows.settle(flow.authorization_id, outcome), self.clock)
        return completion

    def _link_taken(self, flow: Flow) -> Authorization | None:
        # A code is good once: whatever can fail for our own reasons fails before it is spent.
        self.tokens.ready()
        # The link is taken before the code: of two who began under it, one connects. Otherwise
        # whoever has the link could put another account in the customer's place.
        return self.flows.close(flow.authorization_id)

    def _grant(
        self, flow: Flow, response: AuthorizationResponse, code: str, invocation: Invocation
    ) -> Grant:
        """Exchange the code and return the grant that it brings.

        Raises:
            NotSent, NoAnswer, TokenRequestFailed, Misconfigured: there is none.
            UnwantedGrant: it is not of who was asked.
        """
        context = callback_context(response, flow)
        client = OAuthClient.of(flow.issuance, context)
        tokens = self._exchange(client, flow, code, invocation)
        grant = Grant(
            connection_id=flow.connection_id,
            grant_id=grant_id(self.clock.now(), self.randomness),
            generation=1,
            tokens=tokens,
            issuance=flow.issuance,
            context=context,
            since=tokens.issued_at,
        )
        try:
            account = self.accounts.account(client, tokens, nonce(response.state), invocation)
        except IdTokenRejected as rejected:
            why = f"It {rejected}."
            raise UnwantedGrant(flow, grant, "id-token-rejected", why) from None
        grant = replace(grant, account=account)
        wanted = client.facts.account_from
        refuses = wanted is not None and wanted.other_account == "refuse"
        if refuses and flow.account and (account is None or another(flow.account, account)):
            raise UnwantedGrant(flow, grant, "other-account")
        return grant

    def _exchange(
        self, client: OAuthClient, flow: Flow, code: str, invocation: Invocation
    ) -> TokenSet:
        request = code_request(
            client,
            code=code,
            redirect_uri=flow.redirect_uri,
            code_verifier=flow.code_verifier,
            now=self.clock.now(),
        )
        answer = self.servers.send(request, invocation.deadline)
        return token_set(client, answer, former=None)

    def _connected(self, flow: Flow, grant: Grant) -> Completion:
        client = OAuthClient.of(grant.issuance, grant.context)
        now = self.clock.now()
        refresh_at = refresh_time(grant, client.renewal, spread=self.chance())
        # The tokens first: they are the truth, and the state is mended from them if need be.
        try:
            insist(lambda: self.tokens.begin(grant), self.clock)
        except Unavailable:
            # It is not ended: an answer may have been lost, and then it is stored and works.
            orphaned("not-stored", connectionId=flow.connection_id)
            self.log.failed(flow, NOT_STORED)
            raise
        asked, under = requested_scopes(grant.issuance), client.registration
        if not insist(
            lambda: self.grants.connected(grant, refresh_at, now, asked, under), self.clock
        ):
            return self._gone(grant)
        self.log.connected(
            flow,
            lasting=grant.tokens.renewable(client.renewal.by, now),
            by_another=another(flow.account, grant.account),
        )
        return Completion(flow=flow)

    def _gone(self, grant: Grant) -> Completion:
        """End a consent to a connection that was deleted meanwhile."""
        end_at_server(grant, self.revocations, self.clock)
        insist(lambda: self.tokens.delete(grant), self.clock)
        return Completion(error="connection-deleted")

    def _unwanted(self, unwanted: UnwantedGrant) -> Completion:
        """End a grant that is not kept; what the connection had before stays.

        Some servers keep all consents of one account as one grant: ending the new would end the
        old. So it is ended only where there is no old, or where it is of another account.
        """
        grant, flow = unwanted.grant, unwanted.flow
        apart = another(flow.account, grant.account) or not flow.reconnects
        if apart:
            end_at_server(grant, self.revocations, self.clock)
        return Completion(error=self.log.unwanted(flow, unwanted.code, unwanted.why))
