"""One case: a fault at a step, what follows, and the verdict."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.proof.faults.faults import Fault
from tests.proof.faults.paths import Path
from tests.proof.faults.scene import Scene
from tests.proof.faults.steps import Call
from tests.proof.faults.verdict import (
    Aftermath,
    Verdict,
    code_unserved,
    judged,
    unfinished,
    withdrawn,
)

_AFTER_THE_FAULT = (0.0, 160.0, 480.0)
"""Seconds until everything works again and the schedule looks: at once, when every claim has
ended, and when whoever waits for a rescue has waited."""
_AROUND_THE_END = (-50.0, 5.0, 150.0, 700.0)
"""Seconds from the end of the access token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A fault at a step of a path, with a provider of one behaviour."""

    provider: str
    path: Path
    step: int
    call: Call
    fault: Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A case with its verdict."""

    case: Case
    verdict: Verdict
    why: str = ""

    def __str__(self) -> str:
        case = self.case
        return (
            f"{case.provider}, {case.path.name}: {case.fault.name} at step {case.step}"
            f" ({case.call}): {self.verdict.name} {self.why}"
        )


def steps_of(scene: Scene, path: Path) -> list[Call]:
    """Return the steps of a path on which nothing fails."""
    _set_out(scene, path)
    scene.watched(path.act)
    return scene.cloud.steps


def cases_of(provider: str, path: Path, steps: list[Call]) -> list[Case]:
    """Return every fault of every step."""
    return [
        Case(provider=provider, path=path, step=number, call=steps[number - 1], fault=fault)
        for number in path.failing(steps)
        for fault in Fault
        if fault.hits(steps[number - 1])
    ]


def run(scene: Scene, case: Case) -> Judged:
    """Let the fault happen, let everything recover, and judge."""
    _set_out(scene, case.path)
    _arm(scene, case.fault)
    meanwhile = _meanwhile(scene, case.fault)
    scene.watched(case.path.act, fault=case.fault, at=case.step, meanwhile=meanwhile)
    assert scene.cloud.steps[case.step - 1] == case.call, "a run took other steps than another"
    scene.cloud.refuses, scene.provider.wire.times = None, 0
    scene.demo.http.delete("/_faults").raise_for_status()
    scene.take()
    after, unserved = Aftermath.of(scene), code_unserved(scene)
    _recover(scene)
    if case.fault is Fault.DISCONNECTED:
        verdict, why = withdrawn(scene)
        return Judged(case=case, verdict=verdict, why=why)
    if unserved:
        return Judged(case=case, verdict=Verdict.LOST, why=unserved)
    taken = case.fault.takes_the_answer or case.path.costs_the_answer
    verdict, why = judged(scene, after, taken=taken)
    return Judged(case=case, verdict=verdict, why=why)


def _set_out(scene: Scene, path: Path) -> None:
    scene.begin(path.begins, path.function)
    path.prepare(scene)


def _arm(scene: Scene, fault: Fault) -> None:
    """Let the authorization server fail, if it is its fault."""
    match fault:
        case Fault.ANSWER_LOST:
            scene.provider.wire.lose("answer")
        case Fault.ANSWERS_LOST:
            scene.provider.wire.lose("answer", times=100)
        case Fault.ANSWER_CUT:
            scene.provider.wire.lose("body")
        case Fault.GATEWAY:
            scene.demo.fault("token", "answer-lost")
        case Fault.SERVER_ERROR:
            scene.demo.fault("token", "server-error")
        case Fault.RATE_LIMITED:
            scene.demo.fault("token", "rate-limited", retry_after=30)


def _meanwhile(scene: Scene, fault: Fault) -> Callable[[], object]:
    others: dict[Fault, Callable[[], object]] = {
        Fault.OVERTAKEN: scene.overtake,
        Fault.DISCONNECTED: scene.disconnect,
        Fault.RECONNECTED: scene.reconnect,
    }
    return others.get(fault, lambda: None)


def _recover(scene: Scene) -> None:
    """Let time, schedule, queues and workers go on until nothing is left to do."""
    now = scene.clock.seconds()
    moments = [now + each for each in _AFTER_THE_FAULT]
    moments += [scene.ends + each for each in _AROUND_THE_END]
    for round_, moment in enumerate(sorted(each for each in moments if each >= now)):
        scene.clock.go_to(moment)
        scene.schedule()
        scene.take()
        scene.deliver("RefreshesQueue")
        # A rescue comes late, and after whoever refreshes: that is the harder order.
        if round_ > 0:
            scene.deliver("RescuesQueue")
        scene.deliver("RevocationsQueue")
        scene.take()
        if not unfinished(scene):
            return
