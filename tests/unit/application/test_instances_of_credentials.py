"""Instances whose connections are of client credentials: due as soon as they are configured."""

import pytest

from connections.domain.connection import Reason, Status
from tests.builders import HOUR, NOW, a_definition
from tests.builders_of_instances import Variable, a_crm
from tests.unit.application.configuring import ORGANIZATION, Scene
from tests.unit.application.moving import a_made, moved

CLIENT = {"clientId": "the-client", "clientSecret": "the-secret"}


def a_machine(**changes: object) -> Variable:
    """Return a variable of client credentials, which nothing fills in beforehand."""
    definition = a_definition(oauth2Type="client_credentials")
    return a_crm(**{"definition": definition, "template": None, **changes})


def test_what_a_template_completes_is_due_when_the_instance_is_made(scene: Scene) -> None:
    definition = a_definition(oauth2Type="client_credentials")
    made = a_made(scene, a_crm(definition=definition))

    connection, _ = scene.held(made, "CRM")

    assert connection.client_credentials
    assert (connection.reason, connection.refresh_at) == (Reason.NOT_CONNECTED, NOW)


def test_what_is_entered_makes_it_due_when_nothing_is_missing_any_more(scene: Scene) -> None:
    made = a_made(scene, a_machine())
    scene.enter(made, CRM={"clientId": "the-client"})
    incomplete, _ = scene.held(made, "CRM")
    assert (incomplete.reason, incomplete.refresh_at) == (Reason.NOT_CONFIGURED, None)
    scene.clock.advance(HOUR)

    scene.enter(made, CRM={"clientSecret": "the-secret"})

    connection, _ = scene.held(made, "CRM")
    assert (connection.reason, connection.refresh_at) == (Reason.NOT_CONNECTED, NOW + HOUR)
    assert connection.status is Status.PENDING


def test_a_version_with_other_values_makes_it_due(scene: Scene) -> None:
    made = a_made(scene, a_machine())
    scene.enter(made, CRM=CLIENT)

    moved(scene, made, a_machine(values={"scopes": {"value": "admin"}}))

    connection, _ = scene.held(made, "CRM")
    assert connection.refresh_at == NOW + HOUR


@pytest.mark.parametrize("back", [False, True])
def test_a_connection_that_somebody_consents_to_is_another(scene: Scene, back: bool) -> None:
    consented = a_crm(template=None)
    before, after = (a_machine(), consented) if back else (consented, a_machine())
    made = a_made(scene, before)
    former = scene.id_of(made, "CRM")

    moved(scene, made, after)

    connection, _ = scene.held(made, "CRM")
    assert connection.id != former
    assert connection.client_credentials is not back


def test_pages_show_it_as_any_other(scene: Scene) -> None:
    made = a_made(scene, a_machine())

    _, pages = scene.pages.of_instance(made.id, ORGANIZATION)

    assert [each.of.variable.key for page in pages for each in page.variables] == ["CRM"]
