"""What the inputs of a connection say about its state."""

from dataclasses import replace

from connections.application.entered_values import missing_inputs
from connections.application.registration import inputs_digest
from connections.domain.connection import Connection, Inputs, Reason, Status
from connections.oauth.client import definition_of

_CONFIGURABLE = (Reason.NOT_CONFIGURED, Reason.NOT_CONNECTED, None)


def settled(connection: Connection, inputs: Inputs) -> Connection:
    """Return the connection with what follows from its inputs: scopes, digest, completeness.

    What a grant says of the status stays: it goes on working with what it was issued under.
    """
    definition = definition_of(inputs.definition)
    effective = inputs.effective
    missing = missing_inputs(definition, effective)
    status, reason = connection.status, connection.reason
    if not connection.oauth:
        status = Status.PENDING if missing else Status.ACTIVE
        reason = Reason.NOT_CONFIGURED if missing else None
    elif status is Status.PENDING and reason in _CONFIGURABLE:
        reason = Reason.NOT_CONFIGURED if missing else Reason.NOT_CONNECTED
    scopes = definition.resolved(dict(effective)).get("scopes")
    return replace(
        connection,
        status=status,
        reason=reason,
        requested_scopes=scopes if connection.oauth else None,
        inputs_digest=inputs_digest(inputs),
    )
