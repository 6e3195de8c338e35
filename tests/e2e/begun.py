"""What takes so long that it goes on beside the tests: time-outs, and a token that grows older."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

import httpx

from tests.e2e.demo_crm import CrmConnection, DemoCrm
from tests.page import Page

AGED_SECONDS = 31.0
"""A younger token has nearly its full lifetime, and is handed out whatever is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """Three connections: one refreshes, one connects, both unanswered; one grows older."""

    refreshed: CrmConnection
    refreshing: Future[httpx.Response]
    exchanged: CrmConnection
    connecting: Future[Page]
    ageing: CrmConnection
    since: float

    @classmethod
    def now(cls, crm: DemoCrm, pool: ThreadPoolExecutor) -> Self:
        """Begin all of it."""
        refreshed = crm.connection(refresh="held").connected()
        exchanged = crm.connection(exchange="held")
        ageing = crm.connection(client={"access_token_lifetime": 3600}).connected()
        return cls(
            refreshed=refreshed,
            refreshing=pool.submit(refreshed.refresh),
            exchanged=exchanged,
            connecting=pool.submit(exchanged.connect, crm.stack.browser()),
            ageing=ageing,
            since=time.monotonic(),
        )

    def wait_until_aged(self) -> None:
        """Wait until the token that grows older is no new one any more."""
        while time.monotonic() < self.since + AGED_SECONDS:
            time.sleep(0.1)

    def let_go(self) -> None:
        """End what waits for an answer."""
        for connection in (self.refreshed, self.exchanged):
            connection.hold.released.set()
