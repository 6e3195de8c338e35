"""Building and configuring integrations, by the numbers of the behaviours: B6 to B18."""

from typing import Any

from tests.answers import problem_code
from tests.browser import Browser
from tests.e2e.studio import Built, Studio
from tests.live_connection import content_of

VISIBILITIES = ("customer", "embedded", "organization")


def keys_definition(**inputs: Any) -> dict[str, Any]:
    return {"key": "keys", "label": "API key", "inputs": inputs}


def text(**more: Any) -> dict[str, Any]:
    return {"type": "string", "label": "Text", **more}


def with_each_visibility(studio: Studio) -> Built:
    """An integration whose one variable has an input of each visibility, all of them required."""
    inputs = {each: text(required=True) for each in VISIBILITIES}
    component = studio.component(keys_definition(**inputs))
    built = studio.integration(offered=True)
    values = {each: {"visibility": each} for each in VISIBILITIES}
    built.variable("Keys", component, values, definition="keys")
    built.publish()
    return built


def test_b06_a_step_is_bound_to_a_connection_when_it_is_added(studio: Studio) -> None:
    built = studio.integration()

    step = built.step("List", studio.component())

    assert step["configVariable"] in {each["key"] for each in built.variables()}


def test_b07_a_connection_is_made_for_the_first_step(studio: Studio) -> None:
    component = studio.component()
    built = studio.integration()
    assert built.variables() == []

    built.step("List", component)

    [made] = built.variables()
    assert (made["connection"]["component"], made["connection"]["key"]) == (component, "oauth2")


def test_b08_a_connection_that_there_is_is_used_again(studio: Studio) -> None:
    component = studio.component()
    built = studio.integration()
    built.variable("Theirs", component)

    bound = {built.step(f"Step {number}", component)["configVariable"] for number in range(3)}

    assert (bound, len(built.variables())) == ({"Theirs"}, 1)


def test_b09_a_step_receives_what_its_variable_holds(studio: Studio, browser: Browser) -> None:
    built = studio.integration()
    step = built.step("List", studio.component())
    built.publish()
    instance = studio.instance(built, studio.tenant())
    instance.enter(step["configVariable"], **studio.client())
    held = instance.connection(step["configVariable"])
    studio.connect(held, browser)

    received = content_of(instance.credentials(step["configVariable"]))

    assert received["token"]["access_token"] == held.access_token()


def test_b10_the_builder_gives_inputs_default_values(studio: Studio) -> None:
    component = studio.component(keys_definition(host=text(required=True)))
    built = studio.integration()
    built.variable("Keys", component, {"host": {"value": "eu.example"}}, definition="keys")
    built.publish()
    instance = studio.instance(built, studio.tenant())

    assert instance.asked("Keys")["host"]["default"] == "eu.example"
    assert instance.fields("Keys") == {"host": "eu.example"}
    instance.enter("Keys", host="us.example")
    assert instance.fields("Keys") == {"host": "us.example"}
    instance.enter("Keys", host=None)
    assert instance.fields("Keys") == {"host": "eu.example"}


def test_b11_deployment_is_refused_while_required_inputs_have_no_value(studio: Studio) -> None:
    component = studio.component(
        keys_definition(host=text(required=True), key=text(required=True), note=text())
    )
    built = studio.integration()
    built.variable("Keys", component, definition="keys")
    built.publish()
    instance = studio.instance(built, studio.tenant())
    instance.enter("Keys", host="eu.example")

    refused = instance.deploy()

    assert (refused.status_code, problem_code(refused)) == (409, "configuration-incomplete")
    assert [each["pointer"] for each in refused.json()["errors"]] == ["#/Keys/values/key"]
    instance.enter("Keys", key="a-key-of-this-test")
    assert content_of(instance.deploy())["deployedAt"] is not None


def test_b12_visibility_is_set_for_each_input(studio: Studio) -> None:
    instance = studio.instance(with_each_visibility(studio), studio.tenant())

    asked = instance.asked("Keys")

    assert {name: each["visibility"] for name, each in asked.items()} == {
        each: each for each in VISIBILITIES
    }


def test_b13_customers_are_shown_and_enter_what_is_theirs(studio: Studio) -> None:
    tenant = studio.tenant()
    instance = studio.instance(with_each_visibility(studio), tenant)

    assert instance.asked("Keys", tenant.admin).keys() == {"customer"}
    assert instance.enter("Keys", tenant.admin, customer="entered").status_code == 200
    assert instance.asked("Keys", tenant.user).keys() == {"customer"}


def test_b14_the_embedding_application_enters_what_users_are_not_shown(studio: Studio) -> None:
    tenant = studio.tenant()
    instance = studio.instance(with_each_visibility(studio), tenant)

    refused = instance.enter("Keys", tenant.admin, embedded="by a user")
    assert (refused.status_code, problem_code(refused)) == (403, "forbidden")
    assert instance.enter("Keys", tenant.embedding, embedded="by the app").status_code == 200

    assert instance.asked("Keys", tenant.embedding).keys() == {"customer", "embedded"}
    assert "embedded" not in instance.asked("Keys", tenant.admin)


def test_b15_only_the_organization_enters_what_is_its_own(studio: Studio) -> None:
    tenant = studio.tenant()
    instance = studio.instance(with_each_visibility(studio), tenant)

    for person in (tenant.admin, tenant.embedding):
        assert "organization" not in instance.asked("Keys", person)
        refused = instance.enter("Keys", person, organization="by them")
        assert (refused.status_code, problem_code(refused)) == (403, "forbidden")
    secret = "what-only-the-organization-knows"
    assert instance.enter("Keys", organization=secret).status_code == 200

    connection = instance.connection("Keys")
    read = tenant.admin.read(f"/connections/{connection.id}")
    assert read["connection"]["values"].keys() == {"customer"}
    assert secret not in "".join(tenant.admin.heard)


