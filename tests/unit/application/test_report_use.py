"""What an execution reports: the last report counts."""

import pytest

from connections.application.report_use import UseReports
from connections.domain.connection import Use, UseOutcome
from connections.domain.errors import NotFound
from connections.domain.identifiers import ConnectionId
from tests.builders import CONNECTION, HOUR, NOW, a_connection
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.parts import state


@pytest.fixture
def reports(world: World, clock: ManualClock) -> UseReports:
    return UseReports(connections=world.connections, clock=clock)


@pytest.mark.parametrize("outcome", UseOutcome)
def test_the_last_report_is_kept_with_its_time(
    reports: UseReports, world: World, clock: ManualClock, outcome: UseOutcome
) -> None:
    reports.report(CONNECTION, UseOutcome.SUCCESS)
    clock.advance(HOUR)

    reports.report(CONNECTION, outcome)

    assert state(world) == a_connection(last_use=Use(at=NOW + HOUR, outcome=outcome))


def test_a_report_about_what_is_not_there_is_not_found(reports: UseReports, world: World) -> None:
    with pytest.raises(NotFound):
        reports.report(ConnectionId("con_" + "9" * 26), UseOutcome.SUCCESS)

    assert world.connections_by_id == {CONNECTION: a_connection()}
