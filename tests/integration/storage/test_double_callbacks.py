"""The same callback delivered twice at once, again and again: each code is exchanged once."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest
from moto.dynamodb.responses import DynamoHandler

from connections.application.complete_authorization import AuthorizationCompleter
from connections.application.flow_log import FlowLog
from connections.application.identify_account import AccountReader
from connections.application.ports import Logbook
from connections.domain.connection import Status
from connections.domain.log_entry import Event
from connections.oauth.digests import digest
from connections.oauth.messages import ServerRequest, ServerResponse
from tests.builders import CONNECTION, a_connection, a_flow, a_new_connection, some_inputs
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.integration.storage.conftest import Adapters
from tests.integration.storage.unsealed import Unsealed
from tests.unit.application.flows import BROWSER, OFFER
from tests.unit.application.parts import RUN, new_tokens

ROUNDS = 500


@dataclass
class CountingServer:
    """Implements `AuthorizationServer`: gives tokens for every code, and counts how often."""

    exchanged: Counter[str] = field(default_factory=Counter)
    counting: threading.Lock = field(default_factory=threading.Lock)

    def send(self, request: ServerRequest, deadline: datetime) -> ServerResponse:
        with self.counting:
            self.exchanged[str(request.form["code"])] += 1
        return new_tokens()


@pytest.fixture(autouse=True)
def _threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let AWS in memory do one request at a time, as real tables do of one item.

    Unlocked, moto lets two conditional writes of one item both win now and then.
    """
    lock, act = threading.Lock(), DynamoHandler.call_action

    def one_at_a_time(handler: Any) -> Any:
        with lock:
            return act(handler)

    monkeypatch.setattr(DynamoHandler, "call_action", one_at_a_time)


def a_completer(
    adapters: Adapters, server: CountingServer, logbook: Logbook
) -> AuthorizationCompleter:
    """Return the end of a flow over the tables; its log is no part of the race."""
    aws, clock = adapters.aws, ManualClock()
    unsealed = Unsealed(aws.dynamodb, aws.kms, aws.names["BranchKeys"], aws.key_arn)
    return AuthorizationCompleter(
        flows=replace(adapters.flows, sealer=unsealed),
        tokens=replace(adapters.tokens, sealer=unsealed),
        grants=adapters.states,
        revocations=adapters.revocations,
        servers=server,
        accounts=AccountReader(servers=server, clock=clock),
        log=FlowLog(logbook=logbook, clock=clock),
        clock=clock,
    )


def test_of_two_threads_with_the_same_callback_one_exchanges_it(adapters: Adapters) -> None:
    server, world = CountingServer(), World().holding(a_connection())
    completer = a_completer(adapters, server, world.logbook)
    adapters.new_connections.add(a_new_connection(), some_inputs())
    together = threading.Barrier(2)

    def deliver(query: str) -> Callable[[], str | None]:
        def delivered() -> str | None:
            together.wait()
            return completer.complete(query, BROWSER, RUN).error

        return delivered

    ends: Counter[tuple[str, ...]] = Counter()
    with ThreadPoolExecutor(2) as pool:
        for number in range(ROUNDS):
            completer.flows.offer(OFFER)
            completer.flows.begin(a_flow(state_digest=digest(f"state-{number}")))
            delivering = deliver(f"state=state-{number}&code=code-{number}")
            both = [pool.submit(delivering), pool.submit(delivering)]
            ends[tuple(sorted(str(each.result()) for each in both))] += 1

    assert ends == {("None", "flow-used"): ROUNDS}
    assert server.exchanged == {f"code-{number}": 1 for number in range(ROUNDS)}
    assert Counter(world.events) == {Event.CONNECTED: ROUNDS, Event.CALLBACK_REJECTED: ROUNDS}
    grant, state = completer.tokens.get(CONNECTION), adapters.connections.get(CONNECTION)
    assert grant is not None
    assert state is not None
    assert (state.status, state.grant_id) == (Status.ACTIVE, grant.grant_id)
