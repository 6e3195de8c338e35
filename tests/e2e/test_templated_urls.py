"""URLs that are templates over other inputs, over HTTP: filled in wherever they are used."""

from typing import Any

from tests.browser import Browser
from tests.e2e.demo_crm import DemoCrm


def template(server: str, slot: str) -> dict[str, Any]:
    default = f"{server}/{{{{#{slot}}}}}"
    return {"type": "template", "required": True, "shown": False, "default": default}


def test_a_connection_over_templates_lives_as_any_other(crm: DemoCrm, browser: Browser) -> None:
    behind = crm.wiretap.url("plain", "token").removesuffix("/token")
    text = {"type": "string", "required": True}
    connection = crm.connection(
        inputs={
            "authorizeUrl": template(crm.stack.provider_url, "consent"),
            "tokenUrl": template(behind, "exchange"),
            "refreshUrl": template(behind, "exchange"),
            "revokeUrl": template(behind, "revoke"),
            "consent": text,
            "exchange": text,
            "revoke": {**text, "default": "revoke"},
        },
        values={"consent": "authorize", "exchange": "token"},
    )

    assert connection.connect(browser).title == "Authorization complete"
    assert connection.refresh().status_code == 200
    assert connection.read()["connection"]["values"]["tokenUrl"]["value"] == f"{behind}/token"
    assert connection.credentials().json()["fields"]["revokeUrl"] == f"{behind}/revoke"
    assert (len(connection.exchanges()), len(connection.refreshes())) == (1, 1)


def test_a_value_that_would_lead_elsewhere_is_refused_at_its_place(crm: DemoCrm) -> None:
    name = "shops-over-http"
    text = {"type": "string", "required": True}
    inputs = {
        "authorizeUrl": template("https://{{#shop}}.acme.example", "shop"),
        "tokenUrl": template("https://{{#shop}}.acme.example", "shop"),
        "scopes": {"type": "string"},
        "clientId": text,
        "clientSecret": {"type": "password"},
        "shop": text,
    }
    definition = {
        "key": "oauth2",
        "label": "Shops",
        "oauth2Type": "authorization_code",
        "inputs": inputs,
    }
    crm.stack.publish({"key": name, "label": "Shops", "connections": [definition]})

    for shop in ("evil.example/", "evil.example#", "user@evil.example", "a.example:444", "%2f"):
        values = {"clientId": "the-client", "shop": shop}
        wanted = {"component": name, "key": "oauth2", "values": values}
        answer = crm.stack.api.post("/connections", json={"connection": wanted})
        assert answer.status_code == 400
        assert [each["pointer"] for each in answer.json()["errors"]] == ["#/connection/values/shop"]
