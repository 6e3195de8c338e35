"""Where a browser lands after a consent: custom redirects, return URLs, and our own pages."""

from typing import Any
from urllib.parse import urlencode

import pytest

from connections.application.remedies import REJECTIONS
from tests.integration.entrypoints.calls import Answer, Functions, forget
from tests.integration.entrypoints.demo import Customer, Demo, parameters
from tests.integration.entrypoints.logged import Logged
from tests.integration.entrypoints.private import assert_private
from tests.integration.entrypoints.stage import Stage, element, path_of
from tests.integration.entrypoints.tenants import made

DONE, FAILED = "https://app.example/done?tab=1&id=theirs#top", "https://app.example/failed"
REDIRECTS = {"enabled": True, "successUri": DONE, "failureUri": FAILED}
RETURN_URL = "https://app.example/back?tab=2"


def redirected(demo: Demo, **changes: Any) -> Customer:
    customer = demo.connection()
    answer = customer.call("PATCH", "", json={"oauthRedirects": {**REDIRECTS, **changes}})
    assert made(answer)["oauthRedirects"] == {**REDIRECTS, **changes}
    return customer


def assert_sent(answer: Answer, address: str, **told: str) -> None:
    """The browser is sent there, told this and nothing more, and leaves no traces."""
    assert (answer.status, answer.body, answer.cookies) == (303, "", [])
    at, _, query = answer.headers["location"].partition("?")
    query, _, fragment = query.partition("#")
    assert f"{at}#{fragment}" == address
    assert parameters(query) == told
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == (
        "no-store",
        "no-referrer",
    )


def test_success_leads_to_one_address_with_its_own_query_and_fragment(demo: Demo) -> None:
    customer = redirected(demo)

    answer = customer.returns(customer.answered())

    assert_sent(answer, "https://app.example/done#top", tab="1", id=customer.id)


def test_failure_leads_to_the_other_with_our_code_and_words(demo: Demo, logged: Logged) -> None:
    customer = redirected(demo)

    query = customer.answered("deny")
    assert "error_description" in parameters(query), "the provider has words of its own"

    answer = customer.returns(query)

    words = REJECTIONS["consent-refused"]
    told = {"id": customer.id, "error": "consent-refused", "errorDescription": words}
    assert_sent(answer, "https://app.example/failed#", **told)
    assert [line["code"] for line in logged.of("authorization-not-completed")] == [
        "consent-refused"
    ]


def test_a_failed_exchange_leads_there_too(demo: Demo) -> None:
    customer = redirected(demo)
    query = customer.answered()
    demo.fault("token", "html")

    answer = customer.returns(query)

    assert answer.headers["location"].startswith(f"{FAILED}?id={customer.id}&error=exchange-failed")


def test_redirects_that_are_switched_off_are_ignored(demo: Demo) -> None:
    customer = redirected(demo, enabled=False)

    assert customer.returns(customer.answered()).headers["location"] == "/authorization-complete"
    assert customer.returns(customer.answered("deny")).status == 400


def test_nobody_is_sent_anywhere_whose_flow_it_is_not(demo: Demo) -> None:
    customer = redirected(demo)
    query = customer.answered()

    strangers = customer.returns(query, ["__Host-connections-browser=another"])
    used = customer.returns(query)
    unknown = customer.returns(urlencode({"state": "made-up", "code": "c"}))

    for page in (strangers, used, unknown):
        assert page.status == 400
        assert_private(page)


def test_an_address_that_may_be_reached_no_more_leads_nowhere(demo: Demo, logged: Logged) -> None:
    customer = redirected(demo, successUri=f"{demo.url}/done", failureUri=f"{demo.url}/failed")
    refused = customer.answered("deny")
    assert customer.returns(refused).headers["location"].startswith(f"{demo.url}/failed?")
    refused = customer.answered("deny")
    functions = demo.functions
    functions.development_hosts = ""
    functions.started.clear()
    forget()

    page = customer.returns(refused)

    assert page.status == 400
    assert_private(page)
    assert len(logged.of("redirect-not-allowed")) == 1


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "http://app.example", "//app.example"])
def test_other_addresses_are_refused_when_they_are_entered(demo: Demo, uri: str) -> None:
    customer = demo.connection()
    redirects = {**REDIRECTS, "successUri": uri}
    wanted = {"connection": {"component": customer.client_id, "key": "oauth2", "values": {}}}

    for answer in (
        customer.call("PATCH", "", json={"oauthRedirects": redirects}),
        demo.functions.call("POST", "/connections", json={**wanted, "oauthRedirects": redirects}),
    ):
        assert answer.status == 400
        assert "#/oauthRedirects/successUri" in [each["pointer"] for each in answer.json["errors"]]


