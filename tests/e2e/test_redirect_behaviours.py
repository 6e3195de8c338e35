"""Where the user lands, and what the log says when a consent went wrong (B42 to B54)."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.answers import page_code
from tests.browser import Browser
from tests.e2e.demo_crm import CrmConnection, DemoCrm
from tests.e2e.developer import developer
from tests.e2e.studio import Built, LiveInstance, Studio, Tenant
from tests.live_connection import LiveConnection, content_of
from tests.page import Page

APP = "https://app.example/"
REDIRECTS = {
    "enabled": True,
    "successUri": f"{APP}done?tab=1",
    "failureUri": f"{APP}failed?tab=1",
}


@pytest.fixture
def visitor(browser: Browser) -> Browser:
    """A person's browser, which stops where the embedding application takes over."""
    browser.stop_at = APP
    return browser


def landed(page: Page) -> tuple[str, dict[str, str]]:
    """Return where a browser was sent in the end, and what was told there."""
    parts = urlsplit(page.url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}", dict(parse_qsl(parts.query))


def change(connection: LiveConnection, **changes: Any) -> None:
    content_of(connection.api.patch(f"/connections/{connection.id}", json=changes))


def offered(connection: LiveConnection, **options: Any) -> dict[str, Any]:
    path = f"/connections/{connection.id}/authorizations"
    return content_of(connection.api.post(path, json=options))


def standing(connection: LiveConnection, authorization: dict[str, Any]) -> dict[str, Any]:
    path = f"/connections/{connection.id}/authorizations/{authorization['id']}"
    return content_of(connection.api.get(path))


def decide(browser: Browser, link: str, decision: str) -> Page:
    return browser.submit(browser.submit(browser.get(link).form).form, decision)


def an_instance(studio: Studio, tenant: Tenant) -> tuple[Built, dict[str, Any], LiveInstance]:
    """Publish an integration whose variable has custom redirects, and make an instance."""
    built, client = studio.integration(), studio.client()
    values = {name: {"value": each} for name, each in client.items()}
    component = studio.component()
    variable = built.variable("CRM", component, values, oauthRedirects=REDIRECTS)
    built.variable("Mailbox", component, values, level="user", oauthRedirects=REDIRECTS)
    built.publish()
    return built, variable, studio.instance(built, tenant)


def named(studio: Studio, built: Built, instance: LiveInstance) -> dict[str, str]:
    """Return the ids and names that B45 and B46 tell."""
    integration = content_of(studio.api.get(f"/integrations/{built.id}"))
    return {
        "instanceId": instance.id,
        "instanceName": instance.read()["name"],
        "integrationId": built.id,
        "integrationName": integration["name"],
    }


