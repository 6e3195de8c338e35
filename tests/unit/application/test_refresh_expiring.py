"""A consent that ends whatever is done with it: that is said a week before, once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from connections.domain.grant import FORECAST
from connections.domain.log_entry import Event, LogEntry, Severity
from tests.builders import CONNECTION, HOUR, NOW, a_connection, a_grant, an_issuance
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.parts import (
    DUE,
    INSTANT,
    Refresh,
    issued_earlier,
    new_tokens,
    state,
    stored,
)

DAY = timedelta(days=1)
ENTRY = LogEntry(
    connection_id=CONNECTION,
    at=NOW,
    event=Event.EXPIRING,
    severity=Severity.WARNING,
    detail="The provider ends this consent on 2026-03-08, however it is used. Send the customer to"
    " CONNECT before then: the connection goes on working meanwhile.",
)


def holding(world: World, ends: timedelta, refreshed: datetime | None) -> None:
    """Let there be a consent of 90 days that ends after a time from now on."""
    issuance = an_issuance(provider={"refreshTokenMaxTtl": 90 * 86400})
    grant = a_grant(tokens=issued_earlier(), issuance=issuance, since=NOW + ends - 90 * DAY)
    world.holding(a_connection(last_refreshed_at=refreshed), grant=grant)


@pytest.mark.parametrize("refreshed", [None, NOW - HOUR, NOW - INSTANT])
def test_the_first_refresh_of_its_last_week_says_so(
    refresh: Refresh,
    server: ScriptedServer,
    world: World,
    refreshed: datetime | None,
) -> None:
    holding(world, FORECAST, refreshed)
    server.answers.append(new_tokens())

    refresh(DUE)

    assert world.entries == [ENTRY]


@pytest.mark.parametrize(
    ("ends", "refreshed"),
    [
        pytest.param(FORECAST + INSTANT, NOW - HOUR, id="more than a week is left"),
        pytest.param(FORECAST - HOUR, NOW - HOUR, id="the refresh before has said it"),
    ],
)
def test_nothing_is_said_before_and_nothing_twice(
    refresh: Refresh, server: ScriptedServer, world: World, ends: timedelta, refreshed: datetime
) -> None:
    holding(world, ends, refreshed)
    server.answers.append(new_tokens())

    refresh(DUE)

    assert world.entries == []


def test_whoever_mends_the_state_says_what_was_not_said(refresh: Refresh, world: World) -> None:
    holding(world, FORECAST - HOUR, NOW - DAY)
    tokens = issued_earlier(refresh_token="refresh-2")
    world.grants[CONNECTION] = replace(stored(world), generation=2, tokens=tokens)

    refresh(DUE)

    assert [entry.event for entry in world.entries] == [Event.EXPIRING]


def test_the_next_generation_is_due_when_it_has_to_be_said(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    holding(world, FORECAST + HOUR, NOW - DAY)
    server.answers.append(new_tokens())

    refresh(DUE)

    assert state(world).refresh_at == NOW + HOUR
    assert stored(world).since == NOW + FORECAST + HOUR - 90 * DAY


@pytest.mark.parametrize("facts", [{}, {"refreshTokenMaxTtl": 8 * 86400}])
def test_nothing_is_forecast_of_what_is_not_known(
    refresh: Refresh, server: ScriptedServer, world: World, facts: dict[str, object]
) -> None:
    """Nobody said how long consents last; or since when this one is, which is from before."""
    since = None if facts else NOW - 400 * DAY
    grant = a_grant(tokens=issued_earlier(), issuance=an_issuance(provider=facts), since=since)
    world.holding(a_connection(), grant=grant)
    server.answers.append(new_tokens())

    refresh(DUE)

    assert world.entries == []
