"""What the tests of reading credentials expect."""

from connections.application.read_credentials import Credentials
from tests.builders import HOUR, NOW

FIELDS = {
    "authorizeUrl": "https://acme.example/authorize",
    "tokenUrl": "https://acme.example/token",
    "revokeUrl": "https://acme.example/revoke",
    "scopes": "read write",
    "clientId": "the-client",
    "clientSecret": "the-secret",
}
STORED = Credentials(
    key="oauth2",
    fields=FIELDS,
    token={"access_token": "access-1", "token_type": "Bearer", "scope": "read write"},
    context={},
    generation=1,
    expires_at=NOW + HOUR,
)
FRESH = Credentials(
    key="oauth2",
    fields=FIELDS,
    token={
        "access_token": "access-2",
        "token_type": "Bearer",
        "scope": "read",
        "expires_in": 7200,
    },
    context={},
    generation=2,
    expires_at=NOW + 2 * HOUR,
)
