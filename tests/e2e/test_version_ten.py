"""The case that templates exist for: a version with one, a version with another, and all ears."""

from dataclasses import dataclass, field

from tests.answers import problem_code
from tests.browser import Browser
from tests.e2e.studio import Built, LiveInstance, Studio, Tenant
from tests.live_connection import content_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Two integrations that share a template, of which one came to version 10."""

    studio: Studio
    component: str
    template: dict[str, object]
    client: dict[str, str] = field(repr=False)
    first: Built
    second: Built
    tenant: Tenant


def told_to_customers(story: Story, instances: list[LiveInstance]) -> str:
    """Everything that a customer can read, in one text."""
    for person in story.tenant.people:
        for path in (
            "/integrations", "/integrations?offered=true", "/connection-templates", "/instances",
            "/connections", "/components?limit=200",
        ):  # fmt: skip
            person.read(path)
        for built in (story.first, story.second):
            person.call("GET", f"/integrations/{built.id}")
            person.call("GET", f"/integrations/{built.id}/definition")
            person.call("GET", f"/integrations/{built.id}/versions/10")
        for instance in instances:
            person.read(f"/instances/{instance.id}/config-pages")
            connection = instance.connection("CRM").id
            person.read(f"/connections/{connection}")
            person.read(f"/connections/{connection}/logs")
            person.call("GET", f"/connections/{connection}/credentials")
            wrong = {"CRM": {"values": {"clientId": "another", "scopes": 5}}}
            person.call("PATCH", f"/instances/{instance.id}/config-variables", wrong)
    return "".join(text for person in story.tenant.people for text in person.heard)


def customers_own(story: Story) -> str:
    """What a customer's builder exports of an integration that refers to the same template."""
    admin = story.tenant.admin
    theirs = content_of(admin.call("POST", "/integrations", {"name": "Theirs"}))["id"]
    connection = {"component": story.component, "key": "oauth2", "template": story.template["name"]}
    wanted = {"key": "CRM", "connection": {**connection, "values": {}}}
    content_of(admin.call("POST", f"/integrations/{theirs}/config-variables", wanted))
    content_of(admin.call("POST", f"/integrations/{theirs}/versions"))
    exports = [
        admin.call("GET", f"/integrations/{theirs}/definition{query}")
        for query in ("", "?version=1")
    ]
    assert [each.status_code for each in exports] == [200, 200]
    return "".join(each.text for each in exports)


def exported(story: Story) -> str:
    """Every export of the organization's integrations, in one text."""
    drafts = [built.exported(media) for built in (story.first, story.second) for media in MEDIA]
    versions = [story.first.exported(media, 10) for media in MEDIA]
    return "".join((*drafts, *versions))


MEDIA = ("application/yaml", "application/json")


def test_v10_keeps_its_template_and_v11_has_another(studio: Studio, browser: Browser) -> None:
    component, client, tenant = studio.component(), studio.client(), studio.tenant()
    template = studio.template(component, client, shared=True)
    first, second = studio.integration(offered=True), studio.integration()
    for built in (first, second):
        built.variable("CRM", component, template=template["name"])
    for _ in range(9):
        first.publish()
    assert first.publish() == 10
    story = Story(
        studio=studio, component=component, template=template, client=client, first=first,
        second=second, tenant=tenant,
    )  # fmt: skip

    path, other = f"/connection-templates/{template['id']}", studio.client()
    refused = studio.api.patch(path, json={"connection": {"values": other}})
    assert (refused.status_code, problem_code(refused)) == (409, "template-locked")
    assert "version 10" in refused.json()["detail"]
    old = studio.instance(first, tenant)
    heard = told_to_customers(story, [old])
    studio.connect(old.connection("CRM"), browser)
    heard += told_to_customers(story, [old])

    successor = studio.template(component, other)
    [variable] = first.variables()
    change = {"connection": {"template": successor["name"]}}
    where = f"/integrations/{first.id}/config-variables/{variable['id']}"
    content_of(studio.api.patch(where, json=change))
    assert first.publish() == 11
    new = studio.instance(first, tenant)
    studio.connect(new.connection("CRM"), browser)

    assert old.fields("CRM")["clientId"] == client["clientId"]
    assert new.fields("CRM")["clientId"] == other["clientId"]
    old.move(11)
    assert old.fields("CRM")["clientId"] == other["clientId"]
    assert old.connection("CRM").read()["reason"] == "inputs-changed"
    heard += told_to_customers(story, [old, new])
    studio.connect(old.connection("CRM"), browser)
    assert old.connection("CRM").read()["reason"] is None

    heard += told_to_customers(story, [old, new]) + customers_own(story)
    told = exported(story) + first.exported("application/yaml", 11)
    audit = studio.api.get("/audit", params={"customerId": tenant.id, "limit": 200}).text
    logs = "".join(studio.crm.stack.function_logs().values())
    for value in (*client.values(), *other.values()):
        assert value not in heard
        assert value not in told
        assert value not in audit
        assert value not in logs
