"""The refreshing function: refreshes what one queue names, and stores what another has rescued."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from connections.adapters.refresh_queue import parse_wish
from connections.adapters.sealed_messages import parse_sealed_message
from connections.application.gate import Gate
from connections.application.joining import join
from connections.application.refresh import NotClaimed, Refresher
from connections.application.refresh_outcome import Outcome, Result
from connections.application.rescue import Rescuer
from connections.domain.identifiers import RegistrationId
from connections.domain.refresh import Cause, Wish
from connections.entrypoints.batches import process_batch, process_together
from connections.entrypoints.composition import sealer
from connections.entrypoints.invocations import invocation
from connections.entrypoints.logs import logger
from connections.entrypoints.refreshing import RefreshingSettings, refresher

REPORTS_WAIT = timedelta(seconds=10)
"""For a refresh that is under way: as long as most take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the messages of the two queues need."""

    refresher: Refresher
    rescuer: Rescuer
    rescues: str
    """The name of the rescue queue."""


@cache
def services() -> Services:
    """Compose the function from its environment."""
    settings = RefreshingSettings.read(os.environ)
    refreshing = refresher(settings)
    return Services(
        refresher=refreshing,
        rescuer=Rescuer(refresher=refreshing),
        rescues=settings.rescues_queue_url.rpartition("/")[2],
    )


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Refresh a batch, or store what was rescued: a batch is of one queue."""
    queue = event["Records"][0]["eventSourceARN"].rpartition(":")[2]
    return (_rescued if queue == services().rescues else _refreshed)(event, context)


def _rescued(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    def work(body: str) -> None:
        services().rescuer.rescue(parse_sealed_message(body, sealer()), invocation(context))

    return process_batch(event, context, work)


def _refreshed(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    gate = services().refresher.gate()
    gate.look(_registrations(event))

    def work(record: SQSRecord) -> None:
        wish = parse_wish(record.body)
        try:
            outcome = _refresh(gate, wish, context)
        except NotClaimed:
            if wish.need.cause is not Cause.DUE:
                raise
            # Still due, it is named again by the schedule, in a minute and as long as it takes.
            logger.warning("refresh-put-off", extra={"connectionId": wish.connection_id})
            return
        told = {"connectionId": wish.connection_id, "result": outcome.result.value}
        if outcome.failure is not None:
            told["failure"] = outcome.failure.kind.value
        logger.info("refresh-done", extra=told)

    report = process_together(event, context, work)
    gate.settle()
    return report


def _refresh(gate: Gate, wish: Wish, context: LambdaContext) -> Outcome:
    refreshing = services().refresher
    if wish.need.cause is Cause.REPORTED:
        return _reported(gate, wish, context)
    if gate.shut(wish.registration, refreshing.clock.now()):
        # Still due, it comes again: nothing is read or written for it before.
        return Outcome(result=Result.HELD)
    return refreshing.refresh_through(gate, wish.connection_id, wish.need, invocation(context))


def _reported(gate: Gate, wish: Wish, context: LambdaContext) -> Outcome:
    """See to a report; one that meets a refresh waits for what comes of that.

    Nothing else brings the report to mind, should nothing come of it.

    Raises:
        Unavailable: somebody holds a claim for long. The message comes again.
    """
    refreshing, run = services().refresher, invocation(context)
    return join(
        lambda: refreshing.refresh_through(gate, wish.connection_id, wish.need, run),
        lambda: refreshing.connections.get(wish.connection_id),
        refreshing.clock,
        refreshing.clock.now() + REPORTS_WAIT,
        lambda: 1.0,
    )


def _registrations(event: dict[str, Any]) -> Iterator[RegistrationId | None]:
    for record in event["Records"]:
        # What is no message is told of when its turn comes.
        with suppress(ValueError, KeyError, TypeError):
            yield parse_wish(record["body"]).registration
