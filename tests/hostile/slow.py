"""Answers that come a byte at a time: each byte in time, and the whole never."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

import httpx

from tests.e2e.demo_crm import CrmConnection, DemoCrm
from tests.page import Page
from tests.scripted import answer, tokens

PAUSE = 0.5
"""Seconds between bytes; an answer of some hundred bytes takes minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowAnswers:
    """Two connections: of one a code is exchanged, of the other the tokens are refreshed."""

    exchanged: CrmConnection
    connecting: Future[Page]
    refreshed: CrmConnection
    access_token: str
    refreshing: Future[httpx.Response]

    @classmethod
    def now(cls, crm: DemoCrm, pool: ThreadPoolExecutor) -> Self:
        """Begin both."""
        exchanged = crm.connection(exchange="scripted")
        refreshed = crm.connection(refresh="scripted").connected()
        for each in (exchanged, refreshed):
            crm.wiretap.script(each.client_id, answer(200, tokens(), pause=PAUSE))
        return cls(
            exchanged=exchanged,
            connecting=pool.submit(exchanged.connect, crm.stack.browser()),
            refreshed=refreshed,
            access_token=refreshed.access_token(),
            refreshing=pool.submit(refreshed.refresh),
        )
