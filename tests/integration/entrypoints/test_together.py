"""Messages worked on side by side: none waits for another, and none outlives the handler."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from connections.adapters.clock import SystemClock
from connections.adapters.connections_table import DynamoConnections
from connections.adapters.refresh_queue import wish_message
from connections.adapters.registrations_table import DynamoRegistrations
from connections.adapters.states_table import DynamoStates
from connections.domain import refresh
from connections.domain.claim import Claim
from connections.domain.client_registration import Breaker, Registration
from connections.domain.identifiers import ConnectionId, GrantId, RegistrationId
from connections.domain.refresh import Cause, Need, Wish
from connections.entrypoints import refresh_connections
from connections.entrypoints.batches import SIDE_BY_SIDE, process_together
from connections.entrypoints.composition import sealer
from tests.integration.entrypoints.calls import Context
from tests.integration.entrypoints.demo import Customer, Demo
from tests.integration.entrypoints.logged import Logged
from tests.integration.entrypoints.test_batches import batch, due, failed, refresh_message

REFRESH = "RefreshConnectionsFunction"


def test_a_whole_batch_is_worked_on_at_once() -> None:
    together = threading.Barrier(SIDE_BY_SIDE, timeout=10)
    messages = batch(REFRESH, *(str(number) for number in range(SIDE_BY_SIDE)))

    def meet(record: SQSRecord) -> None:
        together.wait()

    assert failed(process_together(messages, Context(REFRESH, 120), meet)) == []


def test_nothing_goes_on_when_the_handler_has_returned() -> None:
    ended: list[str] = []

    def slow(record: SQSRecord) -> None:
        time.sleep(0.2)
        ended.append(record.body)

    process_together(batch(REFRESH, "one", "two"), Context(REFRESH, 120), slow)

    assert sorted(ended) == ["one", "two"]


def test_the_one_that_fails_comes_back_alone() -> None:
    def work(record: SQSRecord) -> None:
        if record.body == "two":
            raise KeyError(record.body)

    answered = process_together(batch(REFRESH, "one", "two"), Context(REFRESH, 120), work)

    assert failed(answered) == ["1"]


def test_a_process_that_is_ended_reports_nothing() -> None:
    def ended(record: SQSRecord) -> None:
        raise SystemExit(1)

    with pytest.raises(SystemExit):
        process_together(batch(REFRESH, "one"), Context(REFRESH, 120), ended)


def test_a_batch_of_one_connection_refreshes_it_once(demo: Demo, logged: Logged) -> None:
    customer = due(demo)

    demo.functions.invoke(
        REFRESH, batch(REFRESH, *[refresh_message(customer.id)] * 10), seconds=120
    )

    results = sorted(line["result"] for line in logged.of("refresh-done"))
    assert results.count("refreshed") == 1
    assert set(results) <= {"refreshed", "busy", "current"}
    assert customer.read()["generation"] == 2


def test_what_is_held_back_is_neither_read_nor_claimed(demo: Demo, logged: Logged) -> None:
    customer, now = due(demo), datetime.now(UTC)
    aws = demo.functions.aws
    held = RegistrationId("reg_held")
    registrations = DynamoRegistrations(aws.dynamodb, aws.names["Connections"])
    opened = Breaker(opened_at=now, probe_at=now + timedelta(minutes=1))
    registrations.save(Registration(id=held, breaker=opened), now)
    before = aws.items("Connections")
    wish = Wish(
        connection_id=ConnectionId(customer.id),
        need=Need(cause=Cause.DUE, since=now),
        registration=held,
    )

    answered = demo.functions.invoke(REFRESH, batch(REFRESH, wish_message(wish)), seconds=120)

    assert failed(answered) == []
    assert [line["result"] for line in logged.of("refresh-done")] == ["held"]
    assert aws.items("Connections") == before
    assert demo.requests("token")[1:] == [], "only the code was exchanged"


def test_how_a_refresh_failed_is_logged(demo: Demo, logged: Logged) -> None:
    customer = due(demo)
    demo.fault("token", "server-error")

    demo.functions.invoke(REFRESH, batch(REFRESH, refresh_message(customer.id)), seconds=120)

    assert [line["failure"] for line in logged.of("refresh-done")] == ["wait"]


def reported(customer: Customer, registration: RegistrationId | None = None) -> str:
    """Return the message of a report about the first generation."""
    need = Need(
        cause=Cause.REPORTED,
        since=datetime.now(UTC),
        seen=(GrantId(customer.functions.aws.items("Tokens")[0]["grantId"]["S"]), 1),
    )
    wish = Wish(connection_id=ConnectionId(customer.id), need=need, registration=registration)
    return wish_message(wish)


def test_a_report_that_meets_a_claim_for_long_comes_again(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh_connections, "REPORTS_WAIT", timedelta())
    customer, aws = due(demo), demo.functions.aws
    states = DynamoStates(aws.dynamodb, aws.names["Connections"])
    now = datetime.now(UTC)
    claim = Claim(holder="another", until=now + timedelta(minutes=1))
    assert states.claim(ConnectionId(customer.id), claim, now) is not None

    answered = demo.functions.invoke(REFRESH, batch(REFRESH, reported(customer)), seconds=120)

    assert failed(answered) == ["0"], "its holder may have died"


def test_a_report_that_is_held_back_is_due_when_the_breaker_may_close(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "REPORTS_APART", timedelta())
    customer, aws, now = due(demo), demo.functions.aws, datetime.now(UTC)
    state = DynamoConnections(aws.dynamodb, aws.names["Connections"], sealer())
    found = state.get(ConnectionId(customer.id))
    assert found is not None
    assert found.registration is not None
    probe_at = now + timedelta(minutes=7)
    opened = Breaker(opened_at=now, probe_at=probe_at)
    registrations = DynamoRegistrations(aws.dynamodb, aws.names["Connections"])
    registrations.save(Registration(id=found.registration, breaker=opened), now)

    message = reported(customer, found.registration)
    assert failed(demo.functions.invoke(REFRESH, batch(REFRESH, message), seconds=120)) == []

    after = state.get(ConnectionId(customer.id))
    assert after is not None
    assert after.refresh_at == probe_at


def test_a_report_that_meets_a_refresh_waits_for_what_comes_of_it(
    demo: Demo, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "REPORTS_APART", timedelta())
    customer, aws, now = due(demo), demo.functions.aws, datetime.now(UTC)
    states = DynamoStates(aws.dynamodb, aws.names["Connections"])
    claim = Claim(holder="another", until=now + timedelta(minutes=1))
    former = states.claim(ConnectionId(customer.id), claim, now)
    assert former is not None

    def given_back(self: SystemClock, seconds: float) -> None:
        assert states.released(former, None)

    monkeypatch.setattr(SystemClock, "sleep", given_back)
    answered = demo.functions.invoke(REFRESH, batch(REFRESH, reported(customer)), seconds=120)

    assert failed(answered) == []
    assert [line["result"] for line in logged.of("refresh-done")] == ["refreshed"]
