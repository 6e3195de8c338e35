"""What must be true of an outage, by what was counted and by the provider's ledger."""

from collections import Counter
from collections.abc import Collection, Sequence

from connections.domain.client_registration import LEAST_FAILURES, LONGEST_PAUSE, PROBES
from tests.proof.outage.connected import stored_grants
from tests.proof.outage.simulation import Minute, Simulation

SLOWEST_TO_OPEN = 3
"""Minutes from the first failures to an open breaker: it counts those of two."""


def nobody_is_given_up(minutes: Sequence[Minute]) -> None:
    """No connection was ever said to be dead."""
    for each in minutes:
        for counts in (each.stored, each.shown):
            assert set(counts) <= {"active", "degraded"}, f"minute {each.number}: {counts}"


def only_probes_are_sent(minutes: Sequence[Minute], *, requests: int = 1) -> str:
    """Once the breaker is open the provider is left alone but for probes: few, and ever rarer.

    A refresh makes so many `requests`.
    """
    opened = _opened(minutes, requests)
    held = minutes[opened + 1 :]
    queued = max(each.queued for each in held)
    assert queued <= PROBES, f"{queued} queued in one minute, though the breaker is open"
    sent = [each.sent + each.sent_for_readers for each in held]
    most = PROBES * requests
    assert max(sent) <= most, f"{max(sent)} requests in one minute, though the breaker is open"
    most *= _rounds(len(held))
    assert sum(sent) <= most, f"{sum(sent)} requests while the breaker was open, at most {most}"
    before = sum(each.sent for each in minutes[: opened + 1])
    return (
        f"breaker open {opened + 1} minutes after the first failures ({before} requests),"
        f" then {sum(sent)} probes in {len(held)} minutes"
    )


def _opened(minutes: Sequence[Minute], requests: int) -> int:
    """Return in which minute the breaker opened."""
    failures = 0
    for number, each in enumerate(minutes):
        if each.breaker == "open":
            return number
        failures += each.sent // requests
        in_time = number < SLOWEST_TO_OPEN - 1 or failures < LEAST_FAILURES
        assert in_time, f"the breaker was not open after {number + 1} minutes, {failures} failures"
    raise AssertionError("the breaker was not open at all")


def _rounds(minutes: int) -> int:
    """Return how many rounds of probes fit into so many minutes: after 1, 2, 4, 8, 10 … minutes."""
    rounds, pause, passed = 0, 1, 0
    while (passed := passed + pause) <= minutes:
        rounds, pause = rounds + 1, min(2 * pause, round(LONGEST_PAUSE.total_seconds() / 60))
    return rounds + 1


def the_newest_is_stored(simulation: Simulation, lost: Collection[int] = ()) -> None:
    """Every grant but those that are lost is active, and stands where its provider has it."""
    families = simulation.provider.families
    stored = {
        f"refresh-{family}-{each.newest}" for family, each in families.items() if family not in lost
    }
    grants = stored_grants(simulation.functions.aws)
    stale = stored - {grant.tokens.refresh_token for grant in grants}
    assert stale == set(), f"{len(stale)} of {len(families)} are not the provider's newest"
    statuses = Counter(each["status"]["S"] for each in simulation.states())
    assert statuses["active"] == simulation.readers.number - len(lost), statuses


def nothing_is_unexpected(simulation: Simulation) -> None:
    """No function logged an error but that the app is refused."""
    errors = [each for each in simulation.lines.kept if each["level"] == "ERROR"]
    unexpected = [each for each in errors if each["message"] != "registration-refused"]
    assert unexpected == [], f"{len(unexpected)} errors, such as {unexpected[0]}"
