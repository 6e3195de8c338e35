"""What the tests of a flow's end say again and again."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from connections.application.begin_authorization import Visit
from connections.application.complete_authorization import AuthorizationCompleter, Completion
from connections.domain.connection import Connection
from connections.domain.grant import Grant
from connections.domain.identifiers import grant_id
from connections.domain.log_entry import Event, LogEntry, Severity
from tests.builders import (
    AUTHORIZATION,
    CONNECTION,
    HOUR,
    NOW,
    a_connection,
    a_flow,
    a_grant,
    an_issuance,
    an_offer,
    some_inputs,
)
from tests.doubles.world import World
from tests.unit.application.parts import RUN, same_bytes, the_second_generation

BROWSER = "the-browser"
REDIRECT_URI = "https://oauth2.connections.example/callback"
VISIT = Visit(redirect_uri=REDIRECT_URI, deadline=RUN.deadline)
CONNECTED = Completion(flow=a_flow())
NEW_GRANT = grant_id(NOW, same_bytes)
CONSENTED = {"state": "the-state", "code": "the-code"}
OFFER = an_offer(id=AUTHORIZATION, connection_id=CONNECTION, expires_at=NOW + timedelta(hours=1))


def come_back(
    completer: AuthorizationCompleter, browser: str | None = BROWSER, **parameters: str
) -> Completion:
    """Complete the flow with these parameters in place of a consent's."""
    return completer.complete(urlencode(parameters or CONSENTED), browser, RUN)


def entry(event: Event, severity: Severity, detail: str, **changes: Any) -> LogEntry:
    """Return what a flow leaves in the log."""
    return LogEntry(
        connection_id=CONNECTION,
        at=NOW,
        event=event,
        severity=severity,
        detail=detail,
        authorization_id=AUTHORIZATION,
        **changes,
    )


def defined_as(world: World, values: dict[str, Any] | None = None, **definition: Any) -> None:
    """Give the connection another definition, or other values."""
    issuance = an_issuance(values, **definition)
    world.inputs_by_id[CONNECTION] = some_inputs(
        definition=issuance.definition, values=issuance.values
    )


def the_new_grant() -> Grant:
    """Return the grant that `new_tokens()` begins."""
    return a_grant(grant_id=NEW_GRANT, tokens=the_second_generation().tokens, since=NOW)


def connected(**changes: Any) -> Connection:
    """Return the state that `new_tokens()` leaves."""
    defaults: dict[str, Any] = {
        "grant_id": NEW_GRANT,
        "granted_scopes": "read",
        "expires_at": NOW + 2 * HOUR,
        "refresh_at": NOW + 2 * HOUR - timedelta(minutes=12) - timedelta(minutes=3),
        "updated_at": NOW,
        "fence": 1,
    }
    return a_connection(**{**defaults, **changes})
