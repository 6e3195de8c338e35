"""The demo provider: a small OAuth 2.0 authorization server for one machine.

It plays the vendor at the other end of a connection, "Demo CRM", in the tour and in the
tests: consent page, PKCE, rotating refresh tokens, revocation, introspection and a userinfo
endpoint. Everything is in memory, there is one account, and it speaks plain HTTP on
loopback only. It is no server for real accounts.

OAuth endpoints: `GET /.well-known/oauth-authorization-server` (RFC 8414), `GET` and
`POST /authorize`, `POST /token`, `POST /revoke` (RFC 7009), `POST /introspect` (RFC 7662),
`GET /userinfo`.

The control surface, for tests and the tour, asks for no credentials:

`POST /_clients`
    `{"client_id", "client_secret"?, "name"?, "redirect_uris"?, "scope"?, "rotation"?,
    "access_token_lifetime"?, "reuse_grace"?, "require_pkce"?, "token_endpoint_auth_method"?,
    "extra_token_fields"?}` registers a client, or replaces the one of that id: 201.
    See `clients.Client` for the values and the defaults.
`POST /_faults`
    `{"endpoint", "fault", "times"?: 1, "seconds"?: 0, "retry_after"?: null}` queues a fault
    for the next `times` requests of that endpoint: 201. See `faults.FaultKind` for what each
    does. `DELETE /_faults` forgets those not yet used: 204.
`GET /_ledger[?since=N]`
    `{"entries": [...], "double_spends": int}`: the requests seen, those numbered above N. See
    `ledger.LedgerEntry`. A token appears as its fingerprint, the first 12 hexadecimal digits
    of its SHA-256. `DELETE /_ledger` forgets them: 204; the numbering goes on.
`GET /_tokens/<fingerprint>`
    `{"active": bool, "kind": "access_token" | "refresh_token", "grant": id}`, or 404.

Input that is not understood is a 400 whose `errors` name each field and what is wrong.
"""

from local.demo_provider.app import create_app
from local.demo_provider.serving import DemoProvider, serve

__all__ = ["DemoProvider", "create_app", "serve"]
