"""Connections in code, by the numbers of the behaviours: B63 to B66."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from connections_sdk.builders import (
    component,
    config_page,
    connection,
    connection_config_var,
    integration,
    oauth2_connection,
    string_input,
)
from connections_sdk.client import Client, ConnectionsApiError
from tests.browser import Browser
from tests.e2e.studio import LiveInstance, Studio
from tests.live_connection import content_of

MANDATORY = ("authorizeUrl", "tokenUrl", "scopes", "clientId", "clientSecret")


@pytest.fixture
def client(studio: Studio) -> Iterator[Client]:
    stack = studio.crm.stack
    with Client(stack.url, stack.api_key) as client:
        yield client


def pointers(refused: httpx.Response) -> list[str]:
    return [each["pointer"] for each in refused.json()["errors"]]


def publish(studio: Studio, document: dict[str, Any]) -> httpx.Response:
    return studio.api.put(f"/components/{document['key']}", json=document)


def test_b63_code_reads_a_connection_by_its_variables_name(
    studio: Studio, client: Client, browser: Browser
) -> None:
    built = studio.integration()
    built.variable("My CRM", studio.component())
    built.publish()
    instance = studio.instance(built, studio.tenant())
    instance.enter("My CRM", **studio.client())
    studio.connect(instance.connection("My CRM"), browser)

    received = client.credentials(instance.id, "My CRM")

    studio.crm.stack.evidence.secrets.add(received["token"]["access_token"])
    assert received["configVarKey"] == "My CRM"
    client.report(received["connectionId"], "success", generation=received["generation"])
    assert studio.crm.userinfo(received["token"]["access_token"]).status_code == 200
    with pytest.raises(ConnectionsApiError, match="no config variable"):
        client.credentials(instance.id, "Another")


def test_b64_a_component_of_ones_own_declares_a_connection_with_any_fields(
    studio: Studio, client: Client
) -> None:
    key = studio.name("acme")
    fields = {"host": string_input("Host", required=True), "team": string_input("Team")}
    client.publish(component(key, "Acme", connection("keys", "Keys", inputs=fields)))

    published = client.publish(
        integration(
            studio.name("Sync"),
            config_pages=[
                config_page(
                    "Connections",
                    elements={
                        "Acme": connection_config_var(
                            stable_key="acme", component=key, key="keys", values={"team": "blue"}
                        )
                    },
                )
            ],
        )
    )

    tenant = studio.tenant()
    wanted = {
        "name": "Of Acme", "customerId": tenant.id, "integrationId": published.integration_id,
    }  # fmt: skip
    made = content_of(studio.api.post("/instances", json=wanted))
    instance = LiveInstance(id=made["id"], api=studio.api)
    instance.enter("Acme", host="eu.acme.example")
    assert (published.version, instance.read()["version"]) == (1, 1)
    assert instance.fields("Acme") == {"host": "eu.acme.example", "team": "blue"}


@pytest.mark.parametrize("missing", MANDATORY)
def test_b65_an_oauth_connection_has_its_mandatory_inputs(studio: Studio, missing: str) -> None:
    definition = studio.oauth2()
    del definition["inputs"][missing]

    refused = publish(
        studio, {"key": studio.name("acme"), "label": "Acme", "connections": [definition]}
    )

    assert refused.status_code == 400
    assert pointers(refused) == [f"#/connections/0/inputs/{missing}"]


def test_b65_client_credentials_need_no_authorize_url(studio: Studio) -> None:
    definition = {**studio.oauth2(), "oauth2Type": "client_credentials"}
    del definition["inputs"]["authorizeUrl"]
    document = {"key": studio.name("m2m"), "label": "M2M", "connections": [definition]}

    assert publish(studio, document).status_code == 200
    for missing in MANDATORY[1:]:
        fewer = {name: each for name, each in definition["inputs"].items() if name != missing}
        refused = publish(studio, {**document, "connections": [{**definition, "inputs": fewer}]})
        assert pointers(refused) == [f"#/connections/0/inputs/{missing}"]


@pytest.mark.parametrize("optional", ["revokeUrl", "refreshUrl"])
def test_b65_urls_for_revoking_and_refreshing_are_optional(studio: Studio, optional: str) -> None:
    definition = studio.oauth2()
    definition["inputs"].pop(optional, None)
    document = {"key": studio.name("acme"), "label": "Acme", "connections": [definition]}

    assert publish(studio, document).status_code == 200


def test_b65_an_input_wins_over_a_provider_fact(studio: Studio, browser: Browser) -> None:
    definition = studio.oauth2()
    definition["provider"] = {"revokeUrl": "https://nowhere.example/revoke"}
    built = studio.integration()
    built.variable("CRM", studio.component(definition))
    built.publish()
    instance = studio.instance(built, studio.tenant())
    instance.enter("CRM", **studio.client())
    connection = instance.connection("CRM")
    studio.connect(connection, browser)

    connection.disconnect()
    studio.crm.stack.tick()

    assert connection.events()[-1] == "revocation.succeeded"


def test_b66_inputs_have_labels_of_their_own(studio: Studio, client: Client) -> None:
    key = studio.name("acme")
    provider = studio.crm.stack.provider_url
    defined = oauth2_connection(
        "oauth2",
        "Acme",
        authorize_url=f"{provider}/authorize",
        token_url=f"{provider}/token",
        scopes="contacts.read",
        client_id_label="App ID",
    )
    client.publish(component(key, "Acme", defined))
    built = studio.integration()
    built.variable("Acme", key)
    built.publish()

    asked = studio.instance(built, studio.tenant()).asked("Acme")

    assert asked["clientId"]["label"] == "App ID"
