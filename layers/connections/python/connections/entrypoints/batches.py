"""A batch of messages: each on its own, so that one that fails does not take others with it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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

Work = Callable[[SQSRecord], None]
LEAST_SECONDS = 20
"""With less than this left of the invocation no message is begun: it comes again."""
SIDE_BY_SIDE = 10
"""As many as the pool of an AWS client has connections (botocore's `max_pool_connections`)."""


class TooLate(Exception):
    """The invocation ends before this message could be worked on."""


def process_batch(
    event: dict[str, Any], context: LambdaContext, work: Callable[[str], None]
) -> dict[str, Any]:
    """Work on each message's body; report those that failed, which come again."""
    return process_records(event, context, lambda record: work(record.body))


def process_records(event: dict[str, Any], context: LambdaContext, work: Work) -> dict[str, Any]:
    """Work on each message, one after the other; report those that failed, which come again."""
    return _reported(event, context, lambda record: _one(record, context, work))


def process_together(event: dict[str, Any], context: LambdaContext, work: Work) -> dict[str, Any]:
    """Work on the messages side by side; all of it has ended when this returns.

    What went on after the handler could be frozen in the middle of a request, and outlive a claim.
    """
    logger.set_correlation_id(context.aws_request_id)
    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as threads:
        begun = {
            record["messageId"]: threads.submit(_one, SQSRecord(record), context, work)
            for record in event["Records"]
        }
        return _reported(event, context, lambda record: begun[record.message_id].result())


def _one(record: SQSRecord, context: LambdaContext, work: Work) -> None:
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


def _reported(event: dict[str, Any], context: LambdaContext, work: Work) -> dict[str, Any]:
    logger.set_correlation_id(context.aws_request_id)
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return dict(process_partial_response(event=event, record_handler=work, processor=processor))
