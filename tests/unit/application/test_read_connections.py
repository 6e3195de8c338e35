"""Connections as they are read and listed: cut into pages first, filtered then."""

from dataclasses import replace

import pytest

from connections.application.read_connections import ConnectionReader, Wanted
from connections.application.seen_connections import ConnectionSight
from connections.domain.caller import ORGANIZATION, Owner
from connections.domain.client_registration import Registration
from connections.domain.connection import Connection, Light, Reason, Status, Use, UseOutcome
from connections.domain.errors import NotFound
from connections.domain.identifiers import ConnectionId, RegistrationId
from tests.builders import (
    ADA,
    CONNECTION,
    CUSTOMER,
    NOW,
    a_connection,
    a_new_connection,
    some_inputs,
)
from tests.doubles.clock import ManualClock
from tests.doubles.world import World

NEVER = ConnectionId("con_" + "9" * 26)
USED = Use(at=NOW, outcome=UseOutcome.SUCCESS)


@pytest.fixture
def reading(world: World, clock: ManualClock) -> ConnectionReader:
    sight = ConnectionSight(registrations=world.registrations, clock=clock)
    return ConnectionReader(connections=world.connections, listed=world.listed, sight=sight)


def everything(_: Connection) -> bool:
    return True


def numbered(number: int, owner: Owner = ORGANIZATION) -> Connection:
    return a_connection(id=ConnectionId(f"con_{number:026}"), owner=owner)


@pytest.mark.parametrize(
    ("wanted", "included"),
    [
        (Wanted(), True),
        (Wanted(component="acme"), True),
        (Wanted(component="other"), False),
        (Wanted(status=Status.ACTIVE), True),
        (Wanted(status=Status.DEGRADED), False),
        (Wanted(light=Light.GREEN), True),
        (Wanted(light=Light.YELLOW), False),
        (Wanted(component="acme", status=Status.ACTIVE, light=Light.GREEN), True),
        (Wanted(component="acme", status=Status.ACTIVE, light=Light.RED), False),
        (Wanted(component="other", status=Status.ACTIVE, light=Light.GREEN), False),
        (Wanted(component="acme", status=Status.PENDING, light=Light.GREEN), False),
    ],
)
def test_a_connection_is_wanted_if_all_that_is_asked_for_is_so(
    wanted: Wanted, *, included: bool
) -> None:
    assert wanted.includes(a_connection(last_use=USED)) is included


def test_a_connection_without_a_light_is_not_of_any() -> None:
    assert [light for light in Light if Wanted(light=light).includes(a_new_connection())] == []
    assert Wanted().includes(a_new_connection())


def test_a_connection_is_read_with_its_inputs(reading: ConnectionReader) -> None:
    assert reading.read(CONNECTION) == (a_connection(), some_inputs())


def test_the_id_of_a_connection_that_there_is_is_returned(
    reading: ConnectionReader, world: World
) -> None:
    assert reading.exists(CONNECTION) == CONNECTION
    assert world.calls == ["connections.get"]


def test_what_is_not_there_is_not_found(reading: ConnectionReader) -> None:
    with pytest.raises(NotFound):
        reading.read(NEVER)
    with pytest.raises(NotFound):
        reading.exists(NEVER)


def test_connections_are_listed_newest_first(reading: ConnectionReader, world: World) -> None:
    connections = [numbered(number) for number in (1, 2, 3)]
    for each in connections:
        world.holding(each)

    first, cursor = reading.page(Wanted(), everything, limit=2, cursor=None)

    assert first == [connections[2], connections[1]]
    assert reading.page(Wanted(), everything, limit=2, cursor=cursor) == ([connections[0]], None)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_hold_what_is_visible_and_their_cursors_name_nothing_else(
    reading: ConnectionReader, world: World, limit: int
) -> None:
    world.connections_by_id.clear()
    for number in range(1, 9):
        world.holding(numbered(number))
    visible = [numbered(number) for number in (7, 4, 3, 1)]
    found: list[Connection] = []
    cursor: str | None = None
    cursors: list[str] = []

    while True:
        page, cursor = reading.page(Wanted(), visible.__contains__, limit=limit, cursor=cursor)
        found += page
        if cursor is None:
            break
        assert len(page) == limit
        cursors.append(cursor)

    assert found == visible
    assert set(cursors) <= {each.id for each in visible}


def test_where_little_is_wanted_a_page_ends_after_ten(
    reading: ConnectionReader, world: World
) -> None:
    world.connections_by_id.clear()
    for number in range(1, 13):
        world.holding(numbered(number))

    page, cursor = reading.page(Wanted(), lambda _: False, limit=1, cursor=None)

    assert (page, cursor) == ([], numbered(3).id)
    assert world.calls.count("listed.page") == 10


def test_a_list_holds_what_is_wanted_and_visible(reading: ConnectionReader, world: World) -> None:
    world.connections_by_id.clear()
    world.holding(numbered(1))
    world.holding(a_connection(id=numbered(2).id, component="other"))
    world.holding(numbered(3))

    found, _ = reading.page(
        Wanted(component="acme"), lambda each: each.id != numbered(3).id, limit=10, cursor=None
    )

    assert found == [numbered(1)]


def test_the_list_of_a_customer_is_that_customers(reading: ConnectionReader, world: World) -> None:
    world.holding(numbered(2, ADA))

    found, _ = reading.page(Wanted(customer_id=CUSTOMER), everything, limit=10, cursor=None)

    assert found == [numbered(2, ADA)]


@pytest.fixture
def refused(world: World) -> World:
    """A connection that works, and whose client registration is refused."""
    registration = RegistrationId("reg_1")
    world.registrations_by_id[registration] = Registration(id=registration, fault=True)
    connection = replace(a_connection(), registration=registration)
    return world.holding(connection, some_inputs())


def test_a_connection_is_read_as_it_shows_itself(reading: ConnectionReader, refused: World) -> None:
    connection, inputs = reading.read(CONNECTION)

    assert connection.status is Status.DEGRADED
    assert connection.reason is Reason.OPERATOR_ACTION_REQUIRED
    assert inputs == some_inputs()
    assert refused.connections_by_id[CONNECTION].status is Status.ACTIVE


@pytest.mark.parametrize(
    ("status", "number"), [(Status.DEGRADED, 1), (Status.ACTIVE, 0), (None, 1)]
)
def test_a_list_is_filtered_by_the_status_that_is_shown(
    reading: ConnectionReader, refused: World, status: Status | None, number: int
) -> None:
    found, _ = reading.page(Wanted(status=status), everything, limit=10, cursor=None)

    assert [each.status for each in found] == [Status.DEGRADED] * number
    assert refused.calls == ["listed.page", "registrations.many"]


def test_of_what_a_caller_may_not_see_no_registration_is_read(
    reading: ConnectionReader, refused: World
) -> None:
    reading.page(Wanted(), lambda _: False, limit=10, cursor=None)

    assert refused.calls == ["listed.page"]
