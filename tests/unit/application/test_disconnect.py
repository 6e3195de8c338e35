"""Disconnecting: handed over for revocation, deleted, and then said, in this order."""

from dataclasses import replace

import pytest

from connections.application.disconnect import Disconnecter
from connections.domain.connection import Evidence, Reason, Status, Use, UseOutcome
from connections.domain.errors import NotFound, NotOAuth
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.domain.revocation import Revocation
from tests.builders import CONNECTION, NOW, a_connection, a_new_connection
from tests.doubles.world import World
from tests.unit.application.parts import (
    CLAIMED,
    FIRST,
    RUN,
    SPENDING,
    ended,
    state,
    without_revocation,
)


def test_a_disconnect_hands_the_grant_over_before_it_deletes_it(
    disconnecter: Disconnecter, world: World
) -> None:
    assert disconnecter.disconnect(CONNECTION, RUN) is Revocation.REVOKED

    assert world.to_revoke == [FIRST]
    assert world.grants == {}
    assert world.calls == [
        "connections.get",
        "tokens.get",
        "revocations.send",
        "tokens.delete",
        "states.disconnected",
        "logbook.write",
        # Only then somebody waits for the provider.
        "connections.get",
        "logbook.write",
        "settlements.settle",
    ]


def test_a_disconnect_forgets_all_that_the_grant_brought(
    disconnecter: Disconnecter, world: World
) -> None:
    evidence = Evidence(at=NOW, generation=1, http_status=503, provider_error=None)
    world.holding(
        a_connection(
            status=Status.DEGRADED,
            reason=Reason.OUTCOME_UNKNOWN,
            failures=2,
            last_error=evidence,
            last_use=Use(at=NOW, outcome=UseOutcome.SUCCESS),
            last_refreshed_at=NOW,
            claim=CLAIMED,
            spending=SPENDING,
            fence=4,
        )
    )

    disconnecter.disconnect(CONNECTION, RUN)

    assert state(world) == ended(fence=5)


def test_a_disconnect_says_that_the_tokens_are_being_revoked(
    disconnecter: Disconnecter, world: World
) -> None:
    disconnecter.disconnect(CONNECTION, RUN)

    assert world.entries[:1] == [
        LogEntry(
            connection_id=CONNECTION,
            at=NOW,
            event=Event.DISCONNECTED,
            severity=Severity.INFO,
            detail="The tokens were deleted here and are being revoked at the provider.",
        )
    ]


def test_without_a_revocation_endpoint_the_tokens_are_deleted_and_the_log_says_what_to_do(
    disconnecter: Disconnecter, world: World
) -> None:
    world.grants[CONNECTION] = replace(FIRST, issuance=without_revocation())

    assert disconnecter.disconnect(CONNECTION, RUN) is Revocation.NOT_SUPPORTED

    assert (world.to_revoke, world.grants, state(world)) == ([], {}, ended())
    (entry,) = world.entries
    assert (entry.event, entry.severity) == (Event.DISCONNECTED, Severity.INFO)
    assert entry.detail == (
        "The tokens were deleted here. The provider has no revocation endpoint. The customer can"
        " end the app's access in the provider's own settings."
    )


def test_a_connection_that_nobody_created_is_not_found(
    disconnecter: Disconnecter, world: World
) -> None:
    world.connections_by_id.clear()

    with pytest.raises(NotFound):
        disconnecter.disconnect(CONNECTION, RUN)

    assert world.grants == {CONNECTION: FIRST}


def test_a_connection_that_is_not_oauth_has_nothing_to_end(
    disconnecter: Disconnecter, world: World
) -> None:
    world.holding(a_connection(oauth=False))

    with pytest.raises(NotOAuth):
        disconnecter.disconnect(CONNECTION, RUN)

    assert world.calls == ["connections.get"]


def test_disconnecting_what_is_not_connected_changes_nothing(
    disconnecter: Disconnecter, world: World
) -> None:
    world.holding(a_new_connection())
    world.grants.clear()

    assert disconnecter.disconnect(CONNECTION, RUN) is Revocation.NOT_SUPPORTED

    assert state(world) == a_new_connection()
    assert world.calls == ["connections.get", "tokens.get"]
