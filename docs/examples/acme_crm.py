"""A component with two connections: OAuth 2.0 with a host that differs by customer, and a key."""

from connections_sdk.builders import (
    ProviderFacts,
    choice_input,
    component,
    connection,
    oauth2_connection,
    password_input,
    string_input,
)

ACME_CRM = component(
    "acme-crm",
    "Acme CRM",
    oauth2_connection(
        "oauth2",
        "Acme CRM OAuth 2.0",
        # Slots are filled with what is entered for the input of their name.
        authorize_url="https://{{#tenant}}.acme.example/oauth/authorize",
        token_url="https://{{#tenant}}.acme.example/oauth/token",  # noqa: S106 - a URL
        revoke_url="https://{{#tenant}}.acme.example/oauth/revoke",
        scopes="contacts.read offline_access",
        override_scopes=True,
        client_id_label="App ID",
        inputs={"tenant": string_input("Tenant", example="my-company")},
        provider=ProviderFacts(rotation="rotates", refresh_buffer=120),
    ),
    connection(
        "apiKey",
        "Acme CRM API key",
        inputs={
            "apiKey": password_input("API key"),
            "region": choice_input("Region", {"eu": "Europe", "us": "United States"}, "eu"),
        },
        comments="For what runs without a user.",
    ),
    description="Contacts and deals of Acme CRM.",
    category="CRM",
    documentation_url="https://developers.acme.example/apps",
)
