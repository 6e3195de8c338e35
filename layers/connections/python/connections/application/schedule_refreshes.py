"""Send what is due to the refreshing function."""

from dataclasses import dataclass

from connections.application.ports import Clock, DueIndex, RefreshQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduler:
    """Work grows with what is due, never with what exists."""

    index: DueIndex
    queue: RefreshQueue
    clock: Clock

    def schedule(self) -> int:
        """Queue every connection whose refresh time has come; return how many.

        A message is a hint: the claim and the second look of the refresh decide.
        """
        now = self.clock.now()
        sent = 0
        for page in self.index.due(now):
            self.queue.send(page, now)
            sent += len(page)
        return sent
