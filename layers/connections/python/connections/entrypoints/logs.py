"""The functions' own logs: structured, ids only.

The logger is named after the package, so that the package's modules, which use the standard
library's logging, write through it.
"""

import traceback

from aws_lambda_powertools import Logger

# NOTE: never log_event or inject_lambda_context(log_event=True): queries carry codes.
logger = Logger(service="connections")


def log_unavailable(error: Exception) -> None:
    """Log what did not answer, by the names of the errors that led to it."""
    logger.warning("unavailable", extra={"causes": _causes(error)})


def log_unhandled(error: Exception) -> None:
    """Log an error that nobody expected, without its words: they may quote what was sent."""
    logger.error(
        "unhandled-error",
        extra={
            "error": type(error).__name__,
            "causes": _causes(error),
            "frames": [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(error.__traceback__)
            ],
        },
    )


def _causes(error: Exception) -> list[str]:
    """Return the names of what caused an error, and of AWS's errors the codes."""
    causes: list[str] = []
    each = error.__cause__
    while each is not None:
        response = getattr(each, "response", None)
        code = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
        causes.append(f"{type(each).__name__}{f': {code}' if code else ''}")
        each = each.__cause__
    return causes
