"""Bodies that no well-meaning caller sends: they are the caller's fault and never ours."""

import base64
from urllib.parse import urlencode

import pytest

from tests.integration.entrypoints.calls import Answer, Functions
from tests.integration.entrypoints.demo import Demo, fields
from tests.integration.entrypoints.events import request
from tests.integration.entrypoints.logged import Logged

FORM = "application/x-www-form-urlencoded"
BROWSER = "__Host-connections-browser=known"


def send(
    functions: Functions, method: str, path: str, body: bytes, content_type: str | None
) -> Answer:
    """Send bytes as API Gateway hands them over: in base64."""
    function, event = request(method, path)
    event["headers"]["authorization"] = f"Bearer {functions.key}"
    if content_type is not None:
        event["headers"]["content-type"] = content_type
    event["body"] = base64.b64encode(body).decode()
    event |= {"isBase64Encoded": True, "cookies": [BROWSER]}
    return Answer.of(functions.invoke(function, event))


@pytest.mark.parametrize(
    "body",
    [
        b"authorization=aut_1&token=%C3%A9",
        "authorization=aut_1&token=é".encode(),
        b"authorization=aut_1&token=\xff",
        b"\xff\xfe",
        b"token=%00&authorization",
        b"token=%ED%A0%80",
    ],
)
def test_a_token_of_any_bytes_is_just_a_wrong_one(
    functions: Functions, logged: Logged, body: bytes
) -> None:
    page = send(functions, "POST", "/authorize", body, FORM)

    assert page.status == 400
    assert "<h1>Please try again</h1>" in page.body
    assert logged.of("unhandled-error") == []


@pytest.mark.parametrize(
    ("body", "query"),
    [
        (b"code=a\r\nSet-Cookie: b&state=c", "code=a%0D%0ASet-Cookie%3A+b&state=c"),
        (b"state=%0d%0a", "state=%0D%0A"),
        (b"state=%C3%A9", "state=%C3%A9"),
        (b"state=a&state=b", "state=a&state=b"),
        (b"code=&state=b", "code=&state=b"),
        (b"state=\xff", "state=%EF%BF%BD"),
    ],
)
def test_a_posted_response_is_one_line_of_a_header(
    functions: Functions, body: bytes, query: str
) -> None:
    bounced = send(functions, "POST", "/callback", body, FORM)

    assert (bounced.status, bounced.headers["location"]) == (303, f"/callback?{query}")


@pytest.mark.parametrize(("length", "status"), [(8192, 303), (8193, 400)])
def test_a_posted_response_has_at_most_8_kilobytes(
    functions: Functions, length: int, status: int
) -> None:
    body = b"state=" + b"s" * (length - 6)

    bounced = send(functions, "POST", "/callback", body, FORM)

    assert bounced.status == status
    if status == 400:
        assert "Code: callback-too-large" in bounced.body


@pytest.mark.parametrize("body", [b"\xff", b"[" * 100_000, b'{"a":' * 5000, b'"\xff"', b"nul"])
def test_what_cannot_be_read_as_json_is_said_to_be_so(
    functions: Functions, logged: Logged, body: bytes
) -> None:
    answer = send(functions, "POST", "/connections", body, "application/json")

    assert (answer.status, answer.json["code"]) == (400, "invalid-request")
    assert answer.json["detail"] == "The body cannot be read as JSON."
    assert logged.of("unhandled-error") == []


@pytest.mark.parametrize("content_type", [FORM, None, "application/octet-stream"])
def test_bytes_of_another_type_are_refused_as_such(
    functions: Functions, content_type: str | None
) -> None:
    answer = send(functions, "POST", "/connections", b"\xff", content_type)

    assert answer.status == 400
    assert answer.json["detail"] == "Send the body as `Content-Type: application/json`."


def test_json_in_base64_is_read(demo: Demo) -> None:
    answer = send(demo.functions, "POST", "/connections", b'{"name":1}', "application/json")

    assert [each["pointer"] for each in answer.json["errors"]] == ["#/connection", "#/name"]


def test_no_body_where_one_is_needed_is_pointed_at(functions: Functions) -> None:
    answer = functions.call("POST", "/connections")

    assert answer.status == 400
    assert answer.json["errors"] == [{"pointer": "#", "detail": "Field required"}]


def test_half_a_character_is_refused(functions: Functions) -> None:
    body = '{"connection": {"component": "\\ud800", "key": "k"}}'

    answer = functions.call("POST", "/connections", body=body, content_type="application/json")

    assert [each["pointer"] for each in answer.json["errors"]] == ["#/connection/component"]


def test_the_form_as_the_page_has_it_is_taken(demo: Demo) -> None:
    customer = demo.connection()
    customer.cookies = [BROWSER]
    form = urlencode(fields(customer.open(customer.link()).body))

    assert send(demo.functions, "POST", "/authorize", form.encode(), FORM).status == 303
