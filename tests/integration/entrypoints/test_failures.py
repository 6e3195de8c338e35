"""What is nobody's fault but ours, or the provider's, and how callers are told."""

from collections.abc import Iterator

import pytest
from aws_lambda_powertools.event_handler.exceptions import BadRequestError

from connections.entrypoints.http import answer, new_router, resolver
from connections.entrypoints.logs import log_unhandled
from tests.integration.aws import Aws
from tests.integration.entrypoints.calls import Answer, Context, Functions, forget
from tests.integration.entrypoints.demo import Customer, Demo
from tests.integration.entrypoints.events import request
from tests.integration.entrypoints.logged import Logged

POISON = "poison-that-no-log-may-show"
INTERNAL = {
    "type": "/problems/internal-error",
    "code": "internal-error",
    "title": "The service failed",
    "status": 500,
    "detail": "The request failed. It is logged.",
}


def break_state(customer: Customer) -> None:
    """Let the connection's state be one that nobody wrote."""
    aws = customer.functions.aws
    aws.dynamodb.update_item(
        TableName=aws.names["Connections"],
        Key={"pk": {"S": customer.id}, "sk": {"S": "state"}},
        UpdateExpression="SET #status = :poison",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":poison": {"S": POISON}},
    )


def test_an_unexpected_error_is_a_problem_without_its_words(demo: Demo, logged: Logged) -> None:
    customer = demo.connection()
    break_state(customer)

    told = customer.call("GET", "")

    assert (told.status, told.json) == (500, INTERNAL)
    assert told.headers["content-type"] == "application/problem+json"
    (line,) = logged.of("unhandled-error")
    assert (line["level"], line["error"], line["causes"]) == ("ERROR", "ValueError", [])
    assert any("state_items.py" in frame for frame in line["frames"])
    assert POISON not in logged.text
    assert "Traceback" not in logged.text


def test_what_failed_is_found_by_its_request_and_its_caller(demo: Demo, logged: Logged) -> None:
    made = demo.functions.make_key()
    customer = demo.connection()
    break_state(customer)

    customer.call("GET", "")

    (line,) = logged.of("unhandled-error")
    assert line["apiKeyId"] == made["id"]
    assert line["correlation_id"].endswith("hCYcEMvQ=")


def test_an_unexpected_error_before_the_consent_is_a_page(demo: Demo, logged: Logged) -> None:
    customer = demo.connection()
    link = customer.link()
    break_state(customer)

    page = customer.open(link)

    assert page.status == 500
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>The service failed</h1>\n<p>The request failed. It is logged.</p>" in page.body
    (line,) = logged.of("unhandled-error")
    assert line.get("apiKeyId") is None
    assert POISON not in logged.text + page.body


def test_a_broken_seal_is_an_unexpected_error(demo: Demo, logged: Logged) -> None:
    customer = demo.connection()
    aws = demo.functions.aws
    aws.dynamodb.update_item(
        TableName=aws.names["Connections"],
        Key={"pk": {"S": customer.id}, "sk": {"S": "inputs"}},
        UpdateExpression="SET sealed = :poison",
        ExpressionAttributeValues={":poison": {"B": POISON.encode()}},
    )

    assert customer.call("GET", "").json == INTERNAL
    assert [line["error"] for line in logged.of("unhandled-error")] == ["SealBroken"]


@pytest.fixture
def no_connections_table(demo: Demo, aws: Aws) -> Iterator[Functions]:
    """The functions when a table does not answer: its name leads nowhere."""
    aws.names["Connections"], name = "no-such-table", aws.names["Connections"]
    yield demo.functions
    aws.names["Connections"] = name


def test_a_table_that_does_not_answer_is_a_reason_to_wait(
    no_connections_table: Functions,
) -> None:
    forget()
    no_connections_table.start("ManagementFunction")

    told = no_connections_table.call("GET", "/connections/some")

    assert told.status == 503
    assert told.json == {
        "type": "/problems/unavailable",
        "code": "unavailable",
        "title": "Not possible for now",
        "status": 503,
        "detail": "Storage does not answer for now; try again.",
    }
    assert told.headers["retry-after"] == "1"
    assert told.headers["cache-control"] == "no-store"


def test_a_provider_that_asks_to_wait_is_waited_for(demo: Demo) -> None:
    customer = demo.connection().connected()
    demo.fault("token", "rate-limited", retry_after=120)

    told = customer.call("POST", "/refresh")

    assert (told.status, told.json["code"]) == (503, "unavailable")
    assert 115 <= int(told.headers["retry-after"]) <= 121


@pytest.mark.parametrize("fault", ["invalid-client", "invalid-grant"])
def test_a_refused_refresh_is_a_bad_gateway(demo: Demo, fault: str) -> None:
    customer = demo.connection().connected()
    demo.fault("token", fault)

    told = customer.call("POST", "/refresh")

    assert (told.status, told.json["code"]) == (502, "provider-refused")
    assert told.json["title"] == "The authorization server refused"
    assert "retry-after" not in told.headers
    assert told.json["detail"].startswith("The refresh failed: the authorization server ")


def test_a_failed_refresh_leaves_its_evidence_on_the_connection(demo: Demo) -> None:
    customer = demo.connection().connected()
    demo.fault("token", "invalid-client")
    customer.call("POST", "/refresh")

    error = customer.read()["lastError"]

    assert {name: error[name] for name in ("generation", "httpStatus", "providerError")} == {
        "generation": 1,
        "httpStatus": 401,
        "providerError": "invalid_client",
    }


def test_what_was_never_connected_cannot_be_refreshed(demo: Demo) -> None:
    told = demo.connection().call("POST", "/refresh")

    assert (told.status, told.json["code"]) == (409, "not-connected")


def test_a_dead_grant_asks_for_a_new_consent_and_a_new_consent_mends_it(demo: Demo) -> None:
    customer = demo.connection().connected()
    demo.fault("token", "invalid-grant")
    customer.call("POST", "/refresh")

    assert customer.read()["status"] == "reconnect-required"
    assert customer.connected().read()["status"] == "active"


def test_a_dead_grant_whose_access_token_has_ended_hands_nothing_out(demo: Demo) -> None:
    facts = {"extra_token_fields": {"expires_in": 0}}
    customer = demo.connection(client=facts).connected()
    demo.fault("token", "invalid-grant")
    customer.call("POST", "/refresh")

    told = customer.call("GET", "/credentials")

    assert (told.status, told.json["code"]) == (409, "reconnect-required")
    assert told.json["title"] == "The customer must connect again"


def test_the_causes_of_an_unexpected_error_are_named_and_not_quoted(logged: Logged) -> None:
    first, second = KeyError(POISON), OSError(POISON)
    second.__cause__ = first
    error = ValueError(POISON)
    error.__cause__ = second

    log_unhandled(error)

    (line,) = logged.of("unhandled-error")
    assert (line["error"], line["causes"]) == ("ValueError", ["OSError", "KeyError"])
    assert line["frames"] == []
    assert POISON not in logged.text


def test_what_the_router_itself_refuses_is_an_invalid_request() -> None:
    router = new_router()

    @router.get("/health")
    def refuse() -> None:
        raise BadRequestError(POISON)

    _, event = request("GET", "/health")
    answered = answer(resolver(router), event, Context("ManagementFunction", 30.0))

    told = Answer.of(answered)
    assert (told.status, told.json["detail"]) == (400, "The request cannot be read.")
    assert POISON not in told.body