def test_b42_without_redirects_the_user_lands_on_our_own_pages(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = crm.connection()
    assert page_code(connection.connect(browser, "Deny")) == "consent-refused"

    page = connection.connect(browser)

    assert (page.title, page.url) == (
        "Authorization complete",
        f"{crm.stack.url}/authorization-complete",
    )


def test_b43_redirects_that_are_switched_off_are_ignored(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection()
    change(connection, oauthRedirects={**REDIRECTS, "enabled": False})

    assert page_code(connection.connect(browser, "Deny")) == "consent-refused"
    assert connection.connect(browser).title == "Authorization complete"


def test_b44_success_leads_to_one_address_and_failure_to_the_other(
    crm: DemoCrm, visitor: Browser
) -> None:
    connection = crm.connection()
    change(connection, oauthRedirects=REDIRECTS)

    failure = landed(connection.connect(visitor, "Deny"))
    success = landed(connection.connect(visitor))

    assert success == (f"{APP}done", {"tab": "1", "id": connection.id})
    told = failure[1]
    assert failure[0] == f"{APP}failed"
    assert told.pop("errorDescription").startswith("The customer refused consent.")
    assert told == {"tab": "1", "id": connection.id, "error": "consent-refused"}


def test_b45_b46_b47_b48_the_landing_of_an_instances_connection_is_told_whose_it_is(
    studio: Studio, visitor: Browser
) -> None:
    built, variable, instance = an_instance(studio, studio.tenant())
    connection = instance.connection("CRM")

    address, told = landed(studio.connect(connection, visitor))

    assert address == f"{APP}done"
    assert told == {
        "tab": "1",
        **named(studio, built, instance),
        "requiredConfigVariableId": variable["id"],
        "requiredConfigVariableKey": "CRM",
        "id": connection.id,
    }


def test_b49_of_a_users_own_connection_the_id_is_theirs(studio: Studio, visitor: Browser) -> None:
    built, _, instance = an_instance(studio, studio.tenant())
    path = f"/instances/{instance.id}/users/ada"
    content_of(studio.api.patch(f"{path}/config-variables", json={"Mailbox": {"values": {}}}))
    pages = content_of(studio.api.get(f"{path}/config-pages"))["pages"]
    [shown] = [each for page in pages for each in page["configVariables"]]
    connection = LiveConnection(id=shown["connectionId"], api=studio.api)

    _, told = landed(studio.connect(connection, visitor))

    assert told == {
        "tab": "1",
        **named(studio, built, instance),
        "requiredConfigVariableId": shown["id"],
        "requiredConfigVariableKey": "Mailbox",
        "id": connection.id,
    }


def test_b50_b51_connect_leads_to_a_page_that_says_whose_connection_it_is_and_on_to_the_consent(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = crm.connection()

    page = browser.get(connection.link())

    assert page.title == "Connect Demo CRM"
    assert [button.text for button in page.form.buttons] == ["CONNECT"]
    assert browser.submit(page.form).url.startswith(f"{crm.stack.provider_url}/authorize?")


def test_b51_an_embedding_application_skips_the_page_and_a_customers_admin_does_not(
    crm: DemoCrm, studio: Studio, browser: Browser
) -> None:
    tenant = studio.tenant()
    connection = crm.connection(customer_id=tenant.id)
    path = f"/connections/{connection.id}/authorizations"

    refused = tenant.admin.call("POST", path, {"confirm": False})
    made = content_of(tenant.embedding.call("POST", path, {"confirm": False}))
    consent = browser.get(made["url"])

    assert refused.status_code == 403
    assert consent.url.startswith(f"{crm.stack.provider_url}/authorize?")
    assert browser.submit(consent.form, "Allow").title == "Authorization complete"


def test_b52_the_user_is_told_that_the_page_can_be_closed_and_where_they_came_from_notices(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = crm.connection()
    authorization = offered(connection)
    before = standing(connection, authorization)
    decide(browser, authorization["url"], "Deny")
    between = standing(connection, authorization)

    page = decide(browser, authorization["url"], "Allow")

    assert "You can close this page" in page.text
    assert before == {"status": "waiting", "error": None}
    assert between == {"status": "failed", "error": "consent-refused"}
    assert standing(connection, authorization) == {"status": "succeeded", "error": None}


def test_b52_a_return_url_leads_back_to_where_they_came_from(
    crm: DemoCrm, visitor: Browser
) -> None:
    connection, back = crm.connection(), f"{APP}connections?tab=2"
    allowed = {"allowedReturnUrls": [back]}
    content_of(connection.api.patch("/organization", json=allowed))
    link = offered(connection, returnUrl=back)["url"]

    failure, success = (landed(decide(visitor, link, each)) for each in ("Deny", "Allow"))

    assert success == (
        f"{APP}connections",
        {"tab": "2", "status": "succeeded", "id": connection.id},
    )
    assert (failure[1]["status"], failure[1]["error"]) == ("failed", "consent-refused")
    path = f"/connections/{connection.id}/authorizations"
    other = connection.api.post(path, json={"returnUrl": f"{back}&more"})
    assert other.status_code == 400


def test_b53_another_account_takes_the_place_of_the_former_under_the_same_id(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = crm.connection().connected()
    former = connection.access_token()
    connection.disconnect()

    assert connection.connect(browser).title == "Authorization complete"

    assert connection.access_token() != former
    assert connection.connect(browser, "Deny").title == "Not connected"
    assert crm.userinfo(connection.access_token()).status_code == 200


def nobody_comes_back(connection: CrmConnection) -> dict[str, Any]:
    """Let the ten minutes of the connection's flow be over, and return the log's last entry."""
    stack = connection.crm.stack
    dynamodb = developer(stack, "dynamodb")
    [table] = [each for each in dynamodb.list_tables()["TableNames"] if "Connections" in each]
    pages = dynamodb.get_paginator("scan").paginate(TableName=table)
    flows = [
        item
        for page in pages
        for item in page["Items"]
        if item["sk"] == {"S": "flow"} and item["connectionId"] == {"S": connection.id}
    ]
    for flow in flows:
        dynamodb.put_item(TableName=table, Item={**flow, "expiresAt": {"N": "1"}})
    stack.later()
    return connection.log()[0]


def test_b54_a_wrong_authorize_url_is_told_when_nothing_comes_back(
    crm: DemoCrm, browser: Browser
) -> None:
    nowhere = fixed(f"{crm.stack.provider_url}/nowhere")
    connection = crm.connection(inputs={"authorizeUrl": nowhere})
    assert connection.consent_page(browser).status == 404

    entry = nobody_comes_back(connection)

    assert (entry["event"], entry["severity"]) == ("authorization.expired", "warning")
    assert "check the authorize URL" in entry["detail"]


def test_b54_a_wrong_redirect_uri_is_told_when_nothing_comes_back(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = crm.connection(client={"redirect_uris": ["https://elsewhere.example/callback"]})
    page = connection.consent_page(browser)
    assert (page.status, page.url.startswith(crm.stack.provider_url)) == (400, True)

    entry = nobody_comes_back(connection)

    assert entry["event"] == "authorization.expired"
    assert f"exactly {crm.stack.callback_url} among its redirect URIs" in entry["detail"]


def fixed(value: str) -> dict[str, Any]:
    return {"type": "string", "required": True, "shown": False, "default": value}


def failed_exchange(connection: CrmConnection, browser: Browser) -> dict[str, Any]:
    """Try to connect, which must fail at the token endpoint; return the log's last entry."""
    page = connection.connect(browser)
    assert page_code(page) == "exchange-failed"
    assert "You can close this page" in page.text
    entry = connection.log()[0]
    assert (entry["event"], entry["severity"]) == ("authorization.failed", "error")
    return entry


@pytest.mark.parametrize("path", ["nowhere", "authorize"])
def test_b54_a_wrong_token_url_is_told(crm: DemoCrm, browser: Browser, path: str) -> None:
    connection = crm.connection(inputs={"tokenUrl": fixed(f"{crm.stack.provider_url}/{path}")})

    assert "check the token URL" in failed_exchange(connection, browser)["detail"]


def test_b54_a_wrong_secret_is_told(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection()
    connection.change_client(client_secret="another-secret-than-was-entered")

    entry = failed_exchange(connection, browser)

    assert entry["providerError"] == "invalid_client"
    assert "Check the client id and the client secret" in entry["detail"]


def test_b54_refused_scopes_are_told(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection(client={"scope": "something.else"})

    page = connection.consent_page(browser)

    assert page_code(page) == "scope-refused"
    entry = connection.log()[0]
    assert (entry["event"], entry["providerError"]) == ("authorization.failed", "invalid_scope")
    assert "Check how they are written" in entry["detail"]


def test_b54_a_refused_consent_is_told(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection()

    assert page_code(connection.connect(browser, "Deny")) == "consent-refused"

    entry = connection.log()[0]
    assert (entry["event"], entry["severity"]) == ("authorization.refused", "warning")
    assert "Press CONNECT again" in entry["detail"]


def test_b54_a_provider_that_cannot_be_reached_is_told(crm: DemoCrm, browser: Browser) -> None:
    port = crm.stack.spare_ports.pop()
    connection = crm.connection(inputs={"tokenUrl": fixed(f"http://127.0.0.1:{port}/token")})

    detail = failed_exchange(connection, browser)["detail"]

    assert "wait a little and press CONNECT again" in detail


def test_b54_a_provider_that_is_out_of_order_is_told(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection()
    crm.fault("token", "server-error")

    entry = failed_exchange(connection, browser)

    assert entry["httpStatus"] == 500
    assert "wait a little and press CONNECT again" in entry["detail"]
