"""The refreshing function: refreshes the connections that the queue names."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from connections.adapters.refresh_queue import parse_refresh_message
from connections.application.refresh import Refresher
from connections.domain.refresh import Cause, Need
from connections.entrypoints.batches import process_batch
from connections.entrypoints.invocations import invocation
from connections.entrypoints.logs import logger
from connections.entrypoints.refreshing import RefreshingSettings, refresher


@cache
def services() -> Refresher:
    """Compose the function from its environment."""
    return refresher(RefreshingSettings.read(os.environ))


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Refresh a batch."""

    def work(body: str) -> None:
        connection_id, since = parse_refresh_message(body)
        need = Need(cause=Cause.DUE, since=since)
        outcome = services().refresh(connection_id, need, invocation(context))
        logger.info(
            "refresh-done", extra={"connectionId": connection_id, "result": outcome.result.value}
        )

    return process_batch(event, context, work)
