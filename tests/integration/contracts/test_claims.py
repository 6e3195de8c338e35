"""The contract of `States`, first part: claims, and what ends them."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from connections.domain.claim import Claim, Spending
from connections.domain.connection import Connection
from connections.domain.identifiers import ConnectionId
from tests.builders import CONNECTION, GRANT, HOUR, NOW, a_grant, a_new_connection, some_inputs
from tests.integration.contracts.ports import Ports

INSTANT = timedelta(microseconds=1)
OTHER = ConnectionId("con_00000000000000000000000002")
UNTIL = NOW + timedelta(seconds=59)
MINE = Claim(holder="mine", until=UNTIL)
THEIRS = Claim(holder="theirs", until=UNTIL + HOUR)
SPENDING = Spending(grant_id=GRANT, generation=1)


@pytest.fixture
def connected(ports: Ports) -> Connection:
    """A connection that is connected and due now."""
    ports.new_connections.add(a_new_connection(), some_inputs())
    assert ports.new_grants.connected(a_grant(), NOW, NOW)
    return state_of(ports)


def state_of(ports: Ports) -> Connection:
    state = ports.connections.get(CONNECTION)
    assert state is not None
    return state


def test_a_claim_returns_the_state_as_it_was_just_before(
    ports: Ports, connected: Connection
) -> None:
    assert ports.states.claim(CONNECTION, MINE, NOW) == connected


def test_a_claim_raises_the_fence_and_puts_what_it_may_spend_on_record(
    ports: Ports, connected: Connection
) -> None:
    ports.states.claim(CONNECTION, MINE, NOW)

    state = state_of(ports)
    assert (state.claim, state.spending) == (MINE, SPENDING)
    assert state.fence == connected.fence + 1
    assert (state.status, state.refresh_at) == (connected.status, connected.refresh_at)


def test_a_claim_keeps_others_away_until_it_ends(ports: Ports, connected: Connection) -> None:
    ports.states.claim(CONNECTION, MINE, NOW)
    before = state_of(ports)

    assert ports.states.claim(CONNECTION, THEIRS, UNTIL - INSTANT) is None

    assert state_of(ports) == before


def test_a_claim_that_has_ended_gives_way_and_its_spending_is_told(
    ports: Ports, connected: Connection
) -> None:
    ports.states.claim(CONNECTION, MINE, NOW)

    former = ports.states.claim(CONNECTION, THEIRS, UNTIL)

    assert former is not None
    assert (former.claim, former.spending) == (MINE, SPENDING)
    assert former.fence == connected.fence + 1
    assert state_of(ports).claim == THEIRS
    assert state_of(ports).fence == connected.fence + 2


def test_a_claim_made_again_by_its_holder_is_his_and_its_outcome_unknown(
    adapter_ports: Ports,
) -> None:
    adapter_ports.new_connections.add(a_new_connection(), some_inputs())
    adapter_ports.new_grants.connected(a_grant(), NOW, NOW)
    first = adapter_ports.states.claim(CONNECTION, MINE, NOW)
    assert first is not None

    again = adapter_ports.states.claim(CONNECTION, MINE, NOW)

    assert again is not None
    assert (again.spending, again.fence) == (SPENDING, first.fence)
    assert again.claim == replace(MINE, until=NOW), "as if somebody's had ended just now"
    assert state_of(adapter_ports).fence == first.fence + 1
    assert adapter_ports.states.released(again, None)


def test_a_claim_of_what_is_not_there_is_refused_and_makes_nothing(ports: Ports) -> None:
    assert ports.states.claim(CONNECTION, MINE, NOW) is None
    assert ports.connections.get(CONNECTION) is None


def test_a_claim_of_a_connection_without_grant_can_be_ended(ports: Ports) -> None:
    ports.new_connections.add(a_new_connection(), some_inputs())

    former = ports.states.claim(CONNECTION, MINE, NOW)

    assert former == a_new_connection()
    assert ports.states.released(former, None)
    assert state_of(ports) == a_new_connection(fence=1)


def test_claims_of_two_connections_do_not_meet(ports: Ports, connected: Connection) -> None:
    ports.new_connections.add(a_new_connection(id=OTHER), some_inputs(connection_id=OTHER))
    ports.states.claim(OTHER, THEIRS, NOW)

    assert ports.states.claim(CONNECTION, MINE, NOW) == connected


def test_releasing_ends_the_claim_and_forgets_its_spending(
    ports: Ports, connected: Connection
) -> None:
    former = ports.states.claim(CONNECTION, MINE, NOW)
    assert former is not None

    assert ports.states.released(former, NOW + HOUR)

    state = state_of(ports)
    assert (state.claim, state.spending, state.refresh_at) == (None, None, NOW + HOUR)
    assert (state.status, state.generation) == (connected.status, connected.generation)
    assert ports.states.claim(CONNECTION, THEIRS, NOW) is not None


@pytest.mark.parametrize("refresh_at", [None, NOW + HOUR])
def test_releasing_leaves_a_former_spending_on_record_and_since_when_it_is_unknown(
    ports: Ports, connected: Connection, refresh_at: datetime | None
) -> None:
    ports.states.claim(CONNECTION, THEIRS, NOW)
    former = ports.states.claim(CONNECTION, MINE, THEIRS.until)
    assert former is not None

    assert ports.states.released(former, refresh_at)

    state = state_of(ports)
    assert (state.claim, state.spending, state.refresh_at) == (THEIRS, SPENDING, refresh_at)
    assert ports.states.claim(CONNECTION, MINE, THEIRS.until) == state, "it keeps nobody away"


def test_who_was_overtaken_by_another_claim_releases_nothing(
    ports: Ports, connected: Connection
) -> None:
    overtaken = ports.states.claim(CONNECTION, MINE, NOW)
    assert overtaken is not None
    ports.states.claim(CONNECTION, THEIRS, UNTIL)
    before = state_of(ports)

    assert not ports.states.released(overtaken, NOW + HOUR)

    assert state_of(ports) == before


def test_a_claim_is_released_once(ports: Ports, connected: Connection) -> None:
    former = ports.states.claim(CONNECTION, MINE, NOW)
    assert former is not None
    ports.states.released(former, None)
    ports.states.claim(CONNECTION, THEIRS, NOW)

    assert not ports.states.released(former, None)

    assert state_of(ports).claim == THEIRS
