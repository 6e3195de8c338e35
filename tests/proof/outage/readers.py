"""Who reads meanwhile: code its credentials, and a customer's user their connections."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count, islice
from typing import Any

from tests.integration.entrypoints.tenants import PUBLIC_URL, Tenants
from tests.proof.outage.clock import SimulatedClock
from tests.proof.outage.connected import STRIDE, connection_of
from tests.proof.outage.provider import Provider
from tests.proof.outage.queues import timeout_of

PAGE = 20
"""Connections of a page of the list."""


@dataclass(slots=True)
class Readers:
    """They go through all connections in turn."""

    tenants: Tenants
    clock: SimulatedClock
    provider: Provider
    number: int
    """Of connections."""
    turns: "count[int]" = field(default_factory=count)

    def read_credentials(self, times: int) -> Counter[int]:
        """Read so many credentials, and return how often which HTTP status was answered.

        Raises:
            AssertionError: a token was handed out that does not work, or none though the one that
                is stored does.
        """
        return Counter(
            self._read(next(self.turns) * STRIDE % self.number + 1) for _ in range(times)
        )

    def _read(self, family: int) -> int:
        path = f"/connections/{connection_of(family)}/credentials"
        functions = self.tenants.functions
        answer = functions.call("GET", path, seconds=timeout_of("CredentialsFunction"))
        self.clock.join()
        now, told = self.clock.now(), f"{path}: {answer.status}"
        if answer.status == 200:
            token = answer.json["token"]["access_token"]
            assert self.provider.lives(token, now), f"{told} with a token that is dead"
            return answer.status
        assert not self.provider.delivered_lives(family, now), f"{told} though its token lives"
        ended = self.provider.families[family].dead
        assert ended or answer.status == 503, told
        assert ended or int(answer.headers["retry-after"]) > 0
        return answer.status

    def seen(self, failed: Iterable[str]) -> Sequence[dict[str, Any]]:
        """Return connections and their logs as an admin of the customer reads them.

        Two of them are of those that failed.
        """
        wanted = [*islice(failed, 2), connection_of(next(self.turns) * STRIDE % self.number + 1)]
        return [
            {
                **self._asked(f"/connections/{each}").json,
                "log": self._asked(f"/connections/{each}/logs").json["items"],
            }
            for each in wanted
        ]

    def shown(self) -> Counter[str]:
        """Return how many of a page of the list have which status."""
        page = self._asked("/connections", limit=str(PAGE)).json
        return Counter(each["status"] for each in page["items"])

    def _asked(self, path: str, **query: str) -> Any:
        now = self.clock.now()
        user = self.tenants.signer.token(
            now=now, role="admin", aud=PUBLIC_URL, exp=int((now + timedelta(minutes=5)).timestamp())
        )
        answer = self.tenants.call(user, "GET", path, query=query)
        assert answer.status == 200, answer.body
        return answer
