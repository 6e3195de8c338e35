"""The second look: what a new claim is for, over every situation that it may find."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

import pytest

from connections.domain.claim import Claim, Spending
from connections.domain.connection import Status
from connections.domain.grant import Renewal
from connections.domain.identifiers import GrantId
from connections.domain.refresh import (
    REPORTS_APART,
    RESCUE_PATIENCE,
    Cause,
    Need,
    Step,
    after_claiming,
)
from tests.builders import GRANT, HOUR, NOW, a_connection, a_grant, a_token_set

INSTANT = timedelta(microseconds=1)
ANOTHER = GrantId("gra_00000000000000000000000002")

BELIEVED = {
    "this generation": (GRANT, 3),
    "the one before": (GRANT, 2),
    "another grant": (ANOTHER, 3),
    "no grant": (None, 0),
}
SPENDING = {
    "nothing": None,
    "this generation": Spending(grant_id=GRANT, generation=3),
    "the one before": Spending(grant_id=GRANT, generation=2),
    "another grant": Spending(grant_id=ANOTHER, generation=3),
}
ENDS: dict[str, datetime | None] = {
    "later": NOW + timedelta(minutes=10),
    "soon": NOW + timedelta(minutes=1) + INSTANT,
    "within a minute": NOW + timedelta(minutes=1),
    "now": NOW,
    "unknown": None,
}
CLAIMS = {
    "given back": None,
    "ended just now": Claim(holder="another", until=NOW - RESCUE_PATIENCE + INSTANT),
    "ended long ago": Claim(holder="another", until=NOW - RESCUE_PATIENCE),
}
DUE = {"now": NOW, "later": NOW + INSTANT, "never": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a worker may find under its claim; the words are keys of the tables above."""

    status: Status
    believed: str
    spending: str
    claim: str
    reuse_is_safe: bool
    cause: Cause
    ends: str
    refreshable: bool
    due: str
    failed: bool

    def step(self) -> Step:
        """Return what the service decides."""
        believed_grant, believed_generation = BELIEVED[self.believed]
        former = a_connection(
            status=self.status,
            grant_id=believed_grant,
            generation=believed_generation,
            spending=SPENDING[self.spending],
            claim=CLAIMS[self.claim],
            refresh_at=DUE[self.due],
            failures=2 if self.failed else 0,
        )
        tokens = a_token_set(
            issued_at=NOW - HOUR,
            expires_at=ENDS[self.ends],
            refresh_token="refresh-3" if self.refreshable else None,
        )
        return after_claiming(
            former,
            a_grant(generation=3, tokens=tokens),
            Need(cause=self.cause, since=NOW, min_ttl=timedelta(minutes=10)),
            Renewal(reuse_is_safe=self.reuse_is_safe),
            now=NOW,
        )

    @property
    def risky(self) -> bool:
        """Whether sending the refresh token may be its second use, and may do harm."""
        return self.spending == "this generation" and not self.reuse_is_safe


# The first rule that fits counts.
RULES: tuple[tuple[Callable[[Situation], bool], Step], ...] = (
    (lambda found: found.believed != "this generation", Step.MEND),
    (lambda found: found.status is Status.RECONNECT_REQUIRED, Step.RELEASE),
    (lambda found: not found.refreshable and found.ends == "now", Step.END),
    (lambda found: not found.refreshable, Step.RELEASE),
    (lambda found: found.cause is Cause.DUE and found.due != "now", Step.RELEASE),
    (lambda found: found.cause is Cause.READ and found.ends in {"later", "unknown"}, Step.RELEASE),
    (
        lambda found: (
            found.cause in {Cause.READ, Cause.REPORTED} and found.failed and found.due == "later"
        ),
        Step.RELEASE,
    ),
    (lambda found: found.risky and found.claim == "ended just now", Step.HOLD),
    (
        lambda found: (
            found.risky and found.ends in {"later", "soon"} and found.cause is not Cause.REPORTED
        ),
        Step.HOLD,
    ),
    (
        lambda found: (
            found.risky
            and found.ends == "unknown"
            and found.cause not in {Cause.DEMANDED, Cause.REPORTED}
        ),
        Step.HOLD,
    ),
    (lambda _: True, Step.SPEND),
)


def situations() -> Iterator[Situation]:
    """Yield all there are."""
    yes_or_no = (True, False)
    for status, believed, spending, claim, cause, ends, due in product(
        Status, BELIEVED, SPENDING, CLAIMS, Cause, ENDS, DUE
    ):
        for reuse_is_safe, refreshable, failed in product(yes_or_no, yes_or_no, yes_or_no):
            yield Situation(
                status=status,
                believed=believed,
                spending=spending,
                claim=claim,
                reuse_is_safe=reuse_is_safe,
                cause=cause,
                ends=ends,
                refreshable=refreshable,
                due=due,
                failed=failed,
            )


Decisions = list[tuple[Situation, Step]]


@pytest.fixture(scope="module")
def decisions() -> Decisions:
    """Return what the service decides in every situation."""
    return [(found, found.step()) for found in situations()]


def expected(found: Situation) -> Step:
    return next(step for fits, step in RULES if fits(found))


def test_every_situation_is_decided_by_the_first_rule_that_fits(decisions: Decisions) -> None:
    assert len(decisions) == 92_160
    assert [found for found, step in decisions if step is not expected(found)] == []


def test_every_step_is_taken_in_some_situation(decisions: Decisions) -> None:
    assert {step for _, step in decisions} == set(Step)


def test_a_token_is_spent_only_if_it_is_there_stored_last_and_of_a_live_grant(
    decisions: Decisions,
) -> None:
    spent = [found for found, step in decisions if step is Step.SPEND]

    assert all(found.refreshable for found in spent)
    assert {found.believed for found in spent} == {"this generation"}
    assert Status.RECONNECT_REQUIRED not in {found.status for found in spent}


def test_a_second_use_is_risked_only_when_waiting_gains_nothing(decisions: Decisions) -> None:
    risked = [found for found, step in decisions if found.risky and step is Step.SPEND]

    early = {found.cause for found in risked if found.ends in {"later", "soon"}}
    assert early == {Cause.REPORTED}, "the access token is refused already"
    demanded = {found.cause for found in risked if found.ends == "unknown"}
    assert demanded == {Cause.DEMANDED, Cause.REPORTED}
    assert {found.claim for found in risked} == {"given back", "ended long ago"}


@pytest.mark.parametrize("cause", Cause)
def test_nothing_is_spent_for_a_token_issued_since_they_asked(cause: Cause) -> None:
    def step(issued_at: datetime) -> Step:
        return after_claiming(
            a_connection(refresh_at=NOW),
            a_grant(tokens=a_token_set(issued_at=issued_at, expires_at=NOW)),
            Need(cause=cause, since=NOW),
            Renewal(reuse_is_safe=True),
            now=NOW,
        )

    earlier = NOW - (REPORTS_APART if cause is Cause.REPORTED else INSTANT)
    assert step(NOW) is Step.RELEASE
    assert step(earlier) is Step.SPEND
