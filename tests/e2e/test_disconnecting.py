"""DISCONNECT: nothing is handed out, nothing is refreshed, and nothing lives on at the provider."""

from concurrent.futures import ThreadPoolExecutor

from tests.answers import problem_code
from tests.e2e.demo_crm import ALWAYS_DUE, CrmConnection, DemoCrm

LONGEST_ARRIVAL_SECONDS = 20.0


def presented_for_revocation(connection: CrmConnection) -> list[str]:
    """The fingerprints of what the provider was asked to revoke."""
    return [entry["token"] for entry in connection.requests("revoke")]


def test_disconnecting_revokes_both_tokens(crm: DemoCrm) -> None:
    connection = crm.connection().connected()
    tokens = connection.exchanges()[0]["issued"]
    assert sorted(connection.alive()) == sorted(tokens.values())

    assert connection.disconnect() == {"status": "pending", "revocation": "revoked"}

    assert connection.alive() == []
    assert presented_for_revocation(connection) == [
        tokens["refresh_token"],
        tokens["access_token"],
    ]
    assert {entry["status"] for entry in connection.requests("revoke")} == {200}
    assert connection.events()[-2:] == ["connection.disconnected", "revocation.succeeded"]


def test_b59_what_was_disconnected_hands_out_nothing(crm: DemoCrm) -> None:
    connection = crm.connection().connected()
    token = connection.access_token()

    connection.disconnect()

    for refused in (connection.credentials(), connection.refresh()):
        assert (refused.status_code, problem_code(refused)) == (409, "not-connected")
    crm.stack.tick()
    assert crm.userinfo(token).status_code == 401
    now = connection.read()
    told = ("status", "reason", "light", "generation", "expiresAt", "refreshAt")
    assert [now[each] for each in told] == ["pending", "disconnected", None, 0, None, None]


def test_b58_what_was_disconnected_is_refreshed_no_more(crm: DemoCrm) -> None:
    connection = crm.connection(refreshBuffer=ALWAYS_DUE).connected()
    crm.stack.tick()
    refreshed = len(connection.refreshes())
    assert refreshed >= 1

    connection.disconnect()
    for _ in range(3):
        crm.stack.tick()

    assert len(connection.refreshes()) == refreshed
    assert connection.alive() == []


def test_disconnecting_again_changes_nothing(crm: DemoCrm) -> None:
    connection = crm.connection().connected()
    connection.disconnect()
    events = connection.events()

    connection.disconnect()
    crm.stack.later()

    assert connection.events() == events
    assert len(connection.requests("revoke")) == 2


def test_without_a_revocation_endpoint_disconnecting_says_so(crm: DemoCrm) -> None:
    connection = crm.connection(revocable=False).connected()

    assert connection.disconnect() == {"status": "pending", "revocation": "not-supported"}
    crm.stack.tick()

    assert connection.requests("revoke") == []
    assert connection.log()[0]["event"] == "connection.disconnected"
    assert "The provider has no revocation endpoint" in connection.log()[0]["detail"]
    assert connection.credentials().status_code == 409


def test_a_provider_that_cannot_revoke_now_is_no_obstacle(crm: DemoCrm) -> None:
    connection = crm.connection().connected()
    crm.fault("revoke", "server-error")

    assert connection.disconnect()["revocation"] == "queued"
    crm.stack.tick()

    entry = connection.log()[0]
    told = ("event", "severity", "httpStatus")
    assert [entry[each] for each in told] == ["revocation.failed", "warning", 500]
    assert "It is tried again." in entry["detail"]
    assert connection.credentials().status_code == 409


def test_disconnecting_during_a_scheduled_refresh_leaves_nothing_alive(crm: DemoCrm) -> None:
    connection = crm.connection(refresh="held", refreshBuffer=ALWAYS_DUE).connected()

    # At once it is out of order: the refresh that is under way still brings tokens.
    crm.fault("revoke", "server-error")

    with ThreadPoolExecutor() as pool:
        ticking = pool.submit(crm.stack.tick)
        assert connection.hold.arrived.wait(LONGEST_ARRIVAL_SECONDS)
        assert connection.disconnect()["revocation"] == "queued"
        connection.hold.released.set()
        ticking.result()
    crm.stack.later()

    [late] = connection.refreshes()
    assert late["status"] == 200
    assert len(connection.issued()) == 4
    assert connection.alive() == []
    assert set(presented_for_revocation(connection)) == set(connection.issued())
    now = connection.read()
    assert (now["status"], now["reason"], now["generation"]) == ("pending", "disconnected", 0)
    assert connection.credentials().status_code == 409


def test_disconnecting_during_a_refresh_on_demand_leaves_nothing_alive(crm: DemoCrm) -> None:
    connection = crm.connection(refresh="held").connected()

    with ThreadPoolExecutor() as pool:
        refreshing = pool.submit(connection.refresh)
        assert connection.hold.arrived.wait(LONGEST_ARRIVAL_SECONDS)
        connection.disconnect()
        connection.hold.released.set()
        answer = refreshing.result()
    crm.stack.later()

    assert (answer.status_code, problem_code(answer)) == (409, "not-connected")
    assert connection.alive() == []
    assert connection.read()["reason"] == "disconnected"


def test_reconnecting_during_a_refresh_keeps_the_new_grant(crm: DemoCrm) -> None:
    connection = crm.connection(refresh="held").connected()

    with ThreadPoolExecutor() as pool:
        refreshing = pool.submit(connection.refresh)
        assert connection.hold.arrived.wait(LONGEST_ARRIVAL_SECONDS)
        connection.connected()
        token = connection.access_token()
        connection.hold.released.set()
        assert refreshing.result().status_code == 200
    crm.stack.tick()

    assert connection.access_token() == token
    assert crm.userinfo(token).status_code == 200
    now = connection.read()
    assert (now["status"], now["generation"], now["lastError"]) == ("active", 1, None)
