"""Instances, connections, integrations and components are deleted with all that hangs on them."""

import time
from typing import Any

from tests.answers import problem_code
from tests.e2e.developer import everything_stored
from tests.e2e.studio import LiveInstance, Person, Studio, Tenant
from tests.live_connection import LiveConnection, content_of

PATIENCE_SECONDS = 60.0


def alive(studio: Studio, *clients: dict[str, str]) -> list[str]:
    """Return the tokens of these clients that the provider takes; all had some."""
    issued = [studio.crm.issued(client["clientId"]) for client in clients]
    assert all(issued)
    return [token for tokens in issued for token in tokens if studio.crm.active(token)]


def connected(studio: Studio, connection: LiveConnection) -> str:
    """Connect a connection, which must work, and return its id."""
    page = studio.connect(connection, studio.crm.stack.browser())
    assert page.title == "Authorization complete", page.text
    return connection.id


def own(studio: Studio, instance: LiveInstance, user_id: str, key: str = "Own") -> str:
    """Make and connect a user's own connection, and return its id."""
    path = f"/instances/{instance.id}/users/{user_id}"
    entered: dict[str, Any] = {key: {"values": {}}}
    content_of(studio.api.patch(f"{path}/config-variables", json=entered))
    [found] = [
        each["connectionId"]
        for page in content_of(studio.api.get(f"{path}/config-pages"))["pages"]
        for each in page["configVariables"]
        if each["key"] == key
    ]
    return connected(studio, LiveConnection(id=found, api=studio.api))


def for_itself(
    studio: Studio, component: str, template: str, tenant: Tenant | None = None
) -> LiveConnection:
    """Make a connection for itself, which a template fills."""
    wanted = {"component": component, "key": "oauth2", "template": template, "values": {}}
    content = {"connection": wanted, "customerId": tenant.id if tenant else None}
    made = content_of(studio.api.post("/connections", json=content))
    return LiveConnection(id=made["id"], api=studio.api)


def found(studio: Studio, ids: list[str], *, ending: bool = False) -> list[str]:
    """Return those of the ids that are still stored somewhere, but for the audit.

    Only with `ending` it counts what time clears away: authorizations and used flows.
    """
    stored = everything_stored(studio.crm.stack, but="Audit", ending=ending)
    return [each for each in ids if each in stored]


def deleted(studio: Studio, *paths: str) -> None:
    """Delete one after the other, which must work and hold."""
    for path in paths:
        answer = studio.api.delete(path)
        assert answer.status_code == 204, f"{path}: {answer.text}"
        assert studio.api.get(path).status_code == 404


def in_use(studio: Studio, *paths: str) -> None:
    """See that none of these can be deleted."""
    for path in paths:
        refused = studio.api.delete(path)
        assert (refused.status_code, problem_code(refused)) == (409, "in-use"), path


def statuses(studio: Studio, ids: list[str]) -> set[int]:
    """Return what is answered to who reads these connections."""
    return {studio.api.get(f"/connections/{each}").status_code for each in ids}


def test_an_instance_goes_with_what_it_and_its_users_hold(studio: Studio) -> None:
    component, client, others = studio.component(), studio.client(), studio.client()
    template = studio.template(component, client)
    built = studio.integration()
    built.variable("CRM", component, template=template["name"])
    built.variable("Own", component, template=template["name"], level="user")
    built.publish()
    tenant = studio.tenant()
    instance = studio.instance(built, tenant)
    another = studio.integration()
    another.variable("CRM", component)
    another.publish()
    stays = studio.instance(another, tenant)
    stays.enter("CRM", **others)
    connected(studio, stays.connection("CRM"))
    held = [connected(studio, instance.connection("CRM"))]
    held += [own(studio, instance, user_id) for user_id in ("ada", "grace")]
    waiting = instance.connection("CRM").link()
    assert len(alive(studio, client)) == 2 * len(held)
    paths = (f"/integrations/{built.id}", f"/connection-templates/{template['id']}")
    in_use(studio, *paths)

    assert studio.api.delete(f"/instances/{instance.id}").status_code == 202
    assert studio.api.get(f"/instances/{instance.id}").status_code == 404
    studio.crm.stack.tick()

    assert statuses(studio, held) == {404}
    assert alive(studio, client) == []
    assert found(studio, [instance.id, *held]) == []
    assert studio.crm.stack.browser().get(waiting).status == 404
    assert studio.api.delete(f"/instances/{instance.id}").status_code == 404
    deleted(studio, *paths)
    assert len(alive(studio, others)) == 2
    assert stays.credentials("CRM").status_code == 200


