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
SETTLED_SECONDS = 61.0
"""One that is younger is not refreshed because it is reported unauthorized."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """Five connections: one refreshes, one connects, both unanswered; three grow older."""

    refreshed: CrmConnection
    refreshing: Future[httpx.Response]
    exchanged: CrmConnection
    connecting: Future[Page]
    ageing: CrmConnection
    settling: CrmConnection
    doubtful: CrmConnection
    """What became of its refresh token is not known."""
    since: float

    @classmethod
    def now(cls, crm: DemoCrm, pool: ThreadPoolExecutor) -> Self:
        """Begin all of it."""
        refreshed = crm.connection(refresh="held").connected()
        exchanged = crm.connection(exchange="held")
        lasting = {"access_token_lifetime": 3600}
        ageing = crm.connection(client=lasting).connected()
        settling = crm.connection(client={**lasting, "rotation": "revokes-family"}).connected()
        doubtful = crm.connection(client=lasting).connected()
        crm.fault("token", "malformed")
        assert doubtful.refresh().status_code == 503
        return cls(
            refreshed=refreshed,
            refreshing=pool.submit(refreshed.refresh),
            exchanged=exchanged,
            connecting=pool.submit(exchanged.connect, crm.stack.browser()),
            ageing=ageing,
            settling=settling,
            doubtful=doubtful,
            since=time.monotonic(),
        )

    def wait_until_aged(self, seconds: float = AGED_SECONDS) -> None:
        """Wait until the tokens that grow older are no new ones any more."""
        while time.monotonic() < self.since + seconds:
            time.sleep(0.1)

    def let_go(self) -> None:
        """End what waits for an answer."""
        for connection in (self.refreshed, self.exchanged):
            connection.hold.released.set()
