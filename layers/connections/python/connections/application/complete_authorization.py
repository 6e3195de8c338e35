"""Complete an authorization: check what came back, exchange the code, keep the grant.

Whatever goes wrong leaves an entry in the connection's log, and the old grant as it was.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from connections.application.insisting import insist
from connections.application.invocation import Invocation
from connections.application.ports import (
    AuthorizationServer,
    Clock,
    Flows,
    Logbook,
    NewGrants,
    NoAnswer,
    NotSent,
    RevocationQueue,
    Tokens,
    UsedFlow,
)
from connections.application.remedies import (
    CONNECTED,
    CONNECTED_FOR_A_WHILE,
    EXCHANGE_REMEDIES,
    NOT_EXCHANGED,
    NOT_STORED,
    REJECTIONS,
)
from connections.domain.errors import Misconfigured, Unavailable
from connections.domain.failure import Failure
from connections.domain.flow import Authorization, Flow
from connections.domain.grant import Grant, TokenSet, refresh_time
from connections.domain.identifiers import Randomness, grant_id
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.oauth.authorization import (
    CallbackRejected,
    ConsentRefused,
    authorization_code,
    callback_context,
    digest,
    parse_authorization_response,
)
from connections.oauth.client import OAuthClient
from connections.oauth.token import TokenRequestFailed, code_request, token_set


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What became of the flow: connected, or the code of what went wrong."""

    error: str | None = None
    flow: Flow | None = None
    """The flow that connected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationCompleter:
    """The end of a flow."""

    flows: Flows
    tokens: Tokens
    grants: NewGrants
    revocations: RevocationQueue
    servers: AuthorizationServer
    logbook: Logbook
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
            return self._rejected(flow, "flow-used")
        try:
            code = authorization_code(response, flow, browser=browser, now=self.clock.now())
        except CallbackRejected as rejected:
            return self._rejected(flow, rejected.code)
        except ConsentRefused as refused:
            return self._refused(flow, refused.provider_error)
        try:
            authorization = self._link_taken(flow)
        except Unavailable:
            self._log(flow, Event.AUTHORIZATION_FAILED, Severity.ERROR, NOT_EXCHANGED)
            raise
        if authorization is None:
            return self._rejected(flow, "link-used")
        try:
            tokens = self._exchange(flow, code, invocation)
        except (NotSent, NoAnswer, TokenRequestFailed, Misconfigured) as error:
            failed = self._failed(flow, error.failure)
            self.flows.offer(authorization)
            return failed
        return self._connected(flow, tokens, callback_context(response, flow))

    def _link_taken(self, flow: Flow) -> Authorization | None:
        # A code is good once: whatever can fail for our own reasons fails before it is spent.
        self.tokens.ready()
        # The link is taken before the code: of two who began under it, one connects. Otherwise
        # whoever has the link could put another account in the customer's place.
        return self.flows.close(flow.authorization_id)

    def _exchange(self, flow: Flow, code: str, invocation: Invocation) -> TokenSet:
        client = OAuthClient.of(flow.issuance)
        request = code_request(
            client, code=code, redirect_uri=flow.redirect_uri, code_verifier=flow.code_verifier
        )
        answer = self.servers.post(request, invocation.deadline)
        return token_set(client, answer, former=None)

    def _connected(self, flow: Flow, tokens: TokenSet, context: Mapping[str, str]) -> Completion:
        client = OAuthClient.of(flow.issuance)
        now = self.clock.now()
        grant = Grant(
            connection_id=flow.connection_id,
            grant_id=grant_id(now, self.randomness),
            generation=1,
            tokens=tokens,
            issuance=flow.issuance,
            context=context,
        )
        refresh_at = refresh_time(
            tokens, refresh_buffer=client.refresh_buffer, spread=self.chance()
        )
        # The tokens first: they are the truth, and the state is mended from them if need be.
        try:
            insist(lambda: self.tokens.begin(grant), self.clock)
        except Unavailable:
            self._log(flow, Event.AUTHORIZATION_FAILED, Severity.ERROR, NOT_STORED)
            raise
        if not insist(lambda: self.grants.connected(grant, refresh_at, now), self.clock):
            return self._gone(grant, client)
        lasting = tokens.refresh_token is not None
        self._log(
            flow,
            Event.CONNECTED,
            Severity.INFO if lasting else Severity.WARNING,
            CONNECTED if lasting else CONNECTED_FOR_A_WHILE,
        )
        return Completion(flow=flow)

    def _gone(self, grant: Grant, client: OAuthClient) -> Completion:
        """End a consent to a connection that was deleted meanwhile: nothing of it may stay."""
        if client.revokes:
            insist(lambda: self.revocations.send(grant), self.clock)
        insist(lambda: self.tokens.delete(grant), self.clock)
        return Completion(error="connection-deleted")

    def _rejected(self, flow: Flow | UsedFlow, code: str) -> Completion:
        self._log(flow, Event.CALLBACK_REJECTED, Severity.WARNING, REJECTIONS[code])
        return Completion(error=code)

    def _refused(self, flow: Flow, provider_error: str) -> Completion:
        chosen = provider_error == "access_denied"
        code = "consent-refused" if chosen else "authorization-failed"
        self._log(
            flow,
            Event.AUTHORIZATION_REFUSED if chosen else Event.AUTHORIZATION_FAILED,
            Severity.WARNING if chosen else Severity.ERROR,
            REJECTIONS[code],
            provider_error=provider_error,
        )
        return Completion(error=code)

    def _failed(self, flow: Flow, failure: Failure) -> Completion:
        self._log(
            flow,
            Event.AUTHORIZATION_FAILED,
            Severity.ERROR,
            f"The code could not be exchanged: {failure.explanation}. "
            + (failure.remedy or EXCHANGE_REMEDIES[failure.kind]),
            http_status=failure.http_status,
            provider_error=failure.provider_error,
        )
        return Completion(error="exchange-failed")

    def _log(
        self,
        flow: Flow | UsedFlow,
        event: Event,
        severity: Severity,
        detail: str,
        *,
        http_status: int | None = None,
        provider_error: str | None = None,
    ) -> None:
        self.logbook.write(
            LogEntry(
                connection_id=flow.connection_id,
                at=self.clock.now(),
                event=event,
                severity=severity,
                detail=detail,
                http_status=http_status,
                provider_error=provider_error,
                authorization_id=flow.authorization_id,
            )
        )