def test_a_variable_that_a_version_lacks_takes_its_connections_along(studio: Studio) -> None:
    component, client, kept = studio.component(), studio.client(), studio.client()
    going, staying = (studio.template(component, each)["name"] for each in (client, kept))
    built = studio.integration()
    built.variable("Staying", component, template=staying)
    variables = [
        built.variable("Going", component, template=going)["id"],
        built.variable("Own", component, template=going, level="user")["id"],
    ]
    built.publish()
    instance = studio.instance(built, studio.tenant())
    stays = connected(studio, instance.connection("Staying"))
    held = [connected(studio, instance.connection("Going"))]
    held += [own(studio, instance, user_id) for user_id in ("ada", "grace")]
    without = [f"/integrations/{built.id}/config-variables/{each}" for each in variables]
    assert {studio.api.delete(path).status_code for path in without} == {204}
    assert alive(studio, client) != []

    moved = instance.move(built.publish())
    studio.crm.stack.tick()

    assert [each["key"] for each in moved["configVariables"]] == ["Staying"]
    assert statuses(studio, held) == {404}
    assert alive(studio, client) == []
    assert statuses(studio, [stays]) == {200}
    assert len(alive(studio, kept)) == 2
    assert instance.credentials("Staying").status_code == 200
    # The instance remembers what left it, for its own deletion.
    assert studio.api.delete(f"/instances/{instance.id}").status_code == 202
    studio.crm.stack.tick()
    assert alive(studio, kept) == []
    assert found(studio, [instance.id, stays, *held]) == []


def test_a_connection_made_for_itself_lets_its_template_go(studio: Studio) -> None:
    component, client = studio.component(), studio.client()
    template = studio.template(component, client)
    connection = for_itself(studio, component, template["name"])
    connected(studio, connection)
    paths = (f"/connection-templates/{template['id']}", f"/components/{component}")
    in_use(studio, *paths)
    assert len(alive(studio, client)) == 2

    assert studio.api.delete(f"/connections/{connection.id}").status_code == 202
    assert statuses(studio, [connection.id]) == {404}
    assert connection.credentials().status_code == 404
    studio.crm.stack.tick()

    assert alive(studio, client) == []
    deleted(studio, *paths)
    assert found(studio, [connection.id, template["id"], component]) == []


def built_by(admin: Person, component: str, template: str, plain: str) -> str:
    """Let a customer build and publish an integration, and return its id."""
    path = f"/integrations/{content_of(admin.call('POST', '/integrations', {'name': 'Own'}))['id']}"
    connections: list[dict[str, Any]] = [
        {"component": component, "key": "oauth2", "template": template, "values": {}},
        {"component": plain, "key": "oauth2", "values": {}},
    ]
    for number, connection in enumerate(connections):
        wanted = {"key": f"CRM {number}", "dataType": "connection", "connection": connection}
        content_of(admin.call("POST", f"{path}/config-variables", wanted))
    content_of(admin.call("POST", f"{path}/versions"))
    return path.rpartition("/")[2]


def gone(studio: Studio, tenant: Tenant) -> None:
    """Delete a customer, and wait until that is done."""
    path = f"/customers/{tenant.id}"
    assert studio.api.delete(path).status_code == 202
    until = time.monotonic() + PATIENCE_SECONDS
    while studio.api.get(path).status_code != 404:
        assert time.monotonic() < until
        # Whoever asks again need not wait for the next pass.
        assert studio.api.delete(path).status_code in {202, 404}
        studio.crm.stack.tick()
        time.sleep(0.5)


def test_a_customer_goes_with_what_it_built_and_what_it_enabled(studio: Studio) -> None:
    tenant, client = studio.tenant(), studio.client()
    component, plain = studio.component(), studio.component()
    template = studio.template(component, client, shared=True)
    own_id = built_by(tenant.admin, component, template["name"], plain)
    offered = studio.integration()
    offered.variable("CRM", component, template=template["name"])
    offered.variable("Own", component, template=template["name"], level="user")
    offered.publish()
    instance = studio.instance(offered, tenant)
    of_own = {"name": "Mine", "integrationId": own_id}
    mine = content_of(tenant.admin.call("POST", "/instances", of_own))
    itself = for_itself(studio, component, template["name"], tenant)
    held = [connected(studio, each) for each in (instance.connection("CRM"), itself)]
    held += [own(studio, instance, user_id) for user_id in ("ada", "grace")]
    assert len(alive(studio, client)) == 2 * len(held)
    in_use(studio, f"/components/{plain}", f"/integrations/{offered.id}")

    gone(studio, tenant)

    assert statuses(studio, held) == {404}
    assert alive(studio, client) == []
    for path in (
        f"/integrations/{own_id}",
        f"/instances/{instance.id}",
        f"/instances/{mine['id']}",
    ):
        assert studio.api.get(path).status_code == 404
    ids = [tenant.id, own_id, instance.id, mine["id"], *held]
    assert found(studio, ids, ending=True) == []
    deleted(
        studio,
        f"/integrations/{offered.id}",
        f"/connection-templates/{template['id']}",
        f"/components/{component}",
        f"/components/{plain}",
    )


def test_a_component_is_deleted_when_nothing_refers_to_it(studio: Studio) -> None:
    component = studio.component()
    built = studio.integration()
    variable = built.variable("CRM", component)
    in_use(studio, f"/components/{component}")
    built.publish()

    # Of a draft that refers to it no more, the version still does.
    path = f"/integrations/{built.id}/config-variables/{variable['id']}"
    assert studio.api.delete(path).status_code == 204
    in_use(studio, f"/components/{component}")

    deleted(studio, f"/integrations/{built.id}", f"/components/{component}")
