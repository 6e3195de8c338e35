"""A request that the router's validation refuses, as a problem document."""

from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from connections.entrypoints.problems import ProblemDocument, problem_document
from connections_sdk.places import faults_of, pointer


def invalid_request(error: RequestValidationError) -> ProblemDocument:
    """Name each place; the words are pydantic's or ours, and never what was sent."""
    errors: dict[str, str] = {}
    for place, detail in faults_of(error.errors()):
        # Below `query`, `path` or `header`, or else in the body.
        errors.setdefault(pointer(place[1:] if place[0] == "body" else place), detail)
    return problem_document(
        "invalid-request",
        "Some places of the request are wrong.",
        errors=[{"pointer": at, "detail": detail} for at, detail in errors.items()],
    )
