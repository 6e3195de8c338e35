"""The client secret that was entered since a grant was issued: taken up when the former is refused.

Secrets of apps end and are replaced; the consents that were given to the app go on. A refresh token
is bound to its client (RFC 6749 section 6), whatever the client authenticates with.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from connections.application.issuing import inputs_digest
from connections.application.ports import Connections
from connections.application.refresh_attempt import Attempt
from connections.domain.connection import Inputs
from connections.domain.grant import Grant, Issuance
from connections.oauth.client import OAuthClient

_SECRETS = ("clientSecret", "privateKey")


@dataclass(frozen=True, slots=True)
class CurrentSecrets:
    """What a connection's inputs have in place of a secret that is refused."""

    connections: Connections

    def instead(self, attempt: Attempt, grant: Grant) -> Attempt | None:
        """Return the attempt with the secrets that were entered since; None if there are none.

        They must be of the same client at the same server: a refresh token is nobody else's.

        Raises:
            Unavailable: storage does not answer.
            Misconfigured: the definition that the connection has now breaks a rule.
            SealBroken: the inputs are not those that were sealed for this connection.
        """
        if not attempt.former.inputs_changed:
            return None
        found = self.connections.with_inputs(attempt.former.id)
        if found is None:
            return None
        inputs, issuance = found[1], attempt.issuance
        current = replace(issuance, definition=inputs.definition, values=inputs.effective)
        if not _same_client(OAuthClient.of(current, grant.context), attempt.client):
            return None
        secrets = _secrets(inputs.effective)
        if secrets == _secrets(issuance.values):
            return None
        issuance = replace(
            issuance,
            values={**_others(issuance.values), **secrets},
            inputs_digest=_digest(inputs, issuance),
        )
        client = OAuthClient.of(issuance, grant.context)
        return replace(attempt, issuance=issuance, client=client, counted=client.registration)


def _same_client(one: OAuthClient, other: OAuthClient) -> bool:
    """Tell whether it is the same client, and its secrets go to the very same place."""
    places = ("tokenUrl", "refreshUrl", "metadataUrl")
    return (one.client_id, *map(one.urls.get, places)) == (
        other.client_id,
        *map(other.urls.get, places),
    )


def _digest(inputs: Inputs, issuance: Issuance) -> str | None:
    """Return what stands for the inputs, where they are those of the grant but for the secrets."""
    values = {**_others(inputs.effective), **_secrets(issuance.values)}
    former = Inputs(
        connection_id=inputs.connection_id,
        definition=inputs.definition,
        values=values,
        salt=inputs.salt,
    )
    same = inputs_digest(former) == issuance.inputs_digest
    return inputs_digest(inputs) if same else issuance.inputs_digest


def _secrets(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in _SECRETS if name in values}


def _others(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in values.items() if name not in _SECRETS}
