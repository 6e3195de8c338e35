"""Connection templates, by the numbers of the behaviours: B67 to B85."""

from concurrent.futures import ThreadPoolExecutor

from tests.answers import problem_code
from tests.browser import Browser
from tests.e2e.studio import Built, LiveInstance, Studio
from tests.live_connection import content_of


def referring(studio: Studio, component: str, template: str) -> Built:
    """An integration whose one variable refers to a template."""
    built = studio.integration()
    built.variable("CRM", component, template=template)
    return built


def test_b67_a_template_fills_inputs_beforehand(studio: Studio, browser: Browser) -> None:
    component = studio.component()
    template = studio.template(component, studio.client())
    built = referring(studio, component, template["name"])
    built.publish()
    instance = studio.instance(built, studio.tenant())

    assert instance.deploy().status_code == 200
    studio.connect(instance.connection("CRM"), browser)

    token = content_of(instance.credentials("CRM"))["token"]["access_token"]
    assert studio.crm.userinfo(token).status_code == 200


def test_b68_b70_the_organizations_integrations_share_one(studio: Studio) -> None:
    component = studio.component()
    template = studio.template(component, studio.client())
    ids = {referring(studio, component, template["name"]).id for _ in range(3)}

    users = content_of(studio.api.get(f"/connection-templates/{template['id']}"))["usedBy"]

    assert {each["id"] for each in users} == ids


def test_b69_customers_refer_to_those_that_are_shared(studio: Studio) -> None:
    tenant, component = studio.tenant(), studio.component()
    shared = studio.template(component, studio.client(), shared=True)
    own = studio.template(component, studio.client())
    wanted = {"name": "Theirs", "customerId": tenant.id}
    theirs = content_of(tenant.admin.call("POST", "/integrations", wanted))
    path = f"/integrations/{theirs['id']}/config-variables"

    def refer(key: str, name: str) -> int:
        connection = {"component": component, "key": "oauth2", "template": name, "values": {}}
        return tenant.admin.call("POST", path, {"key": key, "connection": connection}).status_code

    listed = tenant.user.read("/connection-templates?limit=200")["items"]
    [seen] = [each for each in listed if each["id"] == shared["id"]]
    assert (seen["name"], seen["templatedInputs"]) == (
        shared["name"],
        ["clientId", "clientSecret"],
    )
    assert own["id"] not in {each["id"] for each in listed}
    assert (refer("A", shared["name"]), refer("B", own["name"])) == (201, 400)
    version = tenant.admin.call("POST", f"/integrations/{theirs['id']}/versions")
    assert version.status_code == 201


def test_b71_customers_see_and_change_no_value(studio: Studio) -> None:
    tenant, component, client = studio.tenant(), studio.component(), studio.client()
    template = studio.template(component, client, shared=True)
    built = referring(studio, component, template["name"])
    built.publish()
    instance = studio.instance(built, tenant)
    connection = instance.connection("CRM")
    path = f"/connection-templates/{template['id']}"

    for person in tenant.people:
        person.read(path)
        person.read("/connection-templates")
        person.read(f"/instances/{instance.id}/config-pages")
        person.read(f"/connections/{connection.id}")
        person.read(f"/connections/{connection.id}/logs")
        change = {"connection": {"values": {"clientId": "another"}}}
        assert person.call("PATCH", path, change).status_code == 403
        assert person.call("DELETE", path).status_code == 403
        heard = "".join(person.heard)
        assert client["clientId"] not in heard
        assert client["clientSecret"] not in heard


def test_b72_an_export_names_the_template_and_none_of_its_inputs(studio: Studio) -> None:
    component, client = studio.component(), studio.client()
    template = studio.template(component, client)

    exported = referring(studio, component, template["name"]).exported("application/yaml")

    assert f"template: {template['name']}" in exported
    assert "clientId" not in exported
    assert client["clientId"] not in exported


def test_b73_templates_are_listed_for_themselves(studio: Studio) -> None:
    component = studio.component()
    template = studio.template(component, studio.client())
    query = {"component": component, "connection": "oauth2"}

    listed = content_of(studio.api.get("/connection-templates", params=query))["items"]

    assert [each["id"] for each in listed] == [template["id"]]


