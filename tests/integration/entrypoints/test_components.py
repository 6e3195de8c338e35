"""Components over HTTP: the list, the built-in ones, and how little is asked of the storage."""

from typing import Any

import pytest

from tests.integration.aws import Aws
from tests.integration.entrypoints.calls import Functions
from tests.integration.entrypoints.sent import Sent
from tests.integration.entrypoints.tenants import PLAIN, Tenants, made

S3 = {"accessKeyId": "an-id", "secretAccessKey": "a-secret"}


@pytest.fixture
def warm(functions: Functions, sent: Sent) -> Sent:
    """What is sent by functions that know their caller."""
    made(functions.call("GET", "/components/slack"))
    return sent.anew()


def listed(functions: Functions, **query: str) -> dict[str, Any]:
    return made(functions.call("GET", "/components", query=query))


def keys(functions: Functions, **query: str) -> list[str]:
    page = listed(functions, **query)
    assert page["nextCursor"] is None
    return [each["key"] for each in page["items"]]


def publish(functions: Functions, key: str, **changes: Any) -> None:
    made(functions.call("PUT", f"/components/{key}", json={**PLAIN, "key": key, **changes}))


def test_a_list_tells_what_a_component_is_and_how_it_connects(functions: Functions) -> None:
    (github,) = listed(functions, search="github")["items"]

    assert github == {
        "key": "github",
        "label": "GitHub",
        "description": "Repositories, issues and pull requests of GitHub.",
        "documentationUrl": "https://docs.github.com/en/apps/oauth-apps/building-oauth-apps"
        "/creating-an-oauth-app",
        "category": "Development",
        "builtIn": True,
        "connections": [
            {
                "key": "oauth2",
                "label": "GitHub OAuth 2.0",
                "oauth2Type": "authorization_code",
            },
            {
                "key": "personalAccessToken",
                "label": "GitHub Personal Access Token",
                "oauth2Type": None,
            },
        ],
    }


def test_a_component_of_the_organization_stands_among_the_built_in_ones(
    functions: Functions,
) -> None:
    publish(functions, "plain", category="CRM")

    assert keys(functions, category="crm") == ["hubspot", "plain", "salesforce"]
    (plain,) = listed(functions, search="plain")["items"]
    assert plain == {
        "key": "plain",
        "label": "Plain",
        "description": None,
        "documentationUrl": None,
        "category": "CRM",
        "builtIn": False,
        "connections": [{"key": "apiKey", "label": "API key", "oauth2Type": None}],
    }


@pytest.mark.parametrize("limit", ["1", "7", "23", "200"])
def test_pages_follow_each_other_by_key(functions: Functions, limit: str) -> None:
    for key in ("plain", "Zoo", "zoo"):
        publish(functions, key)
    everything = keys(functions, limit="200")

    read, query = [], {"limit": limit}
    while True:
        page = listed(functions, **query)
        read += [each["key"] for each in page["items"]]
        if page["nextCursor"] is None:
            break
        query["cursor"] = page["nextCursor"]

    assert read == everything == sorted(everything)
    assert len(everything) == 23


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": "0"}, "#/query/limit"),
        ({"limit": "201"}, "#/query/limit"),
        ({"cursor": "no key"}, "#/query/cursor"),
        ({"cursor": ""}, "#/query/cursor"),
        ({"search": "x" * 201}, "#/query/search"),
        ({"category": "x" * 51}, "#/query/category"),
    ],
)
def test_what_no_list_can_be_made_by_is_pointed_at(
    functions: Functions, query: dict[str, str], pointer: str
) -> None:
    answer = functions.call("GET", "/components", query=query)

    assert (answer.status, [each["pointer"] for each in answer.json["errors"]]) == (400, [pointer])


def test_a_list_takes_one_request(functions: Functions, warm: Sent) -> None:
    listed(functions)

    assert warm.operations == ["Query"]


def test_customers_users_see_the_same_list(functions: Functions) -> None:
    tenants = Tenants.founded(functions)
    of_the_organization = keys(functions)

    for credential in (tenants.token(), tenants.token(role="admin")):
        answer = tenants.call(credential, "GET", "/components")
        assert [each["key"] for each in made(answer)["items"]] == of_the_organization


def test_a_built_in_component_is_read_without_a_request(functions: Functions, warm: Sent) -> None:
    s3 = made(functions.call("GET", "/components/aws-s3"))

    assert s3["label"] == "Amazon S3"
    assert s3["documentationUrl"].startswith("https://docs.aws.amazon.com/")
    assert list(s3["connections"][0]["inputs"]) == ["accessKeyId", "secretAccessKey"]
    assert warm.operations == []


def test_a_component_of_the_organization_takes_one_request(
    functions: Functions, warm: Sent
) -> None:
    publish(functions, "plain")
    warm.anew()

    made(functions.call("GET", "/components/plain"))

    assert warm.operations == ["GetItem"]


def test_a_built_in_component_is_not_replaced(aws: Aws, functions: Functions, warm: Sent) -> None:
    before = aws.items("Definitions")

    answer = functions.call("PUT", "/components/slack", json={**PLAIN, "key": "slack"})

    assert (answer.status, answer.json["code"]) == (409, "built-in-component")
    assert aws.items("Definitions") == before
    assert warm.operations == []


def test_a_connection_of_a_built_in_component_is_active_with_its_values(
    functions: Functions, sent: Sent
) -> None:
    wanted = {"component": "aws-s3", "key": "apiKeySecret", "values": S3}
    made(functions.call("POST", "/connections", json={"connection": wanted}))
    sent.anew()

    connection = made(functions.call("POST", "/connections", json={"connection": wanted}))

    assert connection["status"] == "active"
    assert connection["connection"]["values"] == {
        "accessKeyId": {"value": None, "set": True},
        "secretAccessKey": {"value": None, "set": True},
    }
    # The connection, its log and the audit; nobody is asked for the component.
    assert sent.operations == ["TransactWriteItems", "TransactWriteItems", "PutItem"]


def test_the_values_of_a_built_in_connection_are_what_code_receives(functions: Functions) -> None:
    wanted = {
        "component": "tableau",
        "key": "personalAccessToken",
        "values": {"host": "tableau.example", "siteId": "ours", "tokenName": "n", "token": "t"},
    }
    connection = made(functions.call("POST", "/connections", json={"connection": wanted}))

    read = made(functions.call("GET", f"/connections/{connection['id']}/credentials"))

    assert read["fields"] == wanted["values"]
    assert read["token"] is None


@pytest.mark.parametrize("name", list(S3))
def test_a_built_in_connection_needs_what_its_component_requires(
    functions: Functions, name: str
) -> None:
    values = {each: value for each, value in S3.items() if each != name}
    wanted = {"component": "aws-s3", "key": "apiKeySecret", "values": values}

    answer = functions.call("POST", "/connections", json={"connection": wanted})

    assert [each["pointer"] for each in answer.json["errors"]] == [f"#/connection/values/{name}"]


def test_components_are_kept_in_one_partition_by_their_keys(aws: Aws, functions: Functions) -> None:
    publish(functions, "plain")

    stored = [item for item in aws.items("Definitions") if "document" in item]
    assert [(item["pk"]["S"], item["sk"]["S"]) for item in stored] == [("component", "plain")]
