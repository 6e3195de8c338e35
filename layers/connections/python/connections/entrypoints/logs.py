"""The functions' own logs: structured, ids only.

The logger is named after the package, so that the package's modules, which use the standard
library's logging, write through it.
"""

import traceback

from aws_lambda_powertools import Logger

# NOTE: never log_event or inject_lambda_context(log_event=True): queries carry codes.
logger = Logger(service="connections")


def log_unhandled(error: Exception) -> None:
    """Log an error that nobody expected, without its words: they may quote what was sent."""
    causes, each = [], error.__cause__
    while each is not None:
        causes.append(type(each).__name__)
        each = each.__cause__
    logger.error(
        "unhandled-error",
        extra={
            "error": type(error).__name__,
            "causes": causes,
            "frames": [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(error.__traceback__)
            ],
        },
    )
