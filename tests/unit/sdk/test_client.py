"""The client publishes documents and reads credentials."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from connections_sdk.builders import (
    component,
    connection,
    connection_template,
    integration,
    password_input,
)
from connections_sdk.client import AmbiguousIntegration, Client, ConnectionsApiError
from connections_sdk.places import Remark

URL = "https://connections.example/"
INTEGRATION = integration("Sync", description="It.")
TEMPLATE = connection_template(
    "My CRM", component="crm", key="oauth2", values={"clientSecret": "hunter2"}
)
COMPONENT = component(
    "acme", "Acme", connection("key", "Key", inputs={"key": password_input("Key")})
)
Answer = tuple[int, Any]


class Service:
    """Answers what it is told to, call by call, and remembers what was asked."""

    def __init__(self, **answers: Answer | list[Answer]) -> None:
        self.answers = {
            name: list(each) if isinstance(each, list) else [each] for name, each in answers.items()
        }
        self.calls: list[tuple[str, Any]] = []
        self.queries: list[dict[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["Authorization"] == "Bearer the-api-key"
        body = json.loads(request.content) if request.content else None
        call = f"{request.method} {request.url.raw_path.decode().partition('?')[0]}"
        self.calls.append((call, body))
        self.queries.append(dict(request.url.params))
        status, content = self.answers[call].pop(0)
        return httpx.Response(status, json=content)


def client(handler: Callable[[httpx.Request], httpx.Response]) -> Client:
    return Client(URL, "the-api-key", transport=httpx.MockTransport(handler))


def problem(code: str, status: int = 409) -> Answer:
    return status, {"code": code, "title": "Title", "detail": "Detail."}


def page(*items: Any, cursor: str | None = None) -> Answer:
    return 200, {"items": list(items), "nextCursor": cursor}


def listed(identifier: str, name: str = "Sync", customer: str | None = None) -> dict[str, Any]:
    return {"id": identifier, "name": name, "customerId": customer}


def a_template(identifier: str, name: str = "My CRM", key: str = "oauth2") -> dict[str, Any]:
    held = {"component": "crm", "key": key}
    return {"id": identifier, "name": name, "connection": held, "templatedInputs": ["clientId"]}


def test_a_component_is_published() -> None:
    answers: dict[str, Answer] = {"PUT /components/acme": (200, {"key": "acme"})}
    service = Service(**answers)

    with client(service) as opened:
        assert opened.publish(COMPONENT).id == "acme"
    assert service.calls == [("PUT /components/acme", COMPONENT.document())]


def test_a_connection_template_is_made() -> None:
    service = Service(**{"POST /connection-templates": (201, {"id": "tpl_1"})})

    assert client(service).publish(TEMPLATE).id == "tpl_1"
    assert service.calls == [("POST /connection-templates", TEMPLATE.document())]


def test_a_connection_template_of_that_name_is_changed_into_it() -> None:
    answers: dict[str, Answer | list[Answer]] = {
        "POST /connection-templates": problem("name-taken"),
        "GET /connection-templates": [
            page(a_template("tpl_1", "Other"), cursor="next"),
            page(a_template("tpl_2", key="other"), a_template("tpl_3")),
        ],
        "PATCH /connection-templates/tpl_3": (200, {}),
    }
    service = Service(**answers)

    assert client(service).publish(TEMPLATE).id == "tpl_3"
    assert service.calls[-1][1] == {
        "connection": {"values": {"clientId": None, "clientSecret": "hunter2"}},
        "shared": False,
    }
    query = {"limit": "200", "component": "crm", "connection": "oauth2"}
    assert service.queries == [{}, query, {**query, "cursor": "next"}, {}]


def test_a_name_that_another_connection_has_is_told() -> None:
    service = Service(
        **{
            "POST /connection-templates": problem("name-taken"),
            "GET /connection-templates": page(),
        }
    )

    with pytest.raises(ConnectionsApiError) as refused:
        client(service).publish(TEMPLATE)
    assert refused.value.code == "name-taken"


def test_a_template_that_is_locked_or_not_allowed_is_told() -> None:
    locked = Service(
        **{
            "POST /connection-templates": problem("name-taken"),
            "GET /connection-templates": page(a_template("tpl_1")),
            "PATCH /connection-templates/tpl_1": problem("template-locked"),
        }
    )
    forbidden = Service(**{"POST /connection-templates": problem("forbidden", 403)})

    for service, code in ((locked, "template-locked"), (forbidden, "forbidden")):
        with pytest.raises(ConnectionsApiError) as refused:
            client(service).publish(TEMPLATE)
        assert refused.value.code == code
        assert "hunter2" not in str(refused.value)


def published(identifier: str = "int_1") -> dict[str, Any]:
    path = f"/integrations/{identifier}"
    notes = [{"pointer": "#/name", "detail": "was cut"}]
    return {
        f"PUT {path}/definition": (200, {"id": identifier, "notes": notes}),
        f"POST {path}/versions": (201, {"version": 3}),
    }


def test_an_integration_that_there_is_gets_a_new_version() -> None:
    mine = [listed("int_0", "Other"), listed("int_2", customer="cus_1")]
    service = Service(
        **published(),
        **{"GET /integrations": [page(*mine, cursor="next"), page(listed("int_1"))]},
    )

    done = client(service).publish(INTEGRATION)

    assert (done.integration_id, done.version) == ("int_1", 3)
    assert done.notes == (Remark("#/name", "was cut"),)
    assert service.calls[2:] == [
        ("PUT /integrations/int_1/definition", INTEGRATION.document()),
        ("POST /integrations/int_1/versions", None),
    ]


def test_an_integration_that_there_is_not_is_made() -> None:
    service = Service(
        **published(),
        **{"GET /integrations": page(), "POST /integrations": (201, {"id": "int_1"})},
    )

    assert client(service).publish(INTEGRATION).version == 3
    assert service.calls[1] == ("POST /integrations", {"name": "Sync", "description": "It."})


def test_which_of_several_integrations_is_meant_must_be_said() -> None:
    answers = {"GET /integrations": page(listed("int_1"), listed("int_2")), **published("int_2")}

    with pytest.raises(AmbiguousIntegration, match="int_1, int_2; say which with integration_id="):
        client(Service(**answers)).publish(INTEGRATION)
    done = client(Service(**answers)).publish(INTEGRATION, integration_id="int_2")
    assert done.id == "int_2"


def test_credentials_are_read_by_the_names_that_code_uses() -> None:
    answer: Answer = (200, {"key": "oauth2"})
    service = Service(
        **{
            "GET /instances/ins_1%2F/credentials": [answer, answer],
            "GET /connections/con_1/credentials": [answer, answer],
        }
    )
    caller = client(service)

    assert caller.credentials("ins_1/", "My CRM") == {"key": "oauth2"}
    caller.credentials("ins_1/", "My CRM", user_id="ada", min_ttl=60)
    caller.connection_credentials("con_1")
    caller.connection_credentials("con_1", min_ttl=0)

    assert service.queries == [
        {"configVariable": "My CRM"},
        {"configVariable": "My CRM", "userId": "ada", "minTtl": "60"},
        {},
        {"minTtl": "0"},
    ]


def test_what_an_execution_saw_is_reported() -> None:
    service = Service(**{"POST /connections/con_1%2F/reports": [(204, None), (204, None)]})
    caller = client(service)

    caller.report("con_1/", "success")
    caller.report("con_1/", "unauthorized", generation=3, execution_id="exec-1")

    assert [body for _, body in service.calls] == [
        {"outcome": "success"},
        {"outcome": "unauthorized", "generation": 3, "executionId": "exec-1"},
    ]


def test_a_report_that_is_refused_is_an_error() -> None:
    service = Service(**{"POST /connections/con_1/reports": problem("unavailable", 503)})

    with pytest.raises(ConnectionsApiError, match="Detail") as caught:
        client(service).report("con_1", "unauthorized")

    assert (caught.value.status, caught.value.code) == (503, "unavailable")


def test_an_error_says_what_the_service_says() -> None:
    errors = [{"pointer": "#/name", "detail": "must be shorter"}]
    service = Service(
        **{"PUT /components/acme": (400, {"code": "invalid-request", "detail": "Wrong.",
                                          "errors": errors})}
    )  # fmt: skip

    with pytest.raises(ConnectionsApiError) as refused:
        client(service).publish(COMPONENT)

    error = refused.value
    assert (error.status, error.code, error.detail) == (400, "invalid-request", "Wrong.")
    assert error.problems == (Remark("#/name", "must be shorter"),)
    assert str(error) == "400 invalid-request: Wrong.\n  #/name: must be shorter"


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (httpx.Response(502, text="<html>"), "unknown"),
        (httpx.Response(500, json=["x"]), "unknown"),
        (httpx.Response(200, text="<html>"), "unreadable"),
        (httpx.Response(200, json=["x"]), "unreadable"),
    ],
)
def test_an_answer_that_is_none_of_the_services_is_an_error(
    response: httpx.Response, code: str
) -> None:
    with pytest.raises(ConnectionsApiError) as refused:
        client(lambda _: response).connection_credentials("con_1")

    assert (refused.value.status, refused.value.code) == (response.status_code, code)


@pytest.mark.parametrize("url", ["https://xn--a", "https://a..b.example", "http://["])
def test_an_address_that_is_none_is_an_error_too(url: str) -> None:
    with (
        pytest.raises(ConnectionsApiError) as refused,
        Client(url, "the-api-key") as nobody,
    ):
        nobody.connection_credentials("con_1")

    assert (refused.value.status, refused.value.code) == (0, "unreachable")


def test_no_answer_is_an_error_too() -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("the-api-key", request=request)

    with pytest.raises(ConnectionsApiError) as refused:
        client(fail).connection_credentials("con_1")

    assert (refused.value.status, refused.value.code) == (0, "unreachable")
    assert "the-api-key" not in str(refused.value)


def test_the_key_is_not_shown() -> None:
    assert repr(client(Service())) == "Client('https://connections.example')"
