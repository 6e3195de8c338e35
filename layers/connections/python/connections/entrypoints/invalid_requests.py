"""A request that the router's validation refuses, as a problem document."""

from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from connections.entrypoints.problems import ProblemDocument, problem_document
from connections_sdk.forms import TYPE_MARK


def invalid_request(error: RequestValidationError) -> ProblemDocument:
    """Name each place; the words are pydantic's or ours, and never what was sent."""
    errors: dict[str, str] = {}
    for each in error.errors():
        errors.setdefault(_pointer(each["loc"]), str(each["msg"]).removeprefix("Value error, "))
    return problem_document(
        "invalid-request",
        "Some places of the request are wrong.",
        errors=[{"pointer": pointer, "detail": detail} for pointer, detail in errors.items()],
    )


def _pointer(location: tuple[str | int, ...]) -> str:
    """Return where it is: in the body, or below `query`, `path` or `header`."""
    steps = [str(step) for step in location if not str(step).startswith(TYPE_MARK)]
    steps = steps[1:] if steps[0] == "body" else steps
    return "#" + "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
