"""The scenes in which the provider fails, and works again: nothing is lost, nobody is bothered."""

from collections.abc import Collection
from dataclasses import dataclass

from tests.integration import memory
from tests.integration.aws import Aws
from tests.proof.outage.logged import ACCEPTED
from tests.proof.outage.provider import Mood
from tests.proof.outage.simulation import Simulation, simulation
from tests.proof.outage.table import table
from tests.proof.outage.verdicts import (
    nobody_is_given_up,
    nothing_is_unexpected,
    only_probes_are_sent,
    the_newest_is_stored,
)

BEFORE, AFTER = 3, 2
"""Minutes in which all is well."""
SLOWEST_RECOVERY = 30
"""Minutes: to the next probes, and what connections that failed themselves wait longer."""
FAMILY_REVOCATION = {"rotation": "revokes-family"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a scene is."""

    connections: int
    bad_minutes: int


def server_errors(aws: Aws, size: Size) -> str:
    """The provider answers 500: code gets its tokens as long as they live.

    Raises:
        AssertionError: something is not as it must be.
    """
    with simulation(aws, size.connections, facts=FAMILY_REVOCATION) as scene:
        probing = bad_time(scene, Mood.FAILING, size)
        recovered = recovery(scene)
        nobody_is_given_up(scene.minutes)
        _alarmed(scene, 0)
        assert any(each.shown["degraded"] for each in scene.minutes), "nothing is said of delays"
        return f"{table(scene.minutes)}\n{probing}; no alarm; {recovered}"


def expired_secret(aws: Aws, size: Size) -> str:
    """The client's secret ends: one alarm for the operator, and nothing for customers to see.

    Raises:
        AssertionError: something is not as it must be.
    """
    with simulation(aws, size.connections, facts=FAMILY_REVOCATION) as scene:
        probing = bad_time(scene, Mood.REFUSING, size)
        _alarmed(scene, 1)
        recovered = recovery(scene)
        nobody_is_given_up(scene.minutes)
        _alarmed(scene, 1)
        accepted = scene.lines.kept_of(ACCEPTED)
        assert accepted == 1, f"said {accepted} times that the secret is right again"
        _customers_see_no_cause(scene)
        return f"{table(scene.minutes)}\n{probing}; 1 alarm; {recovered}"


def bad_time(scene: Simulation, mood: Mood, size: Size, *, requests: int = 1) -> str:
    """Let the provider be in this mood for a while; return how it was spared."""
    scene.run(BEFORE)
    scene.provider.mood = mood
    scene.run(size.bad_minutes)
    scene.provider.mood = Mood.WELL
    return only_probes_are_sent(scene.minutes[BEFORE:], requests=requests)


def recovery(scene: Simulation, lost: Collection[int] = ()) -> str:
    """Let everybody recover but those that are lost; return how long it took."""
    passed = scene.run_until_recovered(SLOWEST_RECOVERY)
    scene.run(AFTER)
    nothing_is_unexpected(scene)
    the_newest_is_stored(scene, lost)
    return f"all{' others' if lost else ''} active, no backlog, {passed} minutes after it worked"


def _alarmed(scene: Simulation, times: int) -> None:
    """The operator was told so often that the app is refused, of the one registration there is."""
    alarms = scene.lines.kept_of("registration-refused")
    assert alarms == times, f"{alarms} alarms in place of {times}"
    items = memory.raw_items(scene.functions.aws.names["Connections"])
    registrations = sum(each["sk"]["S"] == "registration" for each in items)
    assert registrations == 1, f"{registrations} registrations of one client"


def _customers_see_no_cause(scene: Simulation) -> None:
    """Customers see what is degraded, and nothing of what only the operator can mend."""
    seen = [view for each in scene.minutes for view in each.seen]
    told = [each for each in seen if each["reason"] or each["lastError"]]
    assert told == [], f"the customer is told of {told[0]['reason']}, {told[0]['lastError']}"
    entries = [entry for view in seen for entry in view["log"]]
    assert entries, "no log says that a refresh failed"
    told = [each for each in entries if each["httpStatus"] or "refused" in each["detail"]]
    assert told == [], f"the customer is told by the log: {told[0]}"
    shown = [each.shown for each in scene.minutes if each.breaker == "open" and each.shown]
    assert shown
    assert all(set(each) == {"degraded"} for each in shown), f"not all are degraded: {shown}"
