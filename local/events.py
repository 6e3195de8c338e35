"""What happens without a caller: queues are polled, schedules fire, and alarms go off.

It happens in the background; queues and schedules also at once.
"""

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from local.alarms import Alarms
from local.errors import StackError
from local.queues import Drained, QueuePoller
from local.schedules import Schedule

# How often a queue is looked into, in seconds.
_PAUSE = 0.25
# How often the alarms are looked at, in seconds.
_LOOK = 5
# A queue whose messages come back at once would never be empty.
_MOST_BATCHES = 10_000


class Events:
    """The pollers and schedules of a stack, each in a thread, and `tick` that does it all now.

    Its alarms are watched in a thread of their own.
    """

    def __init__(
        self, queues: Sequence[QueuePoller], schedules: Sequence[Schedule], alarms: Alarms
    ) -> None:
        self._queues = queues
        self._schedules = schedules
        self.alarms = alarms
        self._stopped = threading.Event()
        self._threads = [
            *(threading.Thread(target=self._poll, args=(queue,), daemon=True) for queue in queues),
            *(threading.Thread(target=self._fire, args=(one,), daemon=True) for one in schedules),
            threading.Thread(target=self._watch, daemon=True),
        ]

    def start(self) -> None:
        """Begin to poll and to wait for the schedules' time."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Begin nothing more; `join` waits for what is at work."""
        self._stopped.set()

    def join(self) -> None:
        """Wait until everything has stopped; the functions must have been stopped before."""
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def tick(self, first: Callable[[], None] | None = None) -> dict[str, Any]:
        """Run every schedule once, then empty the queues; when it answers, all of it is done.

        Failing messages are invisible until their timeout, so they are tried once. `first` is done
        before, while nothing is under way.
        """
        began = time.monotonic()
        # What a background thread has begun is waited for here, and it begins nothing meanwhile.
        with self._everything_held():
            if first is not None:
                first()
            schedules = [
                {"function": one.blueprint.function, "ok": not one.run().failed}
                for one in self._schedules
            ]
            drained = self._drain()
        return {
            "schedules": schedules,
            "queues": drained,
            "seconds": round(time.monotonic() - began, 3),
        }

    @contextlib.contextmanager
    def _everything_held(self) -> Iterator[None]:
        with contextlib.ExitStack() as held:
            for schedule in self._schedules:
                held.enter_context(schedule.lock)
            for queue in self._queues:
                held.enter_context(queue.lock)
            yield

    def _drain(self) -> list[dict[str, Any]]:
        """Take batches until every queue is empty: functions may send to other queues."""
        totals = [Drained() for _ in self._queues]
        moved = True
        while moved:
            moved = False
            for index, queue in enumerate(self._queues):
                while (taken := queue.take_batch(window=0)).batches:
                    moved = True
                    totals[index] += taken
                    if totals[index].batches > _MOST_BATCHES:
                        raise StackError(f"{queue.blueprint.queue_arn} never becomes empty")
        return [
            {
                "function": queue.blueprint.function,
                "batches": total.batches,
                "messages": total.messages,
                "failures": total.failures,
            }
            for queue, total in zip(self._queues, totals, strict=True)
        ]

    def _poll(self, queue: QueuePoller) -> None:
        while not self._stopped.wait(_PAUSE):
            with queue.lock, self._going_on():
                while not self._stopped.is_set():
                    if not queue.take_batch(window=queue.blueprint.window).batches:
                        break

    def _fire(self, schedule: Schedule) -> None:
        while not self._stopped.wait(schedule.blueprint.seconds):
            with schedule.lock, self._going_on():
                schedule.run()

    def _watch(self) -> None:
        while not self._stopped.wait(_LOOK):
            with self._going_on():
                self.alarms.look()

    @contextlib.contextmanager
    def _going_on(self) -> Iterator[None]:
        """Say what went wrong and go on; while the stack stops, it goes away under the work."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - a thread that ends would be missed
            if not self._stopped.is_set():
                print(f"In the background: {error!r}", file=sys.stderr)
