"""What the verdicts say of minutes that should not be."""

from collections import Counter
from typing import Any

import pytest

from tests.proof.outage.simulation import Minute
from tests.proof.outage.verdicts import nobody_is_given_up, only_probes_are_sent

OPEN: dict[str, Any] = {"breaker": "open"}


def a_minute(**changes: Any) -> Minute:
    """Return a minute in which nothing happens."""
    quiet: dict[str, Any] = {
        "number": 7,
        "due": 0,
        "waiting": 0,
        "queued": 0,
        "sent": 0,
        "worked": 0,
        "sent_for_readers": 0,
        "breaker": "closed",
        "stored": Counter(active=9, degraded=1),
        "shown": Counter(),
        "seen": (),
        "read": Counter(),
    }
    return Minute(**{**quiet, **changes})


def test_a_connection_that_is_given_up_is_named() -> None:
    nobody_is_given_up([a_minute()])
    for counts in ("stored", "shown"):
        given_up = a_minute(**{counts: Counter({"reconnect-required": 1})})
        with pytest.raises(AssertionError, match=r"minute 7: .*reconnect-required"):
            nobody_is_given_up([a_minute(), given_up])


def test_a_few_probes_ever_rarer_are_fine() -> None:
    probes = [a_minute(sent=3 if number in {1, 3, 7, 15} else 0, **OPEN) for number in range(20)]

    told = only_probes_are_sent([a_minute(sent=9), a_minute(sent=9, **OPEN), *probes])

    assert told == (
        "breaker open 2 minutes after the first failures (18 requests), then 12 probes in 20"
        " minutes"
    )


@pytest.mark.parametrize("sent", [{"sent": 4}, {"sent": 3, "sent_for_readers": 1}])
def test_more_than_a_round_of_probes_in_a_minute_is_too_much(sent: dict[str, int]) -> None:
    with pytest.raises(AssertionError, match="4 requests in one minute"):
        only_probes_are_sent([a_minute(sent=9, **OPEN), a_minute(**sent, **OPEN)])


def test_more_messages_than_probes_are_too_much() -> None:
    with pytest.raises(AssertionError, match="4 queued in one minute"):
        only_probes_are_sent([a_minute(sent=9, **OPEN), a_minute(queued=4, **OPEN)])


def test_a_refresh_may_make_two_requests_where_that_is_said() -> None:
    minutes = [*[a_minute(sent=2)] * 4, a_minute(sent=2, **OPEN), a_minute(sent=6, **OPEN)]

    assert "6 probes" in only_probes_are_sent(minutes, requests=2)


def test_probes_every_minute_are_too_many() -> None:
    minutes = [a_minute(sent=9, **OPEN), *(a_minute(sent=3, **OPEN) for _ in range(10))]

    with pytest.raises(AssertionError, match="30 requests while the breaker was open, at most 12"):
        only_probes_are_sent(minutes)


def test_a_breaker_opens_in_three_minutes_or_with_the_fifth_failure() -> None:
    few = [a_minute(sent=1) for _ in range(4)]

    assert "5 minutes after" in only_probes_are_sent([*few, a_minute(sent=1, **OPEN), a_minute()])
    for late in ([*few, a_minute(sent=1)], [a_minute(sent=5)] * 3):
        with pytest.raises(AssertionError, match=r"not open after . minutes"):
            only_probes_are_sent([*late, a_minute(**OPEN), a_minute()])
    with pytest.raises(AssertionError, match="not open at all"):
        only_probes_are_sent(few)
