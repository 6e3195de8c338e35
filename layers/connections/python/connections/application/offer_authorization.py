"""Offer an authorization: a link under which a customer may press CONNECT."""

import secrets
from dataclasses import dataclass

from connections.application.ports import Clock, Connections, Flows
from connections.domain.errors import NotFound, NotOAuth
from connections.domain.flow import AUTHORIZATION_LIFETIME, Authorization
from connections.domain.identifiers import ConnectionId, Randomness, authorization_id


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationOffers:
    """Makes authorizations for connections."""

    connections: Connections
    flows: Flows
    clock: Clock
    randomness: Randomness = secrets.token_bytes

    def offer(self, connection_id: ConnectionId) -> Authorization:
        """Store and return an authorization.

        Raises:
            NotFound: there is no such connection.
            NotOAuth: it has no consent to ask for.
        """
        connection = self.connections.get(connection_id)
        if connection is None:
            raise NotFound("There is no such connection.")
        if not connection.oauth:
            raise NotOAuth(
                "This connection is not an OAuth 2.0 one: there is nothing to authorize."
            )
        now = self.clock.now()
        authorization = Authorization(
            id=authorization_id(now, self.randomness),
            connection_id=connection_id,
            expires_at=now + AUTHORIZATION_LIFETIME,
        )
        self.flows.offer(authorization)
        return authorization
