"""What the inputs of a connection say about its state."""

from dataclasses import replace

from connections.application.entered_values import missing_inputs
from connections.application.issuing import inputs_digest
from connections.domain.connection import Connection, Inputs, Reason, Status
from connections.oauth.stored_definitions import definition_of

_CONFIGURABLE = (Reason.NOT_CONFIGURED, Reason.NOT_CONNECTED, None)


def settled(connection: Connection, inputs: Inputs) -> Connection:
    """Return the connection with what follows from its inputs: scopes, digest, completeness.

    What a grant says of the status stays: it goes on working with what it was issued under. Client
    credentials that have changed and are complete are due at once: nobody has to consent.
    """
    definition = definition_of(inputs.definition)
    effective = inputs.effective
    missing = missing_inputs(definition, effective)
    status, reason, refresh_at = connection.status, connection.reason, connection.refresh_at
    digest = inputs_digest(inputs)
    fetched = connection.client_credentials and reason is not Reason.DISCONNECTED
    if fetched and digest != connection.inputs_digest:
        if not missing:
            refresh_at = connection.updated_at
        if status is Status.PENDING:
            # What was wrong was wrong with the former inputs.
            reason = None
    if not connection.oauth:
        status = Status.PENDING if missing else Status.ACTIVE
        reason = Reason.NOT_CONFIGURED if missing else None
    elif status is Status.PENDING and reason in _CONFIGURABLE:
        reason = Reason.NOT_CONFIGURED if missing else Reason.NOT_CONNECTED
    scopes = definition.resolved(dict(effective)).get("scopes")
    if (
        connection.grant_id is not None
        and digest is not None
        and digest == connection.inputs_digest
    ):
        # The grant may have been asked for more than the inputs say.
        scopes = connection.requested_scopes
    changed = connection.grant_id is not None and digest != connection.grant_inputs_digest
    return replace(
        connection,
        # A grant under former inputs is neither held back with those under the new, nor shows
        # what is wrong with them.
        registration=None if changed else connection.registration,
        status=status,
        reason=reason,
        requested_scopes=scopes if connection.oauth else None,
        refresh_at=refresh_at,
        inputs_digest=digest,
    )
