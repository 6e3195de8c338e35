"""What comes back to the redirect URI: each fault has its code, its entry, and tells no secret."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from connections.application.remedies import REJECTIONS
from tests.integration.entrypoints.calls import Answer, Functions
from tests.integration.entrypoints.demo import SECRET, Customer, Demo, parameters
from tests.integration.entrypoints.logged import Logged


def assert_told(page: Answer, code: str, logged: Logged) -> None:
    """The page and the function's log have the code, and neither has more."""
    assert page.status == 400
    assert f"<p class='quiet'>Code: {code}</p>" in page.body
    assert "<h1>Not connected</h1>" in page.body
    assert REJECTIONS[code].replace("'", "&#x27;") in page.body
    assert [line["code"] for line in logged.of("authorization-not-completed")] == [code]
    assert [line["level"] for line in logged.of("authorization-not-completed")] == ["WARNING"]
    assert "Traceback" not in logged.text
    assert SECRET not in logged.text + page.body


def assert_silent(logged: Logged, page: Answer, query: str) -> None:
    for name, value in parameters(query).items():
        if name in {"code", "state"}:
            assert value not in logged.text
            assert value not in page.body


def test_a_wrong_client_secret_is_told(demo: Demo, logged: Logged) -> None:
    customer = demo.connection(secret="not-the-secret-at-all")
    query = customer.answered()

    page = customer.returns(query)

    assert_told(page, "exchange-failed", logged)
    assert_silent(logged, page, query)
    assert "not-the-secret-at-all" not in logged.text
    entry = customer.log()[0]
    assert (entry["event"], entry["severity"]) == ("authorization.failed", "error")
    assert (entry["providerError"], entry["httpStatus"]) == ("invalid_client", 401)
    assert "Check the client id and the client secret" in entry["detail"]


def test_a_refused_consent_is_told(demo: Demo, logged: Logged) -> None:
    customer = demo.connection()
    query = customer.answered("deny")

    page = customer.returns(query)

    assert_told(page, "consent-refused", logged)
    assert_silent(logged, page, query)
    entry = customer.log()[0]
    assert (entry["event"], entry["providerError"]) == ("authorization.refused", "access_denied")
    assert entry["authorizationId"].startswith("aut_")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "state-missing"),
        ("code=a-code-nobody-gave", "state-missing"),
        ("code=a-code-nobody-gave&state=a-state-nobody-gave", "unknown-state"),
        ("state=a-state-nobody-gave&state=another&code=a", "repeated-parameter"),
        ("state=a-state-nobody-gave&code=" + "c" * 8192, "callback-too-large"),
    ],
)
def test_what_belongs_to_no_flow_is_told(
    functions: Functions, logged: Logged, query: str, code: str
) -> None:
    page = functions.call("GET", "/callback", query=query)

    assert_told(page, code, logged)
    assert "nobody-gave" not in logged.text + page.body


def test_a_repeated_code_is_told_and_ends_nothing(demo: Demo, logged: Logged) -> None:
    customer = demo.connection()
    query = customer.answered()

    assert_told(customer.returns(f"{query}&code=another"), "repeated-parameter", logged)
    assert customer.returns(query).status == 303


def test_a_replayed_response_is_told_and_the_grant_stays(demo: Demo, logged: Logged) -> None:
    customer = demo.connection()
    query = customer.answered()
    assert customer.returns(query).status == 303

    page = customer.returns(query)

    assert_told(page, "flow-used", logged)
    assert_silent(logged, page, query)
    assert customer.log()[0]["event"] == "callback.rejected"
    assert demo.active(customer.credentials()["token"]["access_token"])


@pytest.mark.parametrize("cookies", [[], ["__Host-connections-browser=another"]])
def test_another_browser_is_told(demo: Demo, logged: Logged, cookies: list[str]) -> None:
    customer = demo.connection()
    query = customer.answered()

    page = customer.returns(query, cookies)

    assert_told(page, "other-browser", logged)
    assert customer.log()[0]["event"] == "callback.rejected"
    assert customer.read()["status"] == "pending"


