"""Client credentials: fetched when they are configured, kept fresh, and nobody consents."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.answers import problem_code
from tests.e2e.demo_crm import ALWAYS_DUE, CrmConnection, DemoCrm
from tests.e2e.studio import Studio
from tests.live_connection import content_of

LONGEST_ARRIVAL_SECONDS = 20.0


def machine(crm: DemoCrm, config: dict[str, Any] | None = None, **options: Any) -> CrmConnection:
    """Create a connection of client credentials, with a client of its own."""
    options = {"values": {"scopes": "contacts.read"}, **options}
    return crm.connection(credentials=config or {}, **options)


def standing(connection: CrmConnection) -> tuple[Any, ...]:
    """How the connection stands."""
    now = connection.read()
    return (now["status"], now["reason"], now["light"], now["generation"])


def enter(connection: CrmConnection, **values: str) -> None:
    """Change values of a connection."""
    content = {"connection": {"values": values}}
    content_of(connection.api.patch(f"/connections/{connection.id}", json=content))


def test_what_is_made_complete_is_fetched_through_the_queue(crm: DemoCrm) -> None:
    connection = machine(crm)

    crm.stack.tick()

    assert standing(connection) == ("active", None, "yellow", 1)
    assert connection.events() == ["connection.created", "connection.connected"]
    assert connection.read()["scopes"] == {"requested": "contacts.read", "granted": "contacts.read"}
    assert crm.userinfo(connection.access_token()).status_code == 200
    assert [entry["status"] for entry in connection.fetches()] == [200]


def test_whoever_reads_first_has_it_fetched_once(crm: DemoCrm) -> None:
    connection = machine(crm)

    with ThreadPoolExecutor(4) as pool:
        read = [each.json() for each in pool.map(lambda _: connection.credentials(), range(4))]

    assert {each["generation"] for each in read} == {1}
    assert len({each["token"]["access_token"] for each in read}) == 1
    assert len(connection.fetches()) == 1


def test_it_is_kept_fresh_by_the_schedule(crm: DemoCrm) -> None:
    connection = machine(crm, client={"access_token_lifetime": 3600}, refreshBuffer=ALWAYS_DUE)
    crm.stack.tick()
    first = connection.access_token()

    crm.stack.tick()

    second = connection.access_token()
    assert second != first
    assert crm.userinfo(second).status_code == 200
    assert {entry["status"] for entry in connection.fetches()} == {200}
    assert connection.read()["generation"] == len(connection.fetches()) >= 2


def test_inputs_that_the_definition_names_go_along(crm: DemoCrm) -> None:
    inputs = {"audience": {"type": "string", "required": True}, "note": {"type": "string"}}
    values = {"scopes": "contacts.read", "audience": "https://api.example", "note": "ours"}

    connection = machine(crm, {"allowedTokenParams": ["audience"]}, inputs=inputs, values=values)
    connection.access_token()

    assert crm.wiretap.forms[connection.client_id] == [
        {
            "grant_type": "client_credentials",
            "scope": "contacts.read",
            "audience": "https://api.example",
            "client_id": connection.client_id,
        }
    ]


def test_a_grant_type_of_the_servers_own_is_sent(crm: DemoCrm) -> None:
    connection = machine(crm, {"overrideGrantType": "admin_consent"})

    assert problem_code(connection.refresh()) == "provider-refused"

    assert [entry["status"] for entry in connection.requests("token", "admin_consent")] == [400]
    assert standing(connection) == ("pending", "operator-action-required", None, 0)


def test_a_wrong_secret_is_the_operators_to_mend(crm: DemoCrm) -> None:
    right = secrets.token_urlsafe(24)
    crm.stack.evidence.secrets.add(right)
    connection = machine(crm)
    connection.change_client(client_secret=right)

    crm.stack.tick()

    assert standing(connection) == ("pending", "operator-action-required", None, 0)
    (entry, _) = connection.log()
    assert (entry["event"], entry["httpStatus"]) == ("refresh.failed", 401)
    assert entry["providerError"] == "invalid_client"
    assert "check the client id and the client secret" in entry["detail"]
    assert problem_code(connection.credentials()) == "unavailable"
    assert len(connection.requests("token")) == 1

    enter(connection, clientSecret=right)
    crm.stack.tick()

    assert standing(connection) == ("active", None, "yellow", 1)
    assert crm.userinfo(connection.access_token()).status_code == 200


def test_changed_inputs_are_taken_up_and_the_former_token_goes_on_until_then(
    crm: DemoCrm,
) -> None:
    connection = machine(crm)
    former = connection.access_token()

    enter(connection, scopes="contacts.write")

    assert connection.read()["reason"] == "inputs-changed"
    assert connection.access_token() == former
    crm.stack.tick()
    assert standing(connection) == ("active", None, "yellow", 2)
    assert connection.access_token() != former
    assert connection.read()["scopes"]["granted"] == "contacts.write"


def test_a_disconnect_revokes_and_lasts_until_somebody_refreshes(crm: DemoCrm) -> None:
    connection = machine(crm)
    token = connection.access_token()

    assert connection.disconnect()["status"] == "pending"
    crm.stack.later()

    assert connection.alive() == []
    assert crm.userinfo(token).status_code == 401
    assert standing(connection) == ("pending", "disconnected", None, 0)
    assert problem_code(connection.credentials()) == "not-connected"
    enter(connection, scopes="contacts.write")
    crm.stack.tick()
    assert standing(connection)[:2] == ("pending", "disconnected")
    assert len(connection.fetches()) == 1

    assert connection.refresh().status_code == 200

    assert standing(connection) == ("active", None, "yellow", 1)
    assert crm.userinfo(connection.access_token()).status_code == 200


def test_a_disconnect_while_the_schedule_fetches_leaves_nothing(crm: DemoCrm) -> None:
    connection = machine(crm, exchange="held")

    with ThreadPoolExecutor() as pool:
        fetching = pool.submit(crm.stack.tick)
        assert connection.hold.arrived.wait(LONGEST_ARRIVAL_SECONDS)
        assert connection.disconnect()["status"] == "pending"
        connection.hold.released.set()
        fetching.result()
    crm.stack.later()

    assert standing(connection) == ("pending", "disconnected", None, 0)
    assert problem_code(connection.credentials()) == "not-connected"
    assert len(connection.issued()) == 1
    assert connection.alive() == []


def test_nobody_is_sent_to_consent(crm: DemoCrm) -> None:
    connection = machine(crm)

    refused = connection.api.post(f"/connections/{connection.id}/authorizations")

    assert problem_code(refused) == "no-consent"
    assert f"/connections/{connection.id}/refresh" in refused.json()["detail"]


def test_an_instances_is_fetched_when_its_inputs_are_entered(studio: Studio) -> None:
    definition = {**studio.oauth2(), "oauth2Type": "client_credentials"}
    definition["inputs"]["scopes"]["default"] = "contacts.read"
    built = studio.integration()
    built.variable("Machine", studio.component(definition))
    built.publish()
    instance = studio.instance(built, studio.tenant())

    assert instance.enter("Machine", **studio.client()).status_code == 200

    shown = instance.shown("Machine")
    assert (shown["reason"], shown["actions"]) == ("not-connected", ["configure", "refresh"])
    studio.crm.stack.tick()
    shown = instance.shown("Machine")
    assert (shown["status"], shown["light"]) == ("active", "yellow")
    assert shown["actions"] == ["configure", "refresh", "disconnect"]
    token = content_of(instance.credentials("Machine"))["token"]["access_token"]
    assert studio.crm.userinfo(token).status_code == 200
    assert instance.connection("Machine").disconnect()["revocation"] == "revoked"
