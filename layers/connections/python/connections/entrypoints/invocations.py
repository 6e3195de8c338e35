"""The invocation that Lambda's context describes."""

from datetime import timedelta

from aws_lambda_powertools.utilities.typing import LambdaContext

from connections.adapters.clock import SystemClock
from connections.application.invocation import Invocation


def invocation(context: LambdaContext) -> Invocation:
    """Return who holds the claims of this invocation, and when it ends."""
    remaining = timedelta(milliseconds=context.get_remaining_time_in_millis())
    return Invocation(id=context.aws_request_id, deadline=SystemClock().now() + remaining)
