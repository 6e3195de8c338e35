"""Say what is about to be connected, and begin the flow when the button is pressed."""

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from connections.application.discover import Discoverer
from connections.application.flow_ports import Flows, LapseQueue
from connections.application.issuing import issuance_of
from connections.application.landing import Landings
from connections.application.ports import Clock, Connections, Logbook
from connections.domain.connection import Connection, Inputs
from connections.domain.errors import Misconfigured, NotFound
from connections.domain.flow import FLOW_LIFETIME, Authorization, Flow
from connections.domain.grant import Issuance
from connections.domain.identifiers import (
    AuthorizationLink,
    Randomness,
    authorization_of,
)
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.oauth.authorization import authorization_request
from connections.oauth.client import OAuthClient
from connections.oauth.digests import digest
from connections.oauth.pkce import code_verifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What the page before the consent says."""

    connection_name: str
    customer_name: str | None
    definition_label: str
    authorize_url: str
    asked: bool = True
    """Whether to show the page at all; if not, the flow begins at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A browser's request."""

    redirect_uri: str
    """The callback under the name that the browser came to: its cookie comes back there alone."""
    deadline: datetime
    """When it must have been answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationBeginner:
    """The way from a link to the authorization server."""

    connections: Connections
    flows: Flows
    lapses: LapseQueue
    landings: Landings
    discoverer: Discoverer
    logbook: Logbook
    clock: Clock
    randomness: Randomness = secrets.token_bytes

    def confirm(self, link: AuthorizationLink, visit: Visit) -> Confirmation:
        """Return what is about to be connected; changes nothing, as previews open links too.

        Raises:
            NotFound: the link is unknown or has expired.
            Misconfigured: the values do not make the URLs that are needed.
            Unavailable: the authorization server does not say where they are.
        """
        authorization, connection, inputs = self._offered(link)
        _, client = self._client(issuance_of(inputs), authorization, visit)
        return Confirmation(
            connection_name=connection.name,
            customer_name=authorization.customer_name,
            definition_label=str(inputs.definition["label"]),
            authorize_url=client.authorize_url,
            asked=authorization.confirm,
        )

    def new_browser(self) -> str:
        """Return an id for a browser that has none: one for all its parallel flows."""
        return base64.urlsafe_b64encode(self.randomness(33)).decode()

    def begin(self, link: AuthorizationLink, browser: str, visit: Visit) -> str:
        """Store a flow, bound to this browser, and return the authorization request's URL.

        Raises:
            NotFound: the link is unknown or has expired.
            Misconfigured: the values do not make the URLs that are needed; no flow begins.
            Unavailable: the authorization server does not say where they are.
        """
        authorization, connection, inputs = self._offered(link)
        issuance, client = self._client(
            issuance_of(inputs, authorization.scopes), authorization, visit
        )
        state = base64.urlsafe_b64encode(self.randomness(32)).decode().rstrip("=")
        verifier = None if client.pkce_method == "none" else code_verifier(self.randomness)
        now = self.clock.now()
        landing = self.landings.of(authorization, connection, inputs)
        # Before the flow: killed in between, there is nothing that would end without a word.
        self.lapses.send(digest(state))
        self.flows.begin(
            Flow(
                state_digest=digest(state),
                browser_digest=digest(browser),
                connection_id=connection.id,
                authorization_id=authorization.id,
                owner=connection.owner,
                redirect_uri=visit.redirect_uri,
                issuer=client.issuer,
                code_verifier=verifier,
                issuance=issuance,
                reconnects=connection.grant_id is not None,
                account=connection.account,
                landing=landing,
                expires_at=now + FLOW_LIFETIME,
            )
        )
        self.logbook.write(
            LogEntry(
                connection_id=connection.id,
                at=now,
                event=Event.AUTHORIZATION_STARTED,
                severity=Severity.INFO,
                detail="The customer was sent to the authorization server. If nothing comes back"
                " within ten minutes, that is said here.",
                authorization_id=authorization.id,
            )
        )
        return authorization_request(
            client, redirect_uri=visit.redirect_uri, state=state, code_verifier=verifier
        )

    def _client(
        self, issuance: Issuance, authorization: Authorization, visit: Visit
    ) -> tuple[Issuance, OAuthClient]:
        """Return what a grant is issued under, and the client that it makes.

        That there is nowhere to send the customer is said in the log.
        """
        try:
            completed = self.discoverer.completed(issuance, visit.deadline)
            return completed, OAuthClient.of(completed).checked()
        except Misconfigured as error:
            self.logbook.write(
                LogEntry(
                    connection_id=authorization.connection_id,
                    at=self.clock.now(),
                    event=Event.AUTHORIZATION_FAILED,
                    severity=Severity.ERROR,
                    detail=str(error),
                    authorization_id=authorization.id,
                )
            )
            raise

    def _offered(self, link: AuthorizationLink) -> tuple[Authorization, Connection, Inputs]:
        authorization = self.flows.offered(authorization_of(link))
        if (
            authorization is None
            or not hmac.compare_digest(authorization.link_digest, digest(link))
            or authorization.taken
            or self.clock.now() >= authorization.expires_at
        ):
            raise NotFound("This link was used, has expired, or was never made. Ask for a new one.")
        found = self.connections.with_inputs(authorization.connection_id)
        if found is None:
            raise NotFound("The connection that this link was made for is gone.")
        return authorization, *found
