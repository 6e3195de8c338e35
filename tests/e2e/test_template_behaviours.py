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


def test_b68_b70_many_integrations_share_one(studio: Studio) -> None:
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

    refused = studio.integration().try_variable(
        "CRM", studio.component(), template=template["name"]
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


def test_b81_also_when_publishing_and_changing_race(studio: Studio) -> None:
    component = studio.component()
    for number in range(5):
        template = studio.template(component, studio.client())
        built = referring(studio, component, template["name"])
        path = f"/connection-templates/{template['id']}"
        change = {"connection": {"values": {"clientId": f"changed-{number}"}}}
        with ThreadPoolExecutor(2) as pool:
            published = pool.submit(built.publish)
            changed = pool.submit(studio.api.patch, path, json=change)
        published.result()

        # Changed before the version was published, or not at all: it is locked either way.
        read = content_of(studio.api.get(path))
        now = read["connection"]["values"]["clientId"]["value"]
        assert (now == f"changed-{number}") == (changed.result().status_code == 200)
        assert read["locked"]
        instance = studio.instance(built, studio.tenant())
        fields = instance.credentials("CRM")
        assert problem_code(fields) == "not-connected"


def test_b82_b85_other_values_are_another_template_in_another_version(
    studio: Studio, browser: Browser
) -> None:
    component, tenant = studio.component(), studio.tenant()
    first, second = studio.client(), studio.client()
    old, new = studio.template(component, first), studio.template(component, second)
    built = referring(studio, component, old["name"])
    [variable] = built.variables()
    ten = built.publish()
    held = [studio.instance(built, tenant), studio.instance(built, tenant)]
    for instance in held:
        studio.connect(instance.connection("CRM"), browser)
    path = f"/integrations/{built.id}/config-variables/{variable['id']}"
    change = {"connection": {"template": new["name"]}}
    content_of(studio.api.patch(path, json=change))
    eleven = built.publish()
    latest = studio.instance(built, tenant)
    studio.connect(latest.connection("CRM"), browser)

    # B83, B84: the old version keeps the old one, the new one gets the new one.
    assert client_id(held[0]) == first["clientId"]
    assert client_id(latest) == second["clientId"]
    moved = held[0].move(eleven)
    assert (moved["version"], held[1].read()["version"]) == (eleven, ten)
    connection = held[0].connection("CRM")
    assert connection.read()["reason"] == "inputs-changed"
    assert studio.crm.userinfo(connection.access_token()).status_code == 200
    studio.connect(connection, browser)
    assert (client_id(held[0]), connection.read()["reason"]) == (second["clientId"], None)
    assert client_id(held[1]) == first["clientId"]
    # B85: both are in use.
    for template in (old, new):
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


def client_id(instance: LiveInstance) -> str:
    """The client id with which the instance's code is handed its token."""
    return str(instance.fields("CRM")["clientId"])