def test_b74_a_template_has_a_unique_name_and_values_for_inputs_that_exist(
    studio: Studio,
) -> None:
    component = studio.component()
    template = studio.template(component, studio.client())

    twice = studio.try_template(component, studio.client(), name=template["name"])
    unknown = studio.try_template(component, {"colour": "blue"})
    nowhere = studio.try_template(component, studio.client(), key="another")

    assert (twice.status_code, problem_code(twice)) == (409, "name-taken")
    assert [each["pointer"] for each in unknown.json()["errors"]] == ["#/connection/values/colour"]
    assert [each["pointer"] for each in nowhere.json()["errors"]] == ["#/connection/key"]


def test_b75_what_it_omits_stays_for_the_builder(studio: Studio) -> None:
    component = studio.component()
    template = studio.template(component, studio.client())
    built = studio.integration()
    scopes = {"scopes": {"value": "contacts.read"}}
    built.variable("CRM", component, scopes, template=template["name"])
    built.publish()
    instance = studio.instance(built, studio.tenant())

    assert instance.asked("CRM")["scopes"]["default"] == "contacts.read"
    assert list(instance.asked("CRM")) == ["scopes"]


def test_b76_only_templates_of_that_connection_can_be_chosen(studio: Studio) -> None:
    template = studio.template(studio.component(), studio.client())

    another = {**studio.oauth2(), "key": "another"}
    both = studio.component(studio.oauth2(), another)
    of_both = studio.template(both, studio.client())

    for component, key, named in (
        (studio.component(), "oauth2", template["name"]),
        (both, "another", of_both["name"]),
    ):
        refused = studio.integration().try_variable(
            "CRM", component, definition=key, template=named
        )
        assert (refused.status_code, problem_code(refused)) == (400, "invalid-request")
        assert [each["pointer"] for each in refused.json()["errors"]] == ["#/connection/template"]


def test_b77_inputs_that_it_fills_are_asked_of_nobody(studio: Studio) -> None:
    component = studio.component()
    template = studio.template(component, studio.client())
    built = referring(studio, component, template["name"])
    built.publish()
    instance = studio.instance(built, studio.tenant())

    assert list(instance.asked("CRM")) == ["scopes"]
    sent = instance.enter("CRM", clientId="another")
    assert [each["pointer"] for each in sent.json()["errors"]] == ["#/CRM/values/clientId"]
    entered = {"clientId": {"value": "another"}}
    refused = built.try_variable("More", component, entered, template=template["name"])
    assert [each["pointer"] for each in refused.json()["errors"]] == [
        "#/connection/values/clientId"
    ]


def test_b78_b79_code_refers_to_it_by_name_with_no_values(studio: Studio) -> None:
    component = studio.component()
    template = studio.template(component, studio.client())
    written = f"""\
name: As code
configPages:
- name: Connections
  elements:
  - key: My CRM
    stableKey: my-crm
    dataType: connection
    level: instance
    connection:
      component: {component}
      key: oauth2
      template: {template["name"]}
      values: {{}}
steps: []
"""
    built = studio.integration()

    content_of(built.imported(written))

    assert built.exported("application/yaml") == written
    unknown = written.replace("key: oauth2", "key: another")
    assert built.imported(unknown).status_code == 400


def test_b80_values_change_until_a_version_that_uses_it_is_published(
    studio: Studio, browser: Browser
) -> None:
    component = studio.component()
    template = studio.template(component, {"clientId": "a-wrong-client", "clientSecret": "x" * 20})
    built = referring(studio, component, template["name"])
    path = f"/connection-templates/{template['id']}"

    content_of(studio.api.patch(path, json={"connection": {"values": studio.client()}}))

    built.publish()
    instance = studio.instance(built, studio.tenant())
    page = studio.connect(instance.connection("CRM"), browser)
    assert page.title == "Authorization complete"


def test_b81_then_not_any_more(studio: Studio) -> None:
    component = studio.component()
    template = studio.template(component, studio.client())
    built = referring(studio, component, template["name"])
    version = built.publish()

    change = {"connection": {"values": {"clientId": "another"}}}
    refused = studio.api.patch(f"/connection-templates/{template['id']}", json=change)

    assert (refused.status_code, problem_code(refused)) == (409, "template-locked")
    assert f"version {version}" in refused.json()["detail"]


def keys_component(studio: Studio) -> str:
    """A component whose fields code receives as they are."""
    inputs = {"host": {"type": "string", "label": "Host"}}
    return studio.component({"key": "oauth2", "label": "Keys", "inputs": inputs})


