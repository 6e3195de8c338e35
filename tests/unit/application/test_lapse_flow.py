"""Flows from which nobody came back: said once in the log, with what to check."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connections.application.begin_authorization import AuthorizationBeginner
from connections.application.complete_authorization import AuthorizationCompleter
from connections.application.lapse_flow import FlowLapses
from connections.domain.errors import Unavailable
from connections.domain.flow import Outcome
from connections.domain.log_entry import Event, Severity
from connections.oauth.digests import digest
from tests.builders import AUTHORIZATION, LINK, NOW
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.flows import OFFER, REDIRECT_URI, VISIT, come_back, entry
from tests.unit.application.parts import INSTANT

OVER = timedelta(minutes=10)
FLOW = digest("the-state")
LAPSED = replace(OFFER, outcome=Outcome(error="authorization-expired"))


@pytest.fixture
def lapses(begun: World, clock: ManualClock) -> FlowLapses:
    return FlowLapses(flows=begun.flows, logbook=begun.logbook, clock=clock)


def test_the_log_says_what_to_check_when_nobody_came_back(
    lapses: FlowLapses, begun: World, clock: ManualClock
) -> None:
    clock.advance(OVER)

    assert lapses.lapse(FLOW)

    words = (
        "Nothing came back from the authorization server within ten minutes. If the customer closed"
        " the window or is no longer at it, press CONNECT again. If they saw an error page there,"
        f" check the authorize URL and the client id, and that the app has exactly {REDIRECT_URI}"
        " among its redirect URIs. If they saw no page at all, check the authorize URL, or the"
        " authorization server is down."
    )
    told = entry(Event.AUTHORIZATION_EXPIRED, Severity.WARNING, words)
    assert begun.entries == [replace(told, at=NOW + OVER)]
    assert begun.authorizations == {AUTHORIZATION: LAPSED}


def test_it_is_said_once(lapses: FlowLapses, begun: World, clock: ManualClock) -> None:
    clock.advance(OVER)

    assert [lapses.lapse(FLOW), lapses.lapse(FLOW)] == [True, False]
    assert len(begun.entries) == 1


def test_nothing_is_said_while_somebody_may_come_back(
    lapses: FlowLapses, begun: World, clock: ManualClock
) -> None:
    clock.advance(OVER - INSTANT)

    assert not lapses.lapse(FLOW)
    assert (begun.entries, begun.authorizations) == ([], {AUTHORIZATION: OFFER})


def test_nothing_is_said_of_a_flow_that_came_back_or_never_began(
    lapses: FlowLapses, completer: AuthorizationCompleter, begun: World, clock: ManualClock
) -> None:
    come_back(completer, state="the-state", error="access_denied")
    clock.advance(OVER)

    assert [lapses.lapse(FLOW), lapses.lapse(digest("another"))] == [False, False]
    assert begun.events == [Event.AUTHORIZATION_REFUSED]


def test_who_pressed_connect_twice_and_came_back_once_is_connected(
    lapses: FlowLapses, begun: World, clock: ManualClock
) -> None:
    connected = replace(OFFER, outcome=Outcome())
    begun.authorizations[AUTHORIZATION] = connected
    clock.advance(OVER)

    assert not lapses.lapse(FLOW)
    assert (begun.entries, begun.authorizations) == ([], {AUTHORIZATION: connected})


def test_who_comes_back_after_all_is_told_that_it_took_too_long(
    lapses: FlowLapses, completer: AuthorizationCompleter, begun: World, clock: ManualClock
) -> None:
    clock.advance(OVER)
    lapses.lapse(FLOW)

    assert come_back(completer).error == "flow-expired"
    assert begun.events == [Event.AUTHORIZATION_EXPIRED, Event.CALLBACK_REJECTED]


def test_a_hiccup_of_storage_does_not_leave_it_unsaid(
    lapses: FlowLapses, begun: World, clock: ManualClock
) -> None:
    clock.advance(OVER)
    begun.fail("flows.settle", 2)

    assert lapses.lapse(FLOW)
    assert begun.events == [Event.AUTHORIZATION_EXPIRED]


def test_a_flow_is_sent_to_be_looked_at_before_it_is_stored(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    beginner.begin(LINK, "the-browser", VISIT)

    assert offered.to_lapse == list(offered.flows_by_digest)
    assert offered.calls.index("lapses.send") < offered.calls.index("flows.begin")


def test_a_flow_that_could_not_be_looked_at_does_not_begin(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    offered.fail("lapses.send")

    with pytest.raises(Unavailable):
        beginner.begin(LINK, "the-browser", VISIT)

    assert offered.flows_by_digest == {}
