"""Offer an authorization: a link under which a customer may press CONNECT."""

import secrets
from dataclasses import dataclass, field

from connections.application.access_ports import Customers
from connections.application.completeness import refuse_incomplete
from connections.application.ports import Clock, Connections, Flows
from connections.domain.caller import Owner
from connections.domain.errors import NotFound, NotOAuth
from connections.domain.flow import AUTHORIZATION_LIFETIME, Authorization
from connections.domain.identifiers import (
    AuthorizationLink,
    ConnectionId,
    Randomness,
    authorization_id,
    authorization_link,
)
from connections.oauth.authorization import digest
from connections.oauth.client import definition_of


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedLink:
    """An authorization with the link that opens it, which is told this once."""

    authorization: Authorization
    link: AuthorizationLink = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationOffers:
    """Makes authorizations for connections."""

    connections: Connections
    customers: Customers
    flows: Flows
    clock: Clock
    randomness: Randomness = secrets.token_bytes

    def offer(self, connection_id: ConnectionId) -> OfferedLink:
        """Store an authorization, and return it with the link that opens it.

        Raises:
            NotFound: there is no such connection.
            NotOAuth: it has no consent to ask for.
            ConfigurationIncomplete: inputs that are required have no value.
            Misconfigured: the definition that it was made from breaks a rule.
        """
        found = self.connections.with_inputs(connection_id)
        if found is None:
            raise NotFound("There is no such connection.")
        connection, inputs = found
        if not connection.oauth:
            raise NotOAuth(
                "This connection is not an OAuth 2.0 one: there is nothing to authorize."
            )
        refuse_incomplete(definition_of(inputs.definition), inputs)
        now = self.clock.now()
        identifier = authorization_id(now, self.randomness)
        link = authorization_link(identifier, self.randomness)
        authorization = Authorization(
            id=identifier,
            link_digest=digest(link),
            connection_id=connection_id,
            owner=connection.owner,
            customer_name=self._customer_name(connection.owner),
            expires_at=now + AUTHORIZATION_LIFETIME,
        )
        self.flows.offer(authorization)
        return OfferedLink(authorization=authorization, link=link)

    def _customer_name(self, owner: Owner) -> str | None:
        customer = self.customers.get(owner.customer_id) if owner.customer_id else None
        return customer.name if customer else None