def test_b81_also_when_publishing_and_changing_race(studio: Studio) -> None:
    component, tenant = keys_component(studio), studio.tenant()
    for number in range(8):
        template = studio.template(component, {"host": "before.example"})
        built = referring(studio, component, template["name"])
        path = f"/connection-templates/{template['id']}"
        change = {"connection": {"values": {"host": f"changed-{number}.example"}}}
        with ThreadPoolExecutor(2) as pool:
            published = pool.submit(built.publish)
            changed = pool.submit(studio.api.patch, path, json=change)
        published.result()
        host = studio.instance(built, tenant).fields("CRM")["host"]

        # Changed before the version was published, or not at all; and not any more.
        won = changed.result().status_code == 200
        assert host == (f"changed-{number}.example" if won else "before.example")
        late = {"connection": {"values": {"host": "late.example"}}}
        assert studio.api.patch(path, json=late).status_code == 409
        assert studio.instance(built, tenant).fields("CRM")["host"] == host


def moved_on(studio: Studio) -> tuple[Built, int, int, LiveInstance, LiveInstance]:
    """An integration with a version of each of two templates, and an instance of each."""
    component, tenant = keys_component(studio), studio.tenant()
    old = studio.template(component, {"host": "old.example"})
    new = studio.template(component, {"host": "new.example"})
    built = referring(studio, component, old["name"])
    [variable] = built.variables()
    before = built.publish()
    held = studio.instance(built, tenant)
    path = f"/integrations/{built.id}/config-variables/{variable['id']}"
    content_of(studio.api.patch(path, json={"connection": {"template": new["name"]}}))
    after = built.publish()
    return built, before, after, held, studio.instance(built, tenant)


def test_b82_other_values_are_another_template(studio: Studio) -> None:
    built, before, after, _, _ = moved_on(studio)

    versions = [built.exported("application/yaml", number) for number in (before, after)]

    assert (before, after) == (1, 2)
    assert "template: Template-" in versions[0]
    assert versions[0] != versions[1] == built.exported("application/yaml")


def test_b83_instances_of_the_old_version_keep_the_old_one(studio: Studio) -> None:
    _, before, _, held, _ = moved_on(studio)

    assert (held.read()["version"], held.fields("CRM")["host"]) == (before, "old.example")


def test_b84_instances_of_the_new_version_get_the_new_one(studio: Studio) -> None:
    _, _, after, held, latest = moved_on(studio)

    assert latest.fields("CRM")["host"] == "new.example"
    assert held.move(after)["version"] == after
    assert held.fields("CRM")["host"] == "new.example"


def test_b84_a_grant_goes_on_until_somebody_connects_again(
    studio: Studio, browser: Browser
) -> None:
    component, tenant = studio.component(), studio.tenant()
    first, second = studio.client(), studio.client()
    old, new = studio.template(component, first), studio.template(component, second)
    built = referring(studio, component, old["name"])
    [variable] = built.variables()
    built.publish()
    instance = studio.instance(built, tenant)
    connection = instance.connection("CRM")
    studio.connect(connection, browser)
    path = f"/integrations/{built.id}/config-variables/{variable['id']}"
    content_of(studio.api.patch(path, json={"connection": {"template": new["name"]}}))

    instance.move(built.publish())

    assert (connection.read()["status"], connection.read()["reason"]) == (
        "active", "inputs-changed",
    )  # fmt: skip
    assert connection.refresh().status_code == 200
    assert studio.crm.userinfo(connection.access_token()).status_code == 200
    studio.connect(connection, browser)
    assert (instance.fields("CRM")["clientId"], connection.read()["reason"]) == (
        second["clientId"], None,
    )  # fmt: skip


def test_b85_a_template_in_use_cannot_be_deleted(studio: Studio) -> None:
    component = studio.component()
    template = studio.template(component, studio.client())
    referring(studio, component, template["name"]).publish()

    refused = studio.api.delete(f"/connection-templates/{template['id']}")

    assert (refused.status_code, problem_code(refused)) == (409, "in-use")


def test_b85_one_that_nothing_uses_can_be_deleted(studio: Studio) -> None:
    component = studio.component()
    template = studio.template(component, studio.client())
    built = referring(studio, component, template["name"])
    path = f"/connection-templates/{template['id']}"
    assert studio.api.delete(path).status_code == 409

    assert studio.api.delete(f"/integrations/{built.id}").status_code == 204

    assert studio.api.delete(path).status_code == 204
    assert studio.api.get(path).status_code == 404
