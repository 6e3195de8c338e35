"""The scheduled function: every minute, what is due goes to the queue."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from connections.adapters.aws import dynamodb_client, sqs_client
from connections.adapters.clock import SystemClock
from connections.adapters.due_index import DynamoDueIndex
from connections.adapters.refresh_queue import SqsRefreshQueue
from connections.adapters.registrations_table import DynamoRegistrations
from connections.adapters.schedule_cursor import DynamoScheduleCursor
from connections.application.schedule_refreshes import Scheduler
from connections.domain.errors import Unavailable
from connections.entrypoints.invocations import invocation
from connections.entrypoints.logs import logger
from connections.entrypoints.settings import Name, Settings


class ScheduleSettings(Settings):
    """What the function is told."""

    connections_table: Name
    refreshes_queue_url: Name


@cache
def services() -> Scheduler:
    """Compose the function from its environment."""
    settings = ScheduleSettings.read(os.environ)
    client, table = dynamodb_client(), settings.connections_table
    return Scheduler(
        index=DynamoDueIndex(client, table),
        cursor=DynamoScheduleCursor(client, table),
        queue=SqsRefreshQueue(sqs_client(), settings.refreshes_queue_url),
        registrations=DynamoRegistrations(client, table),
        clock=SystemClock(),
    )


def handle(_event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Queue what is due."""
    logger.set_correlation_id(context.aws_request_id)
    try:
        sweep = services().schedule(invocation(context).deadline)
    except Unavailable as error:
        # The invocation fails, for its alarm; the platform logs it, so without AWS's own words.
        raise error from None
    told = {
        "queued": sweep.queued,
        "heldBack": sweep.held_back,
        "backlog": not sweep.complete,
        "backlogSeconds": int(sweep.longest_due.total_seconds()),
    }
    logger.info("refreshes-scheduled", extra=told)
    return told
