"""A batch of messages: each on its own, so that one that fails does not take others with it."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from connections.domain.errors import ConnectionsError
from connections.entrypoints.logs import log_unhandled, logger

LEAST_SECONDS = 20
"""With less than this left of the invocation no message is begun: it comes again."""


class TooLate(Exception):
    """The invocation ends before this message could be worked on."""


def process_batch(
    event: dict[str, Any], context: LambdaContext, work: Callable[[str], None]
) -> dict[str, Any]:
    """Work on each message's body; report those that failed, which come again."""
    return process_records(event, context, lambda record: work(record.body))


def process_records(
    event: dict[str, Any], context: LambdaContext, work: Callable[[SQSRecord], None]
) -> dict[str, Any]:
    """Work on each message; report those that failed, which come again."""
    logger.set_correlation_id(context.aws_request_id)

    def one(record: SQSRecord) -> None:
        if context.get_remaining_time_in_millis() < LEAST_SECONDS * 1000:
            raise TooLate
        try:
            work(record)
        except ConnectionsError as error:
            logger.warning("message-comes-again", extra={"code": error.code})
            raise
        except Exception as error:
            log_unhandled(error)
            raise

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return dict(process_partial_response(event=event, record_handler=one, processor=processor))
