"""Say what is about to be connected, and begin the flow when the button is pressed."""

import base64
import hmac
import secrets
from dataclasses import dataclass

from connections.application.ports import Clock, Connections, Flows, Logbook
from connections.application.registration import issuance_of
from connections.domain.connection import Connection, Inputs
from connections.domain.errors import Misconfigured, NotFound
from connections.domain.flow import FLOW_LIFETIME, Authorization, Flow
from connections.domain.grant import Issuance
from connections.domain.identifiers import (
    AuthorizationId,
    AuthorizationLink,
    ConnectionId,
    Randomness,
    authorization_of,
)
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.oauth.authorization import authorization_request, digest
from connections.oauth.client import OAuthClient
from connections.oauth.pkce import code_verifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What the page before the consent says."""

    connection_name: str
    customer_name: str | None
    definition_label: str
    authorize_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationBeginner:
    """The way from a link to the authorization server."""

    connections: Connections
    flows: Flows
    logbook: Logbook
    clock: Clock
    redirect_uri: str
    randomness: Randomness = secrets.token_bytes

    def confirm(self, link: AuthorizationLink) -> Confirmation:
        """Return what is about to be connected; changes nothing, as previews open links too.

        Raises:
            NotFound: the link is unknown or has expired.
            Misconfigured: the values do not make the URLs that are needed.
        """
        authorization, connection, inputs = self._offered(link)
        client = self._client(issuance_of(inputs), authorization.id, connection.id)
        return Confirmation(
            connection_name=connection.name,
            customer_name=authorization.customer_name,
            definition_label=str(inputs.definition["label"]),
            authorize_url=client.authorize_url,
        )

    def new_browser(self) -> str:
        """Return an id for a browser that has none: one for all its parallel flows."""
        return base64.urlsafe_b64encode(self.randomness(33)).decode()

    def begin(self, link: AuthorizationLink, browser: str) -> str:
        """Store a flow, bound to this browser, and return the authorization request's URL.

        Raises:
            NotFound: the link is unknown or has expired.
            Misconfigured: the values do not make the URLs that are needed; no flow begins.
        """
        authorization, connection, inputs = self._offered(link)
        issuance = issuance_of(inputs)
        client = self._client(issuance, authorization.id, connection.id)
        state = base64.urlsafe_b64encode(self.randomness(32)).decode().rstrip("=")
        verifier = None if client.pkce_method == "none" else code_verifier(self.randomness)
        now = self.clock.now()
        self.flows.begin(
            Flow(
                state_digest=digest(state),
                browser_digest=digest(browser),
                connection_id=connection.id,
                authorization_id=authorization.id,
                owner=connection.owner,
                redirect_uri=self.redirect_uri,
                issuer=client.facts.issuer,
                code_verifier=verifier,
                issuance=issuance,
                expires_at=now + FLOW_LIFETIME,
            )
        )
        self.logbook.write(
            LogEntry(
                connection_id=connection.id,
                at=now,
                event=Event.AUTHORIZATION_STARTED,
                severity=Severity.INFO,
                detail="The customer was sent to the authorization server. If nothing else follows,"
                " they did not consent, or the authorize URL is wrong.",
                authorization_id=authorization.id,
            )
        )
        return authorization_request(
            client, redirect_uri=self.redirect_uri, state=state, code_verifier=verifier
        )

    def _client(
        self, issuance: Issuance, authorization_id: AuthorizationId, connection_id: ConnectionId
    ) -> OAuthClient:
        """Return the client. That there is nowhere to send the customer is said in the log."""
        try:
            return OAuthClient.of(issuance).checked()
        except Misconfigured as error:
            self.logbook.write(
                LogEntry(
                    connection_id=connection_id,
                    at=self.clock.now(),
                    event=Event.AUTHORIZATION_FAILED,
                    severity=Severity.ERROR,
                    detail=str(error),
                    authorization_id=authorization_id,
                )
            )
            raise

    def _offered(self, link: AuthorizationLink) -> tuple[Authorization, Connection, Inputs]:
        authorization = self.flows.offered(authorization_of(link))
        if (
            authorization is None
            or not hmac.compare_digest(authorization.link_digest, digest(link))
            or self.clock.now() >= authorization.expires_at
        ):
            raise NotFound("This link was used, has expired, or was never made. Ask for a new one.")
        found = self.connections.with_inputs(authorization.connection_id)
        if found is None:
            raise NotFound("The connection that this link was made for is gone.")
        return authorization, *found
