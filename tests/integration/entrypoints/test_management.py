"""Creating and reading connections, idempotently; the log page by page; what is around."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connections import __version__
from tests.integration.aws import Aws
from tests.integration.entrypoints.calls import Answer, forget
from tests.integration.entrypoints.demo import SECRET, Customer, Demo

PLAIN = {
    "key": "plain",
    "label": "Plain",
    "connections": [
        {
            "key": "apiKey",
            "label": "API key",
            "inputs": {"host": {"type": "string", "required": True}, "key": {"type": "password"}},
        }
    ],
}


def create(demo: Demo, key: str | None = None, name: str = "One", **values: Any) -> Answer:
    wanted = {"component": "plain", "key": "apiKey", "values": {"host": "a.example", **values}}
    headers = {} if key is None else {"idempotency-key": key}
    return demo.functions.call(
        "POST", "/connections", json={"connection": wanted, "name": name}, headers=headers
    )


@pytest.fixture
def plain(demo: Demo) -> Demo:
    """The demo with a component whose connection is not an OAuth one."""
    assert demo.functions.call("PUT", "/components/plain", json=PLAIN).status == 200
    return demo


def test_the_same_idempotency_key_returns_the_same_connection(plain: Demo) -> None:
    first, second = create(plain, "order-01"), create(plain, "order-01")

    assert (first.status, second.status) == (201, 201)
    assert first.json == second.json
    stored = plain.functions.aws.items("Connections")
    assert len([item for item in stored if item["sk"]["S"] == "state"]) == 1


def test_another_idempotency_key_makes_another_connection(plain: Demo) -> None:
    assert create(plain, "order-01").json["id"] != create(plain, "order-02").json["id"]


def test_without_an_idempotency_key_each_request_makes_one(plain: Demo) -> None:
    assert create(plain).json["id"] != create(plain).json["id"]


@pytest.mark.parametrize("change", [{"name": "Two"}, {"host": "b.example"}, {"key": SECRET}])
def test_an_idempotency_key_for_something_else_is_a_conflict(
    plain: Demo, change: dict[str, str]
) -> None:
    create(plain, "order-01")
    values = {name: value for name, value in change.items() if name != "name"}
    wanted = {
        "connection": {
            "component": "plain",
            "key": "apiKey",
            "values": {"host": "a.example", **values},
        },
        "name": change.get("name", "One"),
    }

    answer = plain.functions.call(
        "POST", "/connections", json=wanted, headers={"idempotency-key": "order-01"}
    )

    assert (answer.status, answer.json["code"]) == (409, "idempotency-key-reused")
    assert SECRET not in answer.body


@pytest.mark.parametrize(("length", "status"), [(7, 400), (8, 201), (200, 201), (201, 400)])
def test_an_idempotency_key_has_8_to_200_characters(plain: Demo, length: int, status: int) -> None:
    answer = create(plain, "k" * length)

    assert answer.status == status
    if status == 400:
        pointers = [each["pointer"].lower() for each in answer.json["errors"]]
        assert pointers == ["#/header/idempotency-key"]


@pytest.mark.parametrize(
    "key", ["with a space", " order-01 ", "sch\u00f6nes-wetter", "order\t0001"]
)
def test_an_idempotency_key_is_of_visible_ascii(plain: Demo, key: str) -> None:
    assert create(plain, key).status == 400


def test_a_connection_without_oauth_is_active_and_hands_out_its_fields(plain: Demo) -> None:
    made = create(plain)
    read = plain.functions.call("GET", f"/connections/{made.json['id']}/credentials")

    assert (made.json["status"], made.json["scopes"], made.json["reason"]) == ("active", None, None)
    assert read.json == {
        "connectionId": made.json["id"],
        "key": "apiKey",
        "configVarKey": None,
        "fields": {"host": "a.example"},
        "token": None,
        "context": {},
        "generation": None,
        "expiresAt": None,
    }


@pytest.mark.parametrize("step", ["/refresh", "/disconnect", "/authorizations"])
def test_a_connection_without_oauth_has_no_grant_to_work_with(plain: Demo, step: str) -> None:
    made = create(plain).json["id"]

    answer = plain.functions.call("POST", f"/connections/{made}{step}")

    assert (answer.status, answer.json["code"]) == (409, "not-an-oauth-connection")


def test_a_connection_is_read_as_it_was_created(plain: Demo) -> None:
    made = create(plain).json

    assert plain.functions.call("GET", f"/connections/{made['id']}").json == made
    assert made["name"] == "One"
    assert made["connection"] == {
        "component": "plain",
        "key": "apiKey",
        "template": None,
        "values": {
            # Free text may be an API key: definitions from the field declare those as strings.
            "host": {"value": None, "set": True},
            "key": {"value": None, "set": False},
        },
    }
    assert (made["instanceId"], made["configVariable"]) == (None, None)
    assert (made["lastUsedAt"], made["lastError"], made["light"]) == (None, None, "yellow")


def test_a_use_is_read_back_with_its_time(demo: Demo) -> None:
    customer = demo.connection().connected()
    customer.call("POST", "/reports", json={"outcome": "success"})

    read = customer.read()

    assert read["lastUsedAt"] is not None
    assert read["lastUsedAt"] >= read["createdAt"]


def test_an_unknown_outcome_is_pointed_at(demo: Demo) -> None:
    answer = demo.connection().call("POST", "/reports", json={"outcome": "fine"})

    assert answer.status == 400
    assert [each["pointer"] for each in answer.json["errors"]] == ["#/outcome"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("generation", 0),
        ("generation", 2**53),
        ("generation", "three"),
        ("executionId", ""),
        ("executionId", "a" * 101),
        ("executionId", "exec 1"),
        ("executionId", "exec\n1"),
        ("message", "The third party says: no."),
    ],
)
def test_what_a_report_says_has_a_form(demo: Demo, name: str, value: object) -> None:
    wanted = {"outcome": "unauthorized", name: value}

    answer = demo.connection().call("POST", "/reports", json=wanted)

    assert answer.status == 400
    assert [each["pointer"] for each in answer.json["errors"]] == [f"#/{name}"]


def test_a_report_of_a_refused_token_is_repeated_when_the_queue_does_not_answer(
    demo: Demo, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = demo.connection().connected()
    with monkeypatch.context() as patched:
        patched.setitem(aws.names, "RefreshesQueue", aws.names["RefreshesQueue"] + "-gone")
        forget()
        demo.functions.start("ManagementFunction")
        refused = customer.call("POST", "/reports", json={"outcome": "unauthorized"})
    forget()
    demo.functions.start("ManagementFunction")

    assert (refused.status, refused.json["code"]) == (503, "unavailable")
    assert customer.read()["light"] == "red"
    assert customer.call("POST", "/reports", json={"outcome": "unauthorized"}).status == 204
    assert len(aws.messages("RefreshesQueue")) == 1


def test_an_authorization_lasts_an_hour(demo: Demo) -> None:
    offered = demo.connection().call("POST", "/authorizations").json
    left = datetime.fromisoformat(offered["expiresAt"]) - datetime.now(UTC)

    assert timedelta(minutes=59) < left <= timedelta(hours=1)


@pytest.mark.parametrize("body", [[], [None], [{}], "text", 7])
def test_a_body_of_an_authorization_is_an_object_or_left_out(demo: Demo, body: object) -> None:
    answer = demo.connection().call("POST", "/authorizations", json=body)

    assert (answer.status, answer.json["code"]) == (400, "invalid-request")
    assert [each["pointer"] for each in answer.json["errors"]] == ["#"]


@pytest.mark.parametrize("body", [{}, None])
def test_options_of_an_authorization_can_be_left_out(demo: Demo, body: object) -> None:
    assert demo.connection().call("POST", "/authorizations", json=body).status == 201


def pages(customer: Customer, limit: int) -> list[list[str]]:
    found, cursor = [], None
    while True:
        query = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
        page = customer.call("GET", "/logs", query=query).json
        found.append([entry["event"] for entry in page["items"]])
        cursor = page["nextCursor"]
        if cursor is None:
            return found


def test_a_log_is_read_page_by_page_newest_first(demo: Demo) -> None:
    customer = demo.connection().connected()

    newest_first = ["connection.connected", "authorization.started", "connection.created"]
    assert pages(customer, 2) == [newest_first[:2], newest_first[2:]]
    assert pages(customer, 50) == [newest_first]


def test_an_entry_has_what_a_reader_needs(demo: Demo) -> None:
    (entry,) = demo.connection().log()

    assert {**entry, "at": ""} == {
        "at": "",
        "event": "connection.created",
        "severity": "info",
        "detail": "The connection was created. The customer can now CONNECT.",
        "httpStatus": None,
        "providerError": None,
        "authorizationId": None,
    }


@pytest.mark.parametrize("query", [{"cursor": "zzz"}, {"cursor": "x" * 501}, {"cursor": "é"}])
def test_a_cursor_of_nobodys_is_refused(demo: Demo, query: dict[str, str]) -> None:
    answer = demo.connection().call("GET", "/logs", query=query)

    assert (answer.status, answer.json["code"]) == (400, "invalid-request")
    assert query["cursor"] not in answer.body


@pytest.mark.parametrize(
    ("limit", "status"), [("0", 400), ("1", 200), ("200", 200), ("201", 400), ("x", 400)]
)
def test_a_page_has_1_to_200_entries(demo: Demo, limit: str, status: int) -> None:
    answer = demo.connection().call("GET", "/logs", query={"limit": limit})

    assert answer.status == status
    if status == 400:
        assert [each["pointer"] for each in answer.json["errors"]] == ["#/query/limit"]


def test_the_service_tells_that_it_answers(demo: Demo) -> None:
    health = demo.functions.call("GET", "/health")

    assert (health.status, health.json) == (
        200,
        {"status": "ok", "region": "us-east-2", "version": __version__},
    )
    assert health.headers == {
        "content-type": "application/json",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }


def test_the_regions_have_their_callback_urls(demo: Demo) -> None:
    regions = demo.functions.call("GET", "/regions").json

    assert regions["current"] == "us-east-2"
    listed = {each["region"]: each for each in regions["regions"]}
    assert listed["us-east-2"]["apiUrl"] == "https://oauth2.connections.example"
    for each in listed.values():
        assert each["callbackUrl"] == f"{each['apiUrl']}/callback"
        assert each["acceptedCallbackUrls"] == [each["callbackUrl"]]
    others = {each["apiUrl"] for name, each in listed.items() if not each["default"]}
    assert others == {
        f"https://oauth2.{name}.connections.example"
        for name, each in listed.items()
        if not each["default"]
    }
    assert [name for name, each in listed.items() if each["default"]] == ["us-east-2"]