def test_redirects_are_made_changed_and_taken_away_with_the_connection(demo: Demo) -> None:
    customer = demo.connection()
    values = {"clientId": "c", "clientSecret": "s"}
    connection = {"component": customer.client_id, "key": "oauth2", "values": values}
    wanted = {"connection": connection, "oauthRedirects": REDIRECTS}
    path = f"/connections/{made(demo.functions.call('POST', '/connections', json=wanted))['id']}"

    def changed(redirects: object) -> object:
        answer = demo.functions.call("PATCH", path, json={"oauthRedirects": redirects})
        return made(answer)["oauthRedirects"]

    assert demo.functions.call("GET", path).json["oauthRedirects"] == REDIRECTS
    assert changed({"enabled": False}) == {**REDIRECTS, "enabled": False}
    made(demo.functions.call("PATCH", path, json={"name": "Another"}))
    assert demo.functions.call("GET", path).json["oauthRedirects"] is not None
    assert changed(None) is None
    assert customer.read()["oauthRedirects"] is None


def test_an_instances_connection_has_what_the_builder_said(functions: Functions) -> None:
    stage = Stage(functions)
    said = {"connection": {"template": "Ours"}, "oauthRedirects": REDIRECTS}
    stage.publish(element("CRM", "oauth", "oauth2", **said))
    instance = stage.instance()
    (variable,) = made(stage.call("user", "GET", path_of(instance)))["configVariables"]

    read = made(functions.call("GET", f"/connections/{variable['connectionId']}"))

    assert read["oauthRedirects"] == REDIRECTS


def returning(customer: Customer) -> str:
    """Make a link that leads back to the return URL, and return what it carries."""
    allowed = {"allowedReturnUrls": [RETURN_URL]}
    made(customer.functions.call("PATCH", "/organization", json=allowed))
    offered = customer.call("POST", "/authorizations", json={"returnUrl": RETURN_URL})
    return str(made(offered)["url"]).partition("authorization=")[2]


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        ("allow", {"status": "succeeded"}),
        (
            "deny",
            {
                "status": "failed",
                "error": "consent-refused",
                "errorDescription": REJECTIONS["consent-refused"],
            },
        ),
    ],
)
def test_a_return_url_is_told_how_it_ended(demo: Demo, decision: str, told: dict[str, str]) -> None:
    customer = demo.connection()
    query = customer.answered(decision, link=returning(customer))

    answer = customer.returns(query)

    assert_sent(answer, "https://app.example/back#", tab="2", id=customer.id, **told)


def test_the_organization_says_where_browsers_may_be_sent_back(functions: Functions) -> None:
    assert made(functions.call("GET", "/organization")) == {"name": None, "allowedReturnUrls": []}

    changed = {"name": "Acme", "allowedReturnUrls": [RETURN_URL]}
    assert made(functions.call("PATCH", "/organization", json=changed)) == changed
    assert made(functions.call("PATCH", "/organization", json={})) == changed
    assert made(functions.call("GET", "/organization")) == changed


@pytest.mark.parametrize(
    ("urls", "at"),
    [
        (["https://a.example", "javascript:alert(1)"], "#/allowedReturnUrls/1"),
        (["https://a.example"] * 51, "#/allowedReturnUrls"),
        ([""], "#/allowedReturnUrls/0"),
    ],
)
def test_other_return_urls_are_refused(functions: Functions, urls: list[str], at: str) -> None:
    answer = functions.call("PATCH", "/organization", json={"allowedReturnUrls": urls})

    assert [each["pointer"] for each in answer.json["errors"]] == [at]
