"""Offer an authorization: a link under which a customer may press CONNECT."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from connections.application.access_ports import Customers, KnownOrganization
from connections.application.asked_inputs import reach_of
from connections.application.completeness import may_enter, refuse_incomplete
from connections.application.flow_ports import Authorizations
from connections.application.ports import Clock, Connections
from connections.domain.caller import Caller, Organization, Owner
from connections.domain.connection import Connection
from connections.domain.errors import (
    Forbidden,
    InvalidRequest,
    NoConsent,
    NotFound,
    NotOAuth,
    Problem,
)
from connections.domain.flow import AUTHORIZATION_LIFETIME, Authorization, AuthorizationStatus
from connections.domain.identifiers import (
    AuthorizationId,
    AuthorizationLink,
    ConnectionId,
    Randomness,
    authorization_id,
    authorization_link,
)
from connections.oauth.digests import digest
from connections.oauth.scopes import scope_list, united
from connections.oauth.stored_definitions import definition_of


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedLink:
    """An authorization with the link that opens it, which is told this once."""

    authorization: Authorization
    link: AuthorizationLink = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreScopes:
    """What is to be asked for beside the connection's own scopes."""

    scopes: Sequence[str] = ()
    keep: bool = False
    """Whether what the grant that stands was asked for is asked for again."""


NO_MORE = MoreScopes()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationOffers:
    """Makes authorizations for connections."""

    connections: Connections
    customers: Customers
    organization: KnownOrganization
    flows: Authorizations
    clock: Clock
    randomness: Randomness = secrets.token_bytes

    def offer(
        self,
        connection_id: ConnectionId,
        caller: Caller,
        *,
        return_url: str | None = None,
        confirm: bool = True,
        more: MoreScopes = NO_MORE,
    ) -> OfferedLink:
        """Store an authorization, and return it with the link that opens it.

        Raises:
            Forbidden: the page before the consent is not the caller's to skip, or the scopes are
                not the caller's to choose.
            NotFound: there is no such connection.
            InvalidRequest: the organization does not allow the return URL, or a scope is none.
            NotOAuth, NoConsent: it has no consent to ask for.
            ConfigurationIncomplete: inputs that are required have no value; those are named for
                which the caller is asked.
            Misconfigured: the definition that it was made from breaks a rule.
        """
        if not confirm and not _may_skip_the_page(caller):
            raise Forbidden(_CONFIRMED)
        found = self.connections.with_inputs(connection_id)
        if found is None:
            raise NotFound("There is no such connection.")
        connection, inputs = found
        if not connection.oauth:
            raise NotOAuth(
                "This connection is not an OAuth 2.0 one: there is nothing to authorize."
            )
        if connection.client_credentials:
            raise NoConsent(
                "Nobody consents to a connection of client credentials: its access token is fetched"
                f" by itself, or at once by POST /connections/{connection_id}/refresh."
            )
        definition = definition_of(inputs.definition)
        if more.scopes and not may_enter(definition, "scopes", inputs, reach_of(caller)):
            raise Forbidden("The scopes are not yours to choose: ask the organization.")
        refuse_incomplete(definition, inputs, reach_of(caller))
        self._check_return(return_url)
        now = self.clock.now()
        identifier = authorization_id(now, self.randomness)
        link = authorization_link(identifier, self.randomness)
        authorization = Authorization(
            id=identifier,
            link_digest=digest(link),
            connection_id=connection_id,
            owner=connection.owner,
            customer_name=self._customer_name(connection.owner),
            confirm=confirm,
            return_url=return_url,
            scopes=_asked_beside(connection, definition.provider.scope_separator, more),
            expires_at=now + AUTHORIZATION_LIFETIME,
        )
        self.flows.offer(authorization)
        return OfferedLink(authorization=authorization, link=link)

    def status(
        self, connection_id: ConnectionId, identifier: AuthorizationId
    ) -> tuple[AuthorizationStatus, str | None]:
        """Return what became of an authorization of a connection, and the code if it failed.

        Raises:
            NotFound: the connection has none of that id, or had it more than a day ago.
        """
        found = self.flows.offered(identifier)
        if found is None or found.connection_id != connection_id:
            raise NotFound("The connection has no such authorization.")
        return found.status(self.clock.now()), found.outcome.error if found.outcome else None

    def _check_return(self, return_url: str | None) -> None:
        if return_url is None:
            return
        # Exactly: who may choose a part of the address may choose where it leads.
        if return_url not in self.organization.get().allowed_return_urls:
            detail = "must be one of the organization's allowedReturnUrls, character by character"
            problem = Problem("#/returnUrl", detail)
            raise InvalidRequest("The return URL is not allowed.", [problem])

    def _customer_name(self, owner: Owner) -> str | None:
        customer = self.customers.get(owner.customer_id) if owner.customer_id else None
        return customer.name if customer else None


_CONFIRMED = (
    "Only the organization's API keys and the embedding application may send `confirm: false`: they"
    " have said already whose connection is about to be made."
)


def _asked_beside(connection: Connection, separator: str, more: MoreScopes) -> tuple[str, ...]:
    """Return the scopes to ask for beside the connection's own, each once.

    Raises:
        InvalidRequest: one of them has what this server separates scopes with.
    """
    problems = [
        Problem(f"#/scopes/{index}", f"must be one scope: {separator.strip()} separates them here")
        for index, scope in enumerate(more.scopes)
        if scope_list(scope, separator) != [scope]
    ]
    if problems:
        raise InvalidRequest("Not all of these are scopes.", problems)
    stands = more.keep and connection.grant_id is not None
    kept = scope_list(connection.requested_scopes or "", separator) if stands else []
    return tuple(united(kept, more.scopes))


def _may_skip_the_page(caller: Caller) -> bool:
    """Tell whether a caller answers for having said what the page before the consent says."""
    return isinstance(caller, Organization) or caller.embedding