def test_another_issuer_is_told(demo: Demo, logged: Logged) -> None:
    customer = demo.connection()
    response = {**parameters(customer.answered()), "iss": "https://evil.example"}

    assert_told(customer.returns(urlencode(response)), "issuer-mismatch", logged)
    assert customer.log()[0]["event"] == "callback.rejected"


def without_code(response: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in response.items() if name != "code"}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (lambda response: {**response, "error": "access_denied"}, "code-and-error"),
        (without_code, "code-missing"),
        (lambda response: {**response, "code": ""}, "code-missing"),
        (
            lambda response: {**without_code(response), "error": "unauthorized_client"},
            "authorization-failed",
        ),
        (
            lambda response: {**without_code(response), "error": "server_error"},
            "server-failed",
        ),
        (
            lambda response: {**without_code(response), "error": "invalid_scope"},
            "scope-refused",
        ),
    ],
)
def test_a_response_without_one_code_is_told(
    demo: Demo,
    logged: Logged,
    changed: Callable[[dict[str, str]], dict[str, str]],
    code: str,
) -> None:
    customer = demo.connection()
    response = changed(parameters(customer.answered()))

    assert_told(customer.returns(urlencode(response)), code, logged)


def expire(customer: Customer) -> None:
    """Let the flow's ten minutes be over."""
    aws = customer.functions.aws
    flow = next(i for i in aws.items("Connections") if i["pk"]["S"].startswith("flow#"))
    aws.dynamodb.update_item(
        TableName=aws.names["Connections"],
        Key={"pk": flow["pk"], "sk": flow["sk"]},
        UpdateExpression="SET expiresAt = :past",
        ExpressionAttributeValues={":past": {"N": "1"}},
    )


def test_an_expired_flow_is_told(demo: Demo, logged: Logged) -> None:
    customer = demo.connection()
    query = customer.answered()
    expire(customer)

    assert_told(customer.returns(query), "flow-expired", logged)


@pytest.mark.parametrize("fault", ["html", "malformed", "server-error", "invalid-grant"])
def test_a_token_endpoint_that_gives_no_tokens_is_told(
    demo: Demo, logged: Logged, fault: str
) -> None:
    customer = demo.connection()
    query = customer.answered()
    demo.fault("token", fault)

    page = customer.returns(query)

    assert_told(page, "exchange-failed", logged)
    assert_silent(logged, page, query)
    entry = customer.log()[0]
    assert (entry["event"], entry["severity"]) == ("authorization.failed", "error")
    if fault == "html":
        assert "answered with a web page" in entry["detail"]


def test_a_fault_at_the_second_consent_leaves_the_first_grant(demo: Demo) -> None:
    customer = demo.connection().connected()
    before = customer.credentials()
    query = customer.answered()
    demo.fault("token", "server-error")

    assert customer.returns(query).status == 400
    assert customer.credentials() == before


def test_a_posted_response_goes_through_a_get(demo: Demo, logged: Logged) -> None:
    customer = demo.connection()
    posted = customer.answered(response_mode="form_post")

    bounced = demo.functions.call("POST", "/callback", form=posted)

    assert (bounced.status, bounced.headers["location"]) == (303, f"/callback?{posted}")
    assert (bounced.headers["cache-control"], bounced.headers["referrer-policy"]) == (
        "no-store",
        "no-referrer",
    )
    done = customer.returns(bounced.headers["location"].partition("?")[2])
    assert (done.status, done.headers["location"]) == (303, "/authorization-complete")
    assert parameters(posted)["code"] not in logged.text


def test_an_empty_post_is_sent_to_the_page_that_explains(functions: Functions) -> None:
    bounced = functions.call("POST", "/callback")

    assert (bounced.status, bounced.headers["location"]) == (303, "/callback?")


def test_a_flow_that_worked_logs_no_secret(demo: Demo, logged: Logged) -> None:
    customer = demo.connection()
    query = customer.answered()
    done = customer.returns(query)
    token = customer.credentials()["token"]["access_token"]

    assert done.status == 303
    assert_silent(logged, done, query)
    for secret in (token, SECRET, demo.functions.key, customer.cookies[0].partition("=")[2]):
        assert secret not in logged.text
    assert logged.of("authorization-not-completed") == []
