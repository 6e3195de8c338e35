"""The button before the consent, and links that lead nowhere."""

from urllib.parse import urlencode

import pytest

from connections.oauth.digests import digest
from tests.integration.entrypoints.calls import Functions
from tests.integration.entrypoints.demo import Demo, fields, parameters
from tests.integration.entrypoints.logged import Logged
from tests.integration.entrypoints.private import assert_private

NO_LINK = "aut_" + "0" * 58


def flows(functions: Functions) -> list[str]:
    keys = [item["pk"]["S"] for item in functions.aws.items("Connections")]
    return [key for key in keys if key.startswith("flow#")]


def test_opening_a_link_begins_nothing(demo: Demo) -> None:
    customer = demo.connection()

    customer.open(customer.link())

    assert flows(demo.functions) == []
    assert [each["event"] for each in customer.log()] == ["connection.created"]


def test_pressing_the_button_begins_a_flow_and_leaves_no_traces(demo: Demo) -> None:
    customer = demo.connection()
    form = urlencode(fields(customer.open(customer.link()).body))

    sent = demo.functions.call("POST", "/authorize", form=form, cookies=customer.cookies)

    assert sent.status == 303
    assert sent.headers["location"].startswith(f"{demo.url}/authorize?")
    assert (sent.headers["cache-control"], sent.headers["referrer-policy"]) == (
        "no-store",
        "no-referrer",
    )
    state = parameters(sent.headers["location"].partition("?")[2])["state"]
    assert flows(demo.functions) == [f"flow#{digest(state)}"]


@pytest.mark.parametrize("token", ["", "0" * 64, digest("another"), None])
def test_a_wrong_token_begins_no_flow(demo: Demo, token: str | None) -> None:
    customer = demo.connection()
    form = fields(customer.open(customer.link()).body)
    form = {"authorization": form["authorization"]} | ({} if token is None else {"token": token})

    page = demo.functions.call("POST", "/authorize", form=urlencode(form), cookies=customer.cookies)

    assert page.status == 400
    assert_private(page)
    assert "<h1>Please try again</h1>" in page.body
    assert flows(demo.functions) == []


@pytest.mark.parametrize("cookies", [[], ["other=1"], ["__Host-connections-browser=another"]])
def test_without_the_cookie_no_flow_begins(demo: Demo, cookies: list[str]) -> None:
    customer = demo.connection()
    form = fields(customer.open(customer.link()).body)

    page = demo.functions.call("POST", "/authorize", form=urlencode(form), cookies=cookies)

    assert page.status == 400
    assert flows(demo.functions) == []


def test_an_empty_form_begins_no_flow(functions: Functions) -> None:
    page = functions.call("POST", "/authorize", cookies=["__Host-connections-browser=known"])

    assert (page.status, flows(functions)) == (400, [])


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("", 404, "This link is not complete. Copy it whole, or ask for a new one."),
        ("authorization=aut_1", 404, "This link is not complete. Copy it whole"),
        (f"authorization={NO_LINK}", 404, "This link was used, has expired, or was never made."),
        (f"authorization={'a' * 101}", 400, "Some places of the request are wrong."),
    ],
)
def test_a_link_that_leads_nowhere_is_explained_on_a_page(
    functions: Functions, query: str, status: int, words: str
) -> None:
    page = functions.call("GET", "/authorize", query=query)

    assert page.status == status
    assert_private(page)
    assert words in page.body
    assert page.cookies == []


def test_the_form_of_a_link_that_leads_nowhere_is_explained_on_a_page(
    functions: Functions,
) -> None:
    form = urlencode({"authorization": NO_LINK, "token": digest("known")})

    page = functions.call(
        "POST", "/authorize", form=form, cookies=["__Host-connections-browser=known"]
    )

    assert page.status == 404
    assert_private(page)


def test_a_link_that_leads_nowhere_is_called_a_link(functions: Functions) -> None:
    page = functions.call("GET", "/authorize", query={"authorization": NO_LINK})

    assert "<h1>This link does not work</h1>" in page.body


def test_an_expired_link_leads_nowhere(demo: Demo) -> None:
    customer = demo.connection()
    link = customer.link()
    demo.functions.aws.dynamodb.update_item(
        TableName=demo.functions.aws.names["Connections"],
        Key={"pk": {"S": link[:30]}, "sk": {"S": "authorization"}},
        UpdateExpression="SET expiresAt = :past",
        ExpressionAttributeValues={":past": {"N": "1"}},
    )

    assert customer.open(link).status == 404


def test_what_a_link_opens_with_is_told_once_and_stands_nowhere(demo: Demo, logged: Logged) -> None:
    customer = demo.connection()
    link = customer.link()
    customer.press(customer.open(link))

    told = customer.call("GET", "/logs").body + demo.functions.call("GET", "/audit").body

    assert link[:30] in told
    stored = [str(demo.functions.aws.items(each)) for each in ("Connections", "Audit")]
    for text in (told, logged.text, *stored):
        assert link[30:] not in text
    assert customer.open(link[:30]).status == 404
    assert customer.open(link[:30] + "0" * 32).status == 404


def test_a_used_link_leads_nowhere(demo: Demo) -> None:
    customer = demo.connection()
    link = customer.link()
    url = customer.press(customer.open(link))
    form = {**fields(demo.http.get(url).text), "decision": "allow"}
    back = demo.http.post("/authorize", data=form).headers["location"]
    assert customer.returns(back.partition("?")[2]).status == 303

    assert customer.open(link).status == 404
