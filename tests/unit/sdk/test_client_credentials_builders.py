"""Builders say client credentials, too."""

import pytest
from pydantic import ValidationError

from connections_sdk.builders import OAuth2Config, oauth2_connection, string_input


def test_client_credentials_are_asked_for_no_authorize_url() -> None:
    built = oauth2_connection(
        "m2m",
        "Client Credentials",
        oauth2_type="client_credentials",
        oauth2_config=OAuth2Config(
            override_grant_type="admin_consent", allowed_token_params=["audience"]
        ),
        inputs={"audience": string_input("Audience", required=False)},
        token_url="https://acme.example/token",
    )

    document = built.document()
    assert (document["oauth2Type"], document["oauth2Config"]) == (
        "client_credentials",
        {"overrideGrantType": "admin_consent", "allowedTokenParams": ["audience"]},
    )
    assert "oauth2PkceMethod" not in document
    assert list(document["inputs"]) == [
        "audience",
        "tokenUrl",
        "scopes",
        "clientId",
        "clientSecret",
    ]


def test_their_particulars_are_of_them_alone() -> None:
    with pytest.raises(ValidationError, match="client credentials alone"):
        oauth2_connection("oauth2", "OAuth 2.0", oauth2_config=OAuth2Config())
