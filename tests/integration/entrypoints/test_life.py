"""The whole life of a connection, through the functions."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.aws import Aws
from tests.integration.entrypoints.calls import Functions
from tests.integration.entrypoints.demo import CALLBACK, Demo, parameters
from tests.integration.entrypoints.events import event

COMPLETE = "/authorization-complete"


def queued(aws: Aws, queue: str, name: str) -> dict[str, Any]:
    """Return the event that Lambda makes of a queue's messages."""
    wanted = event(name)
    (record,) = wanted["Records"]
    bodies = aws.messages(queue)
    wanted["Records"] = [
        {**record, "messageId": str(number), "body": body} for number, body in enumerate(bodies)
    ]
    return wanted


def test_an_api_key_is_made_by_whoever_may_invoke_the_function(functions: Functions) -> None:
    made = functions.make_key()

    assert set(made) == {"id", "key"}
    assert made["id"].startswith("key_")
    assert functions.call("GET", "/components/none").status == 404


def test_a_published_component_is_read_back(demo: Demo) -> None:
    document = demo.component("read-back")

    put = demo.functions.call("PUT", "/components/read-back", json=document)

    assert put.status == 200
    got = demo.functions.call("GET", "/components/read-back")
    assert got.json == put.json
    assert got.json["connections"][0]["inputs"]["tokenUrl"]["default"] == f"{demo.url}/token"


def test_a_new_connection_waits_for_its_customer_and_tells_no_secret(demo: Demo) -> None:
    connection = demo.connection(name="CRM of Ada").read()

    assert (connection["name"], connection["status"], connection["reason"]) == (
        "CRM of Ada",
        "pending",
        "not-connected",
    )
    assert connection["connection"]["values"]["clientSecret"] == {"value": None, "set": True}
    assert connection["connection"]["values"]["scopes"] == {
        "value": "contacts.read offline_access",
        "set": False,
    }
    assert connection["scopes"] == {
        "requested": "contacts.read offline_access",
        "granted": None,
    }


def test_a_consent_leads_to_credentials_without_the_refresh_token(demo: Demo) -> None:
    customer = demo.connection()

    done = customer.returns(customer.answered())

    assert (done.status, done.headers["location"]) == (303, COMPLETE)
    read = customer.credentials()
    assert set(read) == {
        "connectionId", "key", "configVarKey", "fields", "token", "context", "generation",
        "expiresAt",
    }  # fmt: skip
    assert read["connectionId"] == customer.id
    assert "refresh_token" not in read["token"]
    assert (read["key"], read["generation"], read["configVarKey"]) == ("oauth2", 1, None)
    assert demo.active(read["token"]["access_token"])


def test_a_refresh_on_demand_returns_the_connection_one_generation_later(demo: Demo) -> None:
    customer = demo.connection().connected()
    before = customer.credentials()["token"]["access_token"]

    refreshed = customer.call("POST", "/refresh")

    assert (refreshed.status, refreshed.json["generation"]) == (200, 2)
    assert refreshed.json["status"] == "active"
    assert customer.credentials()["token"]["access_token"] != before


def test_what_is_due_is_queued_and_refreshed(aws: Aws, demo: Demo) -> None:
    customer = demo.connection(provider={"issuer": demo.url, "refreshBuffer": 7200}).connected()

    scheduled = demo.functions.invoke(
        "ScheduleRefreshesFunction", event("schedule_refreshes.every-minute")
    )
    batch = queued(aws, "RefreshesQueue", "refresh_connections.due")
    done = demo.functions.invoke("RefreshConnectionsFunction", batch, seconds=120)

    assert scheduled["queued"] == 1
    assert json.loads(batch["Records"][0]["body"])["connectionId"] == customer.id
    assert done == {"batchItemFailures": []}
    assert customer.read()["generation"] == 2


def test_an_access_token_that_was_refused_is_refreshed(
    aws: Aws, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It was issued just now, which would be reason enough to wait.
    monkeypatch.setattr("connections.domain.refresh.REPORTS_APART", timedelta())
    customer = demo.connection().connected()
    refused = customer.credentials()
    wanted = {"outcome": "unauthorized", "generation": refused["generation"]}

    reported = customer.call("POST", "/reports", json={**wanted, "executionId": "exec-1"})
    again = customer.call("POST", "/reports", json=wanted)
    batch = queued(aws, "RefreshesQueue", "refresh_connections.due")
    done = demo.functions.invoke("RefreshConnectionsFunction", batch, seconds=120)

    assert (reported.status, again.status) == (204, 204)
    assert len(batch["Records"]) == 2
    assert done == {"batchItemFailures": []}
    assert customer.credentials()["generation"] == refused["generation"] + 1
    entry = customer.log()[0]
    assert (entry["event"], entry["severity"]) == ("connection.unauthorized", "warning")
    assert entry["detail"].startswith("The execution exec-1 reported")
    assert customer.read()["light"] == "red"
    customer.call("POST", "/reports", json=wanted)
    assert aws.messages("RefreshesQueue") == []


def test_the_light_follows_the_reports(demo: Demo) -> None:
    customer = demo.connection().connected()

    red = customer.call("POST", "/reports", json={"outcome": "connection-error"})
    after_red = customer.read()["light"]
    customer.call("POST", "/reports", json={"outcome": "success"})

    assert (red.status, red.body) == (204, "")
    assert (after_red, customer.read()["light"]) == ("red", "green")


def test_disconnecting_ends_the_tokens_at_the_provider(aws: Aws, demo: Demo) -> None:
    customer = demo.connection().connected()
    token = customer.credentials()["token"]["access_token"]

    ended = customer.call("POST", "/disconnect")
    alive_after = demo.active(token)
    name: Any = "ApproximateNumberOfMessagesDelayed"
    url = aws.names["RevocationsQueue"]
    delayed = aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name]
    batch = queued(aws, "RevocationsQueue", "revoke_tokens.disconnected")
    done = demo.functions.invoke("RevokeTokensFunction", batch, seconds=60)

    assert (ended.status, ended.json) == (202, {"status": "pending", "revocation": "revoked"})
    assert not alive_after
    assert delayed == "1"
    assert done == {"batchItemFailures": []}
    # It was revoked at once: the message behind has no work.
    assert len(demo.requests("revoke")) == 2
    assert customer.call("GET", "/credentials").json["code"] == "not-connected"
    assert aws.items("Tokens") == []


def test_the_log_tells_the_whole_life(aws: Aws, demo: Demo) -> None:
    customer = demo.connection().connected()
    customer.call("POST", "/disconnect")
    batch = queued(aws, "RevocationsQueue", "revoke_tokens.disconnected")
    demo.functions.invoke("RevokeTokensFunction", batch, seconds=60)

    assert [each["event"] for each in reversed(customer.log())] == [
        "connection.created",
        "authorization.started",
        "connection.connected",
        "connection.disconnected",
        "revocation.succeeded",
    ]


def test_the_authorization_request_names_the_redirect_uri_and_a_challenge(demo: Demo) -> None:
    customer = demo.connection()

    url = customer.press(customer.open(customer.link()))

    asked = parameters(url.partition("?")[2])
    assert asked["redirect_uri"] == CALLBACK
    assert asked["code_challenge_method"] == "S256"
    assert asked["client_id"] == customer.client_id
