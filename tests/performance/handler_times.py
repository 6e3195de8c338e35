"""How much CPU time a refresh takes, and how long a reading of credentials.

Both are medians of the quietest fifth of the time: other programs on the machine only ever add.
All is spoken over plain HTTP; what TLS takes comes on top.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from statistics import median

from tests.integration.entrypoints import events
from tests.performance.clock import Lap, waiting_for_aws
from tests.performance.cloud import scene_apart
from tests.performance.figures import Figure
from tests.performance.scene import BATCH, Scene

ROUNDS, READINGS = 25, 500
PARTS = 5
SLOW_ANSWER_SECONDS = 1.5
"""How long the provider takes where it is measured how many answers are waited for in turn."""
CPU_BUDGET_MS, READING_BUDGET_MS = 10, 5
_MS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What was measured, in seconds."""

    refresh_cpu: float
    """Our CPU time a refresh, at the median batch."""
    refresh_cpu_of_all: float
    answers_waited: float
    """How many provider's answers a batch of ten waits for, one after the other."""
    reading: float
    """Of a reading, without waiting for AWS."""
    reading_cpu: float
    reading_waited: float

    def figures(self) -> list[Figure]:
        """Return them beside their budgets."""
        answers = f"a batch of {BATCH} waits for providers as long as for"
        return [
            _in_ms("our CPU a refresh, p50", self.refresh_cpu, CPU_BUDGET_MS),
            _in_ms("  p50 of all the time", self.refresh_cpu_of_all),
            Figure(name=answers, value=self.answers_waited, unit="answers"),
            _in_ms("a reading of credentials, p50, AWS excluded", self.reading, READING_BUDGET_MS),
            _in_ms("  our CPU", self.reading_cpu),
            _in_ms("  the fake cloud's", self.reading_waited),
        ]


def measured() -> Times:
    """Measure with AWS and the authorization server in a process of their own."""
    with waiting_for_aws() as waiting, scene_apart() as scene:
        scene.publish()
        scene.connect(BATCH)
        scene.refresh(scene.batch())
        batches = [waiting.lap(_refresh(scene)) for _ in range(ROUNDS)]
        scene.demo.fault("token", "slow", times=BATCH, seconds=SLOW_ANSWER_SECONDS)
        slow = waiting.lap(_refresh(scene))
        read = _reading(scene)
        read()
        readings = [waiting.lap(read) for _ in range(READINGS)]
    usual = median(each.wall for each in batches)
    return Times(
        refresh_cpu=quietest(batches, lambda lap: lap.cpu) / BATCH,
        refresh_cpu_of_all=median(each.cpu for each in batches) / BATCH,
        answers_waited=(slow.wall - usual) / SLOW_ANSWER_SECONDS,
        reading=quietest(readings, lambda lap: lap.wall - lap.waited),
        reading_cpu=quietest(readings, lambda lap: lap.cpu),
        reading_waited=quietest(readings, lambda lap: lap.waited),
    )


def quietest(laps: Sequence[Lap], seconds: Callable[[Lap], float]) -> float:
    """Return the least of the medians of parts of the time, in their order."""
    size = len(laps) // PARTS
    parts = [laps[start : start + size] for start in range(0, len(laps), size)]
    return min(median(map(seconds, part)) for part in parts)


def _in_ms(name: str, seconds: float, budget: float | None = None) -> Figure:
    return Figure(name=name, value=seconds * _MS, unit="ms", budget=budget)


def _refresh(scene: Scene) -> Callable[[], None]:
    batch = scene.batch()
    return lambda: scene.refresh(batch)


def _reading(scene: Scene) -> Callable[[], None]:
    """Return the handler's call alone: making an event takes longer than answering it."""
    path = f"/connections/{scene.customers[0].id}/credentials"
    function, event = events.request("GET", path)
    event["headers"]["authorization"] = f"Bearer {scene.functions.key}"

    def read() -> None:
        answered = scene.functions.invoke(function, event)
        assert answered["statusCode"] == HTTPStatus.OK, answered

    return read
