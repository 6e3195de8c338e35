"""Hand out a live credential: the hot path."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from connections.application.asked_inputs import ALL_INPUTS
from connections.application.completeness import refuse_incomplete
from connections.application.invocation import Invocation
from connections.application.ports import Clock, Readings
from connections.application.refresh import Refresher
from connections.application.refresh_outcome import Outcome, Result
from connections.domain.connection import Inputs, Status
from connections.domain.errors import (
    Misconfigured,
    NotConnected,
    NotFound,
    ReconnectRequired,
    Unavailable,
)
from connections.domain.failure import FailureKind
from connections.domain.grant import Grant
from connections.domain.identifiers import ConnectionId
from connections.domain.refresh import Cause, Need
from connections.oauth.client_values import unfilled
from connections.oauth.stored_definitions import definition_of
from connections_sdk.definitions import ConnectionDefinition
from connections_sdk.templates import TemplateFault

LONGEST_WAIT = timedelta(seconds=20)
ANSWER_MARGIN = timedelta(seconds=2)
"""What is left of an invocation for answering, when waiting for another's refresh ends."""
SWITCHED_OFF = "The connection was disconnected: POST /connections/{id}/refresh connects it again."
"""What to do about client credentials that nobody fetches any more."""
_DISCONNECTED = "The customer has disconnected: send them to CONNECT."


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What an integration's code receives. Never the refresh token."""

    key: str
    config_var_key: str | None = None
    """The name of the config variable whose connection it is."""
    fields: Mapping[str, Any] = field(repr=False)
    token: Mapping[str, Any] | None = field(repr=False)
    context: Mapping[str, str] = field(repr=False)
    generation: int | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialsReader:
    """Gives a working access token while one exists."""

    readings: Readings
    refresher: Refresher
    clock: Clock
    chance: Callable[[], float] = secrets.SystemRandom().random

    def read(
        self, connection_id: ConnectionId, min_ttl: timedelta, invocation: Invocation
    ) -> Credentials:
        """Return credentials whose access token lasts `min_ttl`, refreshing it if it must be.

        Raises:
            NotFound: there is no such connection.
            NotConnected: the customer has not connected it.
            ConfigurationIncomplete: nobody consents to it, and inputs that are required have no
                value.
            ReconnectRequired: the grant is dead and the access token has ended.
            Unavailable: no working access token can be had for now.
            Misconfigured: the definition breaks a rule, or a template among the fields cannot be
                filled in.
        """
        since = self.clock.now()
        give_up = min(since + LONGEST_WAIT, invocation.deadline - ANSWER_MARGIN)
        need = Need(cause=Cause.READ, since=since, min_ttl=min_ttl)
        while True:
            inputs, grant = self.readings.read(connection_id)
            if inputs is None:
                raise NotFound("There is no such connection.")
            definition = definition_of(inputs.definition)
            if definition.oauth2_type is None:
                refuse_incomplete(definition, inputs, ALL_INPUTS)
                return _credentials(definition, inputs, None)
            if grant is None:
                _refuse_unfetched(definition, inputs)
            elif grant.tokens.lasts(min_ttl, self.clock.now()) or grant.tokens.issued_at >= since:
                return _credentials(definition, inputs, grant)
            try:
                outcome = self.refresher.refresh(connection_id, need, invocation)
            except Unavailable:
                # What was read works, if not for long: better than nothing.
                if grant is None or not grant.tokens.alive(self.clock.now()):
                    raise
                return _credentials(definition, inputs, grant)
            if outcome.result is Result.NOT_CONNECTED:
                fetched = definition.credentials is not None
                raise NotConnected(SWITCHED_OFF if fetched else _DISCONNECTED)
            if outcome.result is not Result.BUSY or self.clock.now() >= give_up:
                return _credentials(definition, inputs, _usable(outcome, grant, self.clock.now()))
            self.clock.sleep(0.05 + 0.15 * self.chance())


def _refuse_unfetched(definition: ConnectionDefinition, inputs: Inputs) -> None:
    """Let only pass what is fetched without anybody's consent."""
    if definition.credentials is None:
        raise NotConnected("The customer has not connected: send them to CONNECT.")
    refuse_incomplete(definition, inputs, ALL_INPUTS)


def _usable(outcome: Outcome, read: Grant | None, now: datetime) -> Grant:
    """Return the grant that may be handed out: the freshest known, if its access token lives."""
    grant = outcome.grant or read
    if grant is not None and (outcome.fresh or grant.tokens.alive(now)):
        return grant
    raise refresh_error(outcome, now)


def refresh_error(outcome: Outcome, now: datetime) -> ReconnectRequired | Unavailable:
    """Return the error that tells a caller why there is no working access token."""
    dead = outcome.status is Status.RECONNECT_REQUIRED
    if dead and outcome.grant and outcome.grant.tokens.refresh_token is None:
        return ReconnectRequired(
            "The access token has ended and there is no refresh token: the customer must CONNECT."
        )
    if dead or (outcome.failure and outcome.failure.kind is FailureKind.GRANT):
        return ReconnectRequired(
            "The authorization server ended the grant: send the customer to CONNECT."
        )
    wait = 1 if outcome.retry_at is None else int((outcome.retry_at - now).total_seconds()) + 1
    return Unavailable(
        "The access token cannot be refreshed for now. The connection's log says why.",
        retry_after=max(1, min(wait, 3600)),
    )


def _credentials(
    definition: ConnectionDefinition, inputs: Inputs, grant: Grant | None
) -> Credentials:
    try:
        fields = definition.filled(inputs.effective)
    except TemplateFault as fault:
        # Code would send its token to wherever half a template leads.
        raise Misconfigured(unfilled(fault)) from fault
    return Credentials(
        key=definition.key,
        config_var_key=inputs.variable_key,
        fields=fields,
        token=grant.tokens.response if grant else None,
        context=grant.context if grant else {},
        generation=grant.generation if grant else None,
        expires_at=grant.tokens.expires_at if grant else None,
    )
