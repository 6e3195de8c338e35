"""The scenes in which answers are lost: nobody asks again too soon, and what is lost is named."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from connections.domain.refresh import SHORTLY_BEFORE_END
from tests.integration.aws import Aws
from tests.proof.outage.bad_hours import FAMILY_REVOCATION, Size, bad_time, recovery
from tests.proof.outage.provider import TIME_OUT_SECONDS, Mood, Sent
from tests.proof.outage.simulation import Simulation, simulation
from tests.proof.outage.table import table
from tests.proof.outage.verdicts import nobody_is_given_up

GRACE = timedelta(minutes=30)
"""As one large provider has it: an answer that was lost can be had again."""
AT_ONCE = timedelta(seconds=2 * TIME_OUT_SECONDS)
"""Within this the holder of the claim asks once more, where the server forgives it."""


def with_grace(aws: Aws, size: Size) -> str:
    """The provider times out, and takes a refresh token again for a while: all recover.

    Raises:
        AssertionError: something is not as it must be.
    """
    facts = {"rotation": "rotates", "reuseGraceSeconds": int(GRACE.total_seconds())}
    with simulation(aws, size.connections, facts=facts, grace=GRACE) as scene:
        probing = bad_time(scene, Mood.SILENT, size, requests=2)
        recovered = recovery(scene)
        nobody_is_given_up(scene.minutes)
        unanswered = _sent_again_in_time(scene, forgiven=AT_ONCE)
        return (
            f"{table(scene.minutes)}\n{probing}; {unanswered} refresh tokens without an answer,"
            f" {len(_issued_in_vain(scene))} of them were replaced; {recovered}"
        )


def with_family_revocation(aws: Aws, size: Size) -> str:
    """The provider times out and ends a grant whose refresh token it sees twice.

    Those whose answers were lost are named for what they are, and nobody else is.

    Raises:
        AssertionError: something is not as it must be.
    """
    with simulation(aws, size.connections, facts=FAMILY_REVOCATION) as scene:
        probing = bad_time(scene, Mood.SILENT, size)
        lost = _issued_in_vain(scene)
        recovered = recovery(scene, lost)
        unanswered = _sent_again_in_time(scene, forgiven=timedelta())
        dead = dict(_dead(scene))
        assert dead == dict.fromkeys(lost, "answer-lost"), f"{dead} where {lost} are lost"
        return (
            f"{table(scene.minutes)}\n{probing}; {unanswered} refresh tokens without an answer,"
            f" {len(lost)} of them were replaced: those are answer-lost; {recovered}"
        )


def _issued_in_vain(scene: Simulation) -> set[int]:
    """Return the families of which a token set was issued that never arrived."""
    ledger = scene.provider.ledger
    return {each.family for each in ledger if each.acted and each.answer == "no answer"}


def _sent_again_in_time(scene: Simulation, *, forgiven: timedelta) -> int:
    """No refresh token without an answer was sent again before its time; return how many."""
    sent: defaultdict[tuple[int, int], list[Sent]] = defaultdict(list)
    for each in scene.provider.ledger:
        sent[each.family, each.number].append(each)
    for (family, number), uses in sent.items():
        time = scene.provider.families[family].ends[number] - SHORTLY_BEFORE_END
        for former, later in pairwise(uses):
            in_time = later.at <= former.at + forgiven or later.at >= time
            assert in_time, f"sent again before {time}: {former}, {later}"
    return sum(any(each.answer == "no answer" for each in uses) for uses in sent.values())


def _dead(scene: Simulation) -> Iterator[tuple[int, str]]:
    """Return who must connect again, and why."""
    for each in scene.states():
        if each["status"]["S"] == "reconnect-required":
            yield int(each["pk"]["S"].removeprefix("con_")), each["reason"]["S"]
