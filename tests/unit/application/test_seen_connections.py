"""Connections as they show themselves: looked at through their registrations, and to whom."""

from dataclasses import replace

import pytest

from connections.application.seen_connections import ConnectionSight, told_to
from connections.domain.caller import Caller
from connections.domain.client_registration import Breaker, Registration
from connections.domain.connection import Connection, Evidence, Reason, Status
from connections.domain.identifiers import ConnectionId, RegistrationId
from tests.builders import HOUR, NOW, a_connection
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.configuring import ADMIN, EMBEDDING, ORGANIZATION, USER

ID, OTHER = RegistrationId("reg_1"), RegistrationId("reg_2")
AT_FAULT = Registration(id=ID, breaker=Breaker(opened_at=NOW, probe_at=NOW + HOUR), fault=True)
EVIDENCE = Evidence(at=NOW, generation=1, http_status=401, provider_error="invalid_client")
REFUSED = a_connection(
    status=Status.DEGRADED, reason=Reason.OPERATOR_ACTION_REQUIRED, last_error=EVIDENCE
)


def numbered(number: int, registration: RegistrationId | None, **changes: object) -> Connection:
    connection = a_connection(id=ConnectionId(f"con_{number}"), refresh_at=NOW + HOUR, **changes)
    return replace(connection, registration=registration)


@pytest.fixture
def sight(world: World, clock: ManualClock) -> ConnectionSight:
    world.registrations_by_id[ID] = AT_FAULT
    return ConnectionSight(registrations=world.registrations, clock=clock)


def test_many_are_looked_at_with_one_request_and_keep_their_order(
    sight: ConnectionSight, world: World
) -> None:
    connections = [numbered(1, ID), numbered(2, OTHER), numbered(3, None), numbered(4, ID)]

    seen = sight.seen(connections)

    assert [each.id for each in seen] == [each.id for each in connections]
    assert [each.status for each in seen] == [
        Status.DEGRADED, Status.ACTIVE, Status.ACTIVE, Status.DEGRADED,
    ]  # fmt: skip
    assert world.calls == ["registrations.many"]


def test_nothing_is_looked_up_where_no_registration_could_change_anything(
    sight: ConnectionSight, world: World
) -> None:
    connections = [numbered(1, None), numbered(2, ID, status=Status.RECONNECT_REQUIRED)]

    assert sight.seen(connections) == connections
    assert sight.seen([]) == []
    assert world.calls == []


def test_where_registrations_cannot_be_read_connections_show_what_is_stored(
    sight: ConnectionSight, world: World
) -> None:
    world.fail("registrations.many")

    assert sight.seen([numbered(1, ID)]) == [numbered(1, ID)]


def test_a_refresh_that_is_overdue_is_so_by_the_clock(
    sight: ConnectionSight, world: World, clock: ManualClock
) -> None:
    world.registrations_by_id[ID] = replace(AT_FAULT, fault=False)

    assert sight.seen([numbered(1, ID)])[0].status is Status.ACTIVE
    clock.advance(HOUR)
    assert sight.seen([numbered(1, ID)])[0].reason is Reason.PROVIDER_UNAVAILABLE


def test_the_organization_is_told_that_it_must_act() -> None:
    assert told_to(ORGANIZATION, REFUSED) is REFUSED


@pytest.mark.parametrize("caller", [ADMIN, USER, EMBEDDING])
def test_on_the_customers_side_an_operators_business_is_degraded_and_nothing_more(
    caller: Caller,
) -> None:
    assert told_to(caller, REFUSED) == a_connection(status=Status.DEGRADED)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (Status.DEGRADED, Reason.PROVIDER_UNAVAILABLE),
        (Status.PENDING, Reason.OPERATOR_ACTION_REQUIRED),
        (Status.RECONNECT_REQUIRED, Reason.GRANT_REVOKED),
    ],
)
def test_what_a_customer_can_act_on_or_wait_for_is_told(status: Status, reason: Reason) -> None:
    connection = replace(REFUSED, status=status, reason=reason)

    assert told_to(USER, connection) is connection
