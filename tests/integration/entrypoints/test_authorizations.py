"""Authorizations: skipping their page, what became of them, and those nobody came back from."""

from typing import Any

import pytest

from connections.oauth.digests import digest
from tests.integration.entrypoints.calls import Answer
from tests.integration.entrypoints.demo import CALLBACK, Customer, Demo, parameters
from tests.integration.entrypoints.events import event
from tests.integration.entrypoints.sent import Sent
from tests.integration.entrypoints.stage import Stage
from tests.integration.entrypoints.test_callbacks import expire


def authorized(customer: Customer, **options: Any) -> tuple[str, str]:
    """Make a link, and return its authorization's id and what it carries."""
    offered = customer.call("POST", "/authorizations", json=options)
    assert offered.status == 201, offered.body
    return offered.json["id"], str(offered.json["url"]).partition("authorization=")[2]


def standing(customer: Customer, authorization: str) -> Any:
    return customer.call("GET", f"/authorizations/{authorization}").json


def test_a_link_without_its_page_leads_straight_to_the_authorization_server(demo: Demo) -> None:
    customer = demo.connection()
    _, link = authorized(customer, confirm=False)

    sent = customer.open(link)

    assert sent.status == 303
    assert sent.headers["location"].startswith(f"{demo.url}/authorize?")
    assert (sent.headers["cache-control"], sent.headers["referrer-policy"]) == (
        "no-store",
        "no-referrer",
    )
    (cookie,) = sent.cookies
    assert cookie.startswith("__Host-connections-browser=")
    assert customer.log()[0]["event"] == "authorization.started"


def test_it_binds_the_browser_that_opened_it(demo: Demo) -> None:
    customer = demo.connection()
    _, link = authorized(customer, confirm=False)
    state = parameters(customer.open(link).headers["location"].partition("?")[2])["state"]
    back = f"state={state}&error=access_denied"

    stranger = customer.returns(back, ["__Host-connections-browser=another"])
    assert "Code: other-browser" in stranger.body

    url = customer.open(authorized(customer, confirm=False)[1]).headers["location"]
    state = parameters(url.partition("?")[2])["state"]
    own = customer.returns(f"state={state}&error=access_denied")
    assert "Code: consent-refused" in own.body


@pytest.mark.parametrize(
    ("caller", "status"), [("organization", 201), ("embedding", 201), ("admin", 403)]
)
def test_only_who_has_said_what_the_page_says_skips_it(
    functions: Any, caller: str, status: int
) -> None:
    stage = Stage(functions)
    instance = stage.instance()
    path = f"/instances/{instance['id']}"
    connection = next(
        each["connectionId"]
        for each in stage.call("admin", "GET", path).json["configVariables"]
        if each["key"] == "CRM"
    )

    answer: Answer = stage.call(
        caller, "POST", f"/connections/{connection}/authorizations", json={"confirm": False}
    )

    assert answer.status == status, answer.body
    if status == 403:
        assert "`confirm: false`" in answer.json["detail"]


def test_what_became_of_an_authorization_is_told(demo: Demo) -> None:
    customer = demo.connection()
    identifier, link = authorized(customer)
    assert standing(customer, identifier) == {"status": "waiting", "error": None}

    customer.returns(customer.answered("deny", link=link))
    assert standing(customer, identifier) == {"status": "failed", "error": "consent-refused"}
    query = customer.answered(link=link)
    demo.fault("token", "html")
    customer.returns(query)
    assert standing(customer, identifier) == {"status": "failed", "error": "exchange-failed"}
    assert customer.returns(customer.answered(link=link)).status == 303
    assert standing(customer, identifier) == {"status": "succeeded", "error": None}
    assert customer.open(link).status == 404
    assert demo.connection().call("GET", f"/authorizations/{identifier}").status == 404


def lapse(customer: Customer, state: str) -> None:
    """Let the queue bring a flow, as it does when its time is over."""
    message = event("lapse_flows.over")
    body = f'{{"stateDigest": "{digest(state)}"}}'
    message["Records"][0]["body"] = body
    answer = customer.functions.invoke("LapseFlowsFunction", message)
    assert answer == {"batchItemFailures": []}


def test_that_nobody_came_back_stands_in_the_log_with_what_to_check(demo: Demo) -> None:
    customer = demo.connection()
    identifier, link = authorized(customer)
    state = parameters(customer.press(customer.open(link)).partition("?")[2])["state"]
    lapse(customer, state)
    assert customer.log()[0]["event"] == "authorization.started"

    expire(customer)
    for _ in range(2):
        lapse(customer, state)

    entry, before = customer.log()[:2]
    assert (entry["event"], entry["severity"]) == ("authorization.expired", "warning")
    assert f"exactly {CALLBACK} among its redirect URIs" in entry["detail"]
    assert entry["authorizationId"] == identifier
    assert before["event"] == "authorization.started"
    told = {"status": "expired", "error": "authorization-expired"}
    assert standing(customer, identifier) == told


def test_a_flow_is_looked_at_a_little_after_its_ten_minutes(demo: Demo, sent: Sent) -> None:
    customer = demo.connection()
    customer.press(customer.open(customer.link()))

    assert sent.operations.count("SendMessage") == 1
    delayed = demo.functions.aws.sqs.get_queue_attributes(
        QueueUrl=demo.functions.aws.names["LapsesQueue"], AttributeNames=["All"]
    )["Attributes"]
    assert delayed["ApproximateNumberOfMessagesDelayed"] == "1"
    assert delayed["ApproximateNumberOfMessages"] == "0"


def test_a_message_that_names_no_flow_comes_again(demo: Demo) -> None:
    message = event("lapse_flows.over")
    message["Records"][0]["body"] = "{}"

    failed = demo.functions.invoke("LapseFlowsFunction", message)

    identifier = message["Records"][0]["messageId"]
    assert failed == {"batchItemFailures": [{"itemIdentifier": identifier}]}
