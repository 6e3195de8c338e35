"""The pages before and after the consent: what they show, and what they keep from others."""

import re
from html import escape

import pytest

from connections.oauth.digests import digest
from tests.integration.entrypoints.calls import Functions
from tests.integration.entrypoints.demo import Demo, fields
from tests.integration.entrypoints.private import assert_private

HOSTILE = """<script>alert("1")</script><b a='"'>&"""


def test_the_page_before_the_consent_says_what_is_connected_and_where(demo: Demo) -> None:
    customer = demo.connection(name="CRM of Ada")

    page = customer.open(customer.link())

    assert page.status == 200
    assert_private(page, f"'self' https: {demo.url}")
    assert "<h1>Connect CRM of Ada</h1>" in page.body
    assert "<strong>Demo CRM</strong>" in page.body
    assert "<strong>localhost</strong>" in page.body


def test_the_page_before_the_consent_says_for_which_customer_it_is(demo: Demo) -> None:
    wanted = {"name": HOSTILE, "externalId": "acme"}
    made = demo.functions.call("POST", "/customers", json=wanted).json
    customer = demo.connection(customer_id=made["id"])
    of_nobody = demo.connection()

    named, unnamed = (each.open(each.link()).body for each in (customer, of_nobody))

    assert f"access for <strong>{escape(HOSTILE)}</strong> through" in named
    assert "<script>" not in named
    assert "access through" in unnamed


def test_a_server_on_https_needs_no_origin_of_its_own_in_the_policy(demo: Demo) -> None:
    document = demo.component("safe")
    inputs = document["connections"][0]["inputs"]
    inputs["authorizeUrl"]["default"] = "https://crm.example/authorize"
    assert demo.functions.call("PUT", "/components/safe", json=document).status == 200
    values = {"clientId": "a", "clientSecret": "b"}
    wanted = {"connection": {"component": "safe", "key": "oauth2", "values": values}}
    created = demo.functions.call("POST", "/connections", json=wanted).json["id"]
    offered = demo.functions.call("POST", f"/connections/{created}/authorizations").json
    link = offered["url"].partition("authorization=")[2]

    page = demo.functions.call("GET", "/authorize", query={"authorization": link})

    assert_private(page, "'self' https:")
    assert "<strong>crm.example</strong>" in page.body


def test_the_link_is_the_public_address_with_the_authorization(demo: Demo) -> None:
    offered = demo.connection().call("POST", "/authorizations").json

    address, _, link = offered["url"].partition("?authorization=")
    assert address == "https://oauth2.connections.example/authorize"
    assert link.startswith(offered["id"])
    assert len(link) == len(offered["id"]) + 32


def test_hostile_names_are_text_on_the_page(demo: Demo) -> None:
    customer = demo.connection(name=HOSTILE, label=HOSTILE)

    page = customer.open(customer.link())

    escaped = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&lt;b a=&#x27;&quot;&#x27;&gt;&amp;"
    assert "<script" not in page.body
    assert f"<h1>Connect {escaped}</h1>" in page.body
    assert f"<title>Connect {escaped}</title>" in page.body
    assert f"<strong>{escaped}</strong>" in page.body


def test_a_new_browser_gets_a_cookie_of_this_host_alone(demo: Demo) -> None:
    customer = demo.connection()

    page = customer.open(customer.link())

    (cookie,) = page.cookies
    pair, *attributes = cookie.split("; ")
    name, _, value = pair.partition("=")
    assert name == "__Host-connections-browser"
    assert re.fullmatch(r"[A-Za-z0-9_-]{44}", value)
    assert sorted(attributes) == [
        "HttpOnly",
        "Max-Age=86400",
        "Path=/",
        "SameSite=Lax",
        "Secure",
    ]
    assert fields(page.body)["token"] == digest(value)


def test_two_browsers_get_different_cookies(demo: Demo) -> None:
    customer = demo.connection()
    link = customer.link()

    first = demo.functions.call("GET", "/authorize", query={"authorization": link})
    second = demo.functions.call("GET", "/authorize", query={"authorization": link})

    assert first.cookies != second.cookies


def test_a_known_browser_keeps_its_cookie_among_others(demo: Demo) -> None:
    customer = demo.connection()
    mine = "__Host-connections-browser=known"

    page = demo.functions.call(
        "GET", "/authorize", query={"authorization": customer.link()}, cookies=["a=b", mine]
    )

    assert [each.partition(";")[0] for each in page.cookies] == [mine]
    assert fields(page.body)["token"] == digest("known")


@pytest.mark.parametrize(
    "cookie", ["__Host-connections-browser=", "connections-browser=x", "__Host-connections-browser"]
)
def test_a_cookie_that_names_no_browser_is_none(demo: Demo, cookie: str) -> None:
    link = demo.connection().link()

    page = demo.functions.call("GET", "/authorize", query={"authorization": link}, cookies=[cookie])

    assert re.match(r"__Host-connections-browser=[A-Za-z0-9_-]{44};", page.cookies[0])


def test_the_last_page_says_that_it_worked(functions: Functions) -> None:
    page = functions.call("GET", "/authorization-complete")

    assert page.status == 200
    assert_private(page)
    assert "<h1>Authorization complete</h1>" in page.body


def test_a_page_about_a_problem_is_as_private(functions: Functions) -> None:
    assert_private(functions.call("GET", "/problems/not-found"))
