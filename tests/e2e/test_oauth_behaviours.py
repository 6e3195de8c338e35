"""An OAuth connection as it is made, by the numbers of the behaviours: B19 to B26, B29, B50, B62.

B27 is in `test_refreshing`, B28 in `test_built_in_components`, B55 to B57 in `test_connecting`, B58
and B59 in `test_disconnecting`.
"""

import json
from urllib.parse import parse_qs, urlsplit

from tests.answers import problem_code
from tests.browser import Browser
from tests.e2e.demo_crm import DemoCrm
from tests.e2e.developer import developer
from tests.e2e.studio import Studio
from tests.live_connection import content_of
from tests.stack import RunningStack


def stored(stack: RunningStack) -> str:
    """Return all that is in the tables, in one text."""
    dynamodb = developer(stack, "dynamodb")
    items = [
        item
        for table in dynamodb.list_tables()["TableNames"]
        for page in dynamodb.get_paginator("scan").paginate(TableName=table)
        for item in page["Items"]
    ]
    return json.dumps(items, default=lambda value: value.decode("latin-1"))


def test_b19_a_definition_is_oauth_by_its_type(studio: Studio) -> None:
    definition = {**studio.oauth2(), "oauth2Type": "password"}
    document = {"key": studio.name("acme"), "label": "Acme", "connections": [definition]}

    refused = studio.api.put(f"/components/{document['key']}", json=document)

    assert (refused.status_code, problem_code(refused)) == (400, "invalid-request")
    assert [each["pointer"] for each in refused.json()["errors"]] == ["#/connections/0/oauth2Type"]
    of_type = {**document, "connections": [{**definition, "oauth2Type": "authorization_code"}]}
    content_of(studio.api.put(f"/components/{document['key']}", json=of_type))


def test_b20_b21_the_customer_consents_at_the_third_party_and_tells_us_nothing(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = crm.connection()

    offer = browser.get(connection.link())
    consent = browser.submit(offer.form)
    browser.submit(consent.form, "Allow")

    # What we are sent is the link and its own protection, by a button: nothing is filled in.
    assert set(offer.form.fields) == {"authorization", "token"}
    assert consent.form.action.startswith(f"{crm.stack.provider_url}/authorize")
    assert crm.userinfo(connection.access_token()).status_code == 200


def test_b22_b29_the_callback_url_that_is_told_is_the_redirect_uri(
    crm: DemoCrm, browser: Browser
) -> None:
    regions = content_of(crm.stack.api.get("/regions"))
    [here] = [each for each in regions["regions"] if each["region"] == regions["current"]]

    consent = crm.connection().consent_page(browser)

    asked = parse_qs(urlsplit(consent.url).query)
    assert asked["redirect_uri"] == [here["callbackUrl"]] == [crm.stack.callback_url]


def test_b23_the_authorization_request_has_what_the_standard_asks_for(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = crm.connection()

    consent = connection.consent_page(browser)

    asked = {name: value for name, [value] in parse_qs(urlsplit(consent.url).query).items()}
    assert len(asked.pop("state")) == len(asked.pop("code_challenge")) == 43
    assert asked == {
        "response_type": "code",
        "client_id": connection.client_id,
        "redirect_uri": crm.stack.callback_url,
        "scope": "contacts.read offline_access",
        "code_challenge_method": "S256",
    }


def test_b24_b25_b26_the_code_comes_back_and_its_tokens_are_stored_encrypted(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = crm.connection()
    connection.connect(browser)

    [back] = [page.url for page in browser.visited if page.url.startswith(crm.stack.callback_url)]
    assert set(parse_qs(urlsplit(back).query)) == {"code", "state", "iss"}
    [exchange] = connection.exchanges()
    assert set(exchange["issued"]) == {"access_token", "refresh_token"}
    told = content_of(connection.credentials())["token"]
    assert "refresh_token" not in told
    assert told["access_token"] not in stored(crm.stack)


def test_b50_b62_what_is_not_connected_offers_connect_and_what_is_disconnect(
    studio: Studio, browser: Browser
) -> None:
    built, tenant = studio.integration(), studio.tenant()
    values = {name: {"value": each} for name, each in studio.client().items()}
    built.variable("CRM", studio.component(), values)
    built.publish()
    instance = studio.instance(built, tenant)
    before = instance.shown("CRM", tenant.admin)["actions"]

    studio.connect(instance.connection("CRM"), browser)

    assert (before, instance.shown("CRM", tenant.admin)["actions"]) == (
        ["configure", "connect"],
        ["configure", "connect", "disconnect"],
    )