def test_b16_an_integration_as_code_loses_nothing(studio: Studio) -> None:
    first, second = studio.component(), studio.component()
    written = f"""\
name: Two CRMs
configPages:
- name: First
  tagline: Where contacts come from
  elements:
  - key: Source
    stableKey: source
    dataType: connection
    level: instance
    connection:
      component: {first}
      key: oauth2
      values:
        scopes:
          value: contacts.read
          visibility: organization
- name: Second
  elements:
  - key: Target
    dataType: connection
    level: user
    connection:
      component: {second}
      key: oauth2
      values: {{}}
    oauthRedirects:
      enabled: true
      successUri: https://app.example/done
      failureUri: https://app.example/failed
steps:
- name: List
  component: {first}
  action: listContacts
  configVariable: Source
"""
    built = studio.integration()

    answer = content_of(built.imported(written))

    assert answer["notes"] == []
    assert built.exported("application/yaml") == written
    assert [page["name"] for page in built.draft()["configPages"]] == ["First", "Second"]
    again = studio.integration()
    content_of(again.imported(built.exported("application/json"), "application/json"))
    assert again.exported("application/yaml") == written


def test_b17_a_team_member_is_asked_for_every_input_that_is_shown(studio: Studio) -> None:
    built = studio.integration()
    built.variable("CRM", studio.component())
    built.publish()

    asked = studio.instance(built, studio.tenant()).asked("CRM")

    assert list(asked) == ["scopes", "clientId", "clientSecret"]
    secret, scopes = asked["clientSecret"], asked["scopes"]
    assert (secret["label"], secret["required"]) == ("Client secret", True)
    assert (secret["comments"], secret["set"]) == ("From the app's settings", False)
    assert scopes["default"] == "contacts.read offline_access"


def test_b18_a_customer_user_enables_what_is_offered(studio: Studio) -> None:
    tenant = studio.tenant()
    offered, own = with_each_visibility(studio), studio.integration()
    own.publish()

    listed = tenant.user.read("/integrations?offered=true&limit=200")["items"]
    assert offered.id in {each["id"] for each in listed}
    assert own.id not in {each["id"] for each in listed}
    assert tenant.user.read(f"/integrations/{offered.id}")["draft"] is None
    wanted = {"name": "Mine", "integrationId": offered.id}
    made = content_of(tenant.user.call("POST", "/instances", wanted))
    assert (made["customerId"], made["userId"]) == (tenant.id, "ada")
    pages = tenant.user.read(f"/instances/{made['id']}/config-pages")["pages"]
    [variable] = pages[0]["configVariables"]
    assert [each["name"] for each in variable["inputs"]] == ["customer"]
    refused = tenant.user.call("POST", "/instances", {**wanted, "integrationId": own.id})
    assert (refused.status_code, problem_code(refused)) == (400, "invalid-request")


def test_what_is_not_sent_stays(studio: Studio) -> None:
    component = studio.component(keys_definition(host=text(), key=text()))
    built = studio.integration()
    built.variable("Keys", component, definition="keys")
    built.publish()
    instance = studio.instance(built, studio.tenant())
    instance.enter("Keys", host="eu.example", key="a-key-of-this-test")

    instance.enter("Keys", host="us.example")

    assert instance.fields("Keys") == {"host": "us.example", "key": "a-key-of-this-test"}


def test_a_grant_goes_on_with_the_inputs_that_it_was_issued_under(
    studio: Studio, browser: Browser
) -> None:
    built = studio.integration()
    built.variable("CRM", studio.component())
    built.publish()
    instance = studio.instance(built, studio.tenant())
    instance.enter("CRM", **studio.client())
    connection = instance.connection("CRM")
    studio.connect(connection, browser)

    instance.enter("CRM", **studio.client())

    assert connection.read()["reason"] == "inputs-changed"
    assert connection.refresh().status_code == 200
    assert connection.read()["reason"] == "inputs-changed"
    assert studio.crm.userinfo(connection.access_token()).status_code == 200
    studio.connect(connection, browser)
    assert (connection.read()["status"], connection.read()["reason"]) == ("active", None)


def test_each_user_has_what_is_of_their_own_level(studio: Studio) -> None:
    tenant = studio.tenant()
    component = studio.component(keys_definition(key=text(required=True)))
    built = studio.integration()
    built.variable("Own", component, definition="keys", level="user")
    built.publish()
    instance = studio.instance(built, tenant)
    path = f"/instances/{instance.id}/users/ada"

    refused = tenant.user.call("POST", f"{path}/deploy")
    assert (refused.status_code, problem_code(refused)) == (409, "configuration-incomplete")
    entered = {"Own": {"values": {"key": "a-key-of-adas-own"}}}
    content_of(tenant.user.call("PATCH", f"{path}/config-variables", entered))
    content_of(tenant.user.call("POST", f"{path}/deploy"))

    received = content_of(instance.credentials("Own", "ada"))
    assert received["fields"] == {"key": "a-key-of-adas-own"}
    assert instance.credentials("Own", "grace").status_code == 404
    assert instance.credentials("Own").status_code == 400
    others = f"/instances/{instance.id}/users/grace/config-pages"
    assert tenant.user.call("GET", others).status_code == 404
    assert instance.enter("Own", key="for everybody").status_code == 400
