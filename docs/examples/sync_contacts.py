"""The integration of sync_contacts.yaml in Python, with the connection templates that it uses.

Publish all three with an API key that has the scope `definitions:write`:

    export CONNECTIONS_URL=… CONNECTIONS_API_KEY=… SALESFORCE_SECRET=… SLACK_SECRET=…
    python sync_contacts.py
"""

import os

from connections_sdk.builders import (
    config_page,
    connection_config_var,
    connection_template,
    integration,
    oauth_redirects,
    step,
    value,
)
from connections_sdk.client import Client

SYNC_CONTACTS = integration(
    "Sync contacts",
    description="Copies new contacts from Salesforce to Slack.",
    config_pages=[
        config_page(
            "Connections",
            tagline="Connect the apps that are kept in step.",
            elements={
                "Salesforce Connection": connection_config_var(
                    stable_key="salesforce-connection",
                    component="salesforce",
                    key="oauth2",
                    values={},
                    template="My Salesforce Connection",
                ),
                "Slack Connection": connection_config_var(
                    stable_key="slack-connection",
                    component="slack",
                    key="oauth2",
                    level="user",
                    description="Where each user is told of new contacts.",
                    values={"scopes": value("chat:write", visibility="embedded")},
                    template="My Slack Connection",
                    oauth_redirects=oauth_redirects(
                        "https://app.example.com/connected",
                        "https://app.example.com/not-connected",
                    ),
                ),
            },
        ),
    ],
    steps=[
        step(
            "List contacts",
            component="salesforce",
            action="listContacts",
            config_variable="Salesforce Connection",
        ),
        step(
            "Tell the team",
            component="slack",
            action="postMessage",
            config_variable="Slack Connection",
        ),
    ],
)

if __name__ == "__main__":
    salesforce = connection_template(
        "My Salesforce Connection",
        component="salesforce",
        key="oauth2",
        values={
            "clientId": "the-consumer-key-of-my-app",
            "clientSecret": os.environ["SALESFORCE_SECRET"],
        },
    )
    slack = connection_template(
        "My Slack Connection",
        component="slack",
        key="oauth2",
        values={
            "clientId": "the-client-id-of-my-app",
            "clientSecret": os.environ["SLACK_SECRET"],
        },
    )
    with Client(os.environ["CONNECTIONS_URL"], os.environ["CONNECTIONS_API_KEY"]) as client:
        client.publish(salesforce)
        client.publish(slack)
        published = client.publish(SYNC_CONTACTS)
    print(f"{published.id} is at version {published.version}")
    for note in published.notes:
        print(f"{note.pointer} {note.detail}")
