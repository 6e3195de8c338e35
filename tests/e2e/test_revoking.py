"""B58 to B62: what was disconnected is revoked at the provider, at once or by a queue behind it."""

import time
from typing import Any

import pytest

from tests.e2e.demo_crm import CrmConnection, DemoCrm
from tests.live_connection import content_of

VERIFIED = "Verified: its introspection says that none of it works any more."
NOT_VERIFIED = "Not verified: there is no introspection, or it did not say."


def introspected(crm: DemoCrm, **more: Any) -> CrmConnection:
    """Return a connection to a provider that can be asked whether tokens work."""
    return crm.connection(introspectUrl=f"{crm.stack.provider_url}/introspect", **more).connected()


def presented(connection: CrmConnection, endpoint: str = "revoke") -> list[str]:
    """Return the fingerprints of what an endpoint was asked about."""
    return [entry["token"] for entry in connection.requests(endpoint)]


def tokens(connection: CrmConnection) -> list[str]:
    """Return the fingerprints of the first token set, the refresh token first."""
    issued = connection.exchanges()[0]["issued"]
    return [issued["refresh_token"], issued["access_token"]]


def test_b60_the_refresh_token_is_revoked_first_and_the_receipt_says_so(crm: DemoCrm) -> None:
    connection = introspected(crm)

    assert connection.disconnect() == {"status": "pending", "revocation": "revoked"}

    assert presented(connection) == tokens(connection)
    assert presented(connection, "introspect") == tokens(connection)
    receipt, disconnected = connection.log()[:2]
    assert disconnected["event"] == "connection.disconnected"
    assert (receipt["event"], receipt["severity"]) == ("revocation.succeeded", "info")
    assert receipt["detail"] == (
        "The provider confirmed the revocation of the refresh token (HTTP 200) and the access"
        f" token (HTTP 200). {VERIFIED}"
    )
    assert connection.alive() == []


def test_b60_what_was_revoked_at_once_is_not_revoked_again(crm: DemoCrm) -> None:
    connection = introspected(crm)
    connection.disconnect()
    events = connection.events()

    crm.stack.later()

    assert connection.events() == events
    assert len(connection.requests("revoke")) == 2


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_b60_the_client_authenticates_as_at_the_token_endpoint(crm: DemoCrm, method: str) -> None:
    connection = introspected(
        crm, client={"token_endpoint_auth_method": method}, clientAuthentication=method
    )

    assert connection.disconnect()["revocation"] == "revoked"

    asked = [*connection.requests("revoke"), *connection.requests("introspect")]
    assert [entry["status"] for entry in asked] == [200] * 4


def test_b60_what_the_provider_cannot_revoke_now_is_retried_and_the_receipt_follows(
    crm: DemoCrm,
) -> None:
    connection = introspected(crm)
    crm.fault("revoke", "server-error", times=2)

    assert connection.disconnect()["revocation"] == "queued"
    assert connection.credentials().status_code == 409
    crm.stack.later()
    assert connection.alive() != []
    crm.stack.tick()
    # It comes after a delay and not before.
    assert len(connection.requests("revoke")) == 2
    crm.stack.later()

    assert connection.alive() == []
    assert connection.events()[-4:] == [
        "connection.disconnected",
        "revocation.failed",
        "revocation.failed",
        "revocation.succeeded",
    ]
    assert connection.log()[0]["detail"].endswith(VERIFIED)


def test_b60_a_provider_that_confirms_and_says_that_a_token_still_works_is_asked_again(
    crm: DemoCrm,
) -> None:
    connection = introspected(crm)
    crm.fault("introspect", "still-active")

    assert connection.disconnect()["revocation"] == "queued"
    assert "the token still works" in connection.log()[0]["detail"]
    crm.stack.later()

    assert connection.log()[0]["detail"].endswith(VERIFIED)
    assert len(connection.requests("revoke")) == 4


def test_b60_an_introspection_that_is_out_of_order_leaves_the_receipt_unverified(
    crm: DemoCrm,
) -> None:
    connection = introspected(crm)
    crm.fault("introspect", "server-error")

    assert connection.disconnect()["revocation"] == "revoked"

    assert connection.log()[0]["detail"].endswith(NOT_VERIFIED)


def test_b60_reconnecting_cancels_what_is_still_to_be_retried(crm: DemoCrm) -> None:
    connection = introspected(crm)
    crm.fault("revoke", "server-error")
    assert connection.disconnect()["revocation"] == "queued"
    connection.connected()
    token = connection.access_token()

    crm.stack.later()

    assert len(connection.requests("revoke")) == 1
    assert "connected again" in connection.log()[0]["detail"]
    assert crm.userinfo(token).status_code == 200
    assert connection.read()["status"] == "active"


def test_b60_after_a_day_of_tries_the_log_says_that_the_customer_can_end_the_access(
    crm: DemoCrm,
) -> None:
    connection = introspected(crm)
    crm.fault("revoke", "server-error", times=9)

    connection.disconnect()
    for _ in range(9):
        crm.stack.later()

    assert len(connection.requests("revoke")) == 9
    given_up = connection.log()[0]
    assert (given_up["event"], given_up["severity"]) == ("revocation.failed", "error")
    assert "The customer can end the app's access" in given_up["detail"]


def test_b61_disconnecting_a_provider_that_is_slow_does_not_wait_for_it(crm: DemoCrm) -> None:
    connection = introspected(crm)
    crm.fault("revoke", "slow", seconds=15)
    began = time.monotonic()

    assert connection.disconnect()["revocation"] == "queued"

    assert time.monotonic() - began < 10
    assert connection.credentials().status_code == 409


def test_b60_deleting_a_connection_revokes_its_tokens(crm: DemoCrm) -> None:
    connection = introspected(crm)
    crm.fault("revoke", "server-error")

    assert connection.api.delete(f"/connections/{connection.id}").status_code == 202
    crm.stack.tick()
    assert connection.alive() != []
    crm.stack.later()

    assert connection.alive() == []
    crm.made.remove(connection)


def test_b60_deleting_a_customer_revokes_what_it_was_connected_to(crm: DemoCrm) -> None:
    wanted = {"name": "Leaving", "externalId": f"leaving-{len(crm.ledger()['entries'])}"}
    customer = str(content_of(crm.stack.api.post("/customers", json=wanted))["id"])
    connection = introspected(crm, customer_id=customer)
    crm.fault("revoke", "server-error")

    assert crm.stack.api.delete(f"/customers/{customer}").status_code == 202
    crm.stack.later()
    crm.stack.later()

    assert connection.alive() == []
    crm.made.remove(connection)


def test_b60_no_token_is_in_the_log(crm: DemoCrm) -> None:
    connection = introspected(crm)
    token = connection.access_token()
    crm.fault("introspect", "still-active")

    connection.disconnect()
    crm.stack.later()

    assert token not in str(connection.log())
