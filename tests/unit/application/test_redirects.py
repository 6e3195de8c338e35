"""Custom redirects as they are entered: their form, where they lead, and where they are kept."""

from dataclasses import replace
from typing import Any

import pytest

from connections.application.change_connection import ConnectionEditor, WantedChange
from connections.application.redirects import changed_redirects
from connections.domain.connection import Redirects
from connections.domain.errors import IdempotencyKeyReused, InvalidRequest
from connections.oauth.addresses import AllowedHosts
from connections_sdk.integrations import OAuthRedirects
from tests.builders import CONNECTION, a_new_connection, some_inputs
from tests.builders_of_instances import a_crm
from tests.builders_of_integrations import a_variable
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.building import Studio, places_of
from tests.unit.application.configuring import Scene
from tests.unit.application.creating import a_creator, wanting
from tests.unit.application.moving import a_made, moved
from tests.unit.application.parts import same_bytes

DONE, FAILED = "https://a.example/done", "https://a.example/failed"
DOCUMENT = {"enabled": True, "successUri": DONE, "failureUri": FAILED}
REDIRECTS = Redirects(enabled=True, success_uri=DONE, failure_uri=FAILED)
HOSTS = AllowedHosts.parse("localhost:3001")
LOOPBACK = "http://localhost:3002/done"
NOT_HERE = "must be an https URL"


def faults(error: InvalidRequest) -> list[tuple[str, str]]:
    return [(each.pointer, each.detail) for each in error.problems]


@pytest.mark.parametrize(
    ("former", "patch", "wanted"),
    [
        (None, {}, None),
        (REDIRECTS, {}, REDIRECTS),
        (REDIRECTS, None, None),
        (None, DOCUMENT, REDIRECTS),
        (REDIRECTS, {"enabled": False}, replace(REDIRECTS, enabled=False)),
        (REDIRECTS, {"successUri": FAILED}, replace(REDIRECTS, success_uri=FAILED)),
        (None, {"enabled": False}, Redirects(enabled=False)),
        (
            REDIRECTS,
            {"failureUri": "http://localhost:3001/"},
            replace(REDIRECTS, failure_uri="http://localhost:3001/"),
        ),
    ],
)
def test_redirects_are_changed_by_a_merge_patch(
    former: Redirects | None, patch: dict[str, Any] | None, wanted: Redirects | None
) -> None:
    assert changed_redirects(former, patch, HOSTS) == wanted


@pytest.mark.parametrize(
    ("patch", "at"),
    [
        ({"successUri": DONE}, "#/oauthRedirects/enabled"),
        ({"enabled": True, "successUri": DONE}, "#/oauthRedirects/failureUri"),
        ({**DOCUMENT, "successUri": "javascript:alert(1)"}, "#/oauthRedirects/successUri"),
        ({**DOCUMENT, "failureUri": "http://a.example"}, "#/oauthRedirects/failureUri"),
        ({**DOCUMENT, "successUri": LOOPBACK}, "#/oauthRedirects/successUri"),
        ({**DOCUMENT, "failureUri": "https://10.0.0.1/"}, "#/oauthRedirects/failureUri"),
    ],
)
def test_redirects_that_do_not_fit_are_refused_with_their_place(
    patch: dict[str, Any], at: str
) -> None:
    with pytest.raises(InvalidRequest) as error:
        changed_redirects(None, patch, HOSTS)

    assert [place for place, _ in faults(error.value)] == [at]


def test_a_new_connection_keeps_its_redirects(clock: ManualClock) -> None:
    world = World()
    creator = a_creator(world, clock)
    wanted = wanting(redirects=OAuthRedirects.model_validate(DOCUMENT))

    _, inputs = creator.create(wanted, "key")

    assert inputs.redirects == REDIRECTS
    assert creator.create(wanted, "key")[1].redirects == REDIRECTS
    with pytest.raises(IdempotencyKeyReused):
        creator.create(wanting(), "key")


def test_a_new_connection_is_redirected_to_no_other_machine(clock: ManualClock) -> None:
    world = World()
    wanted = wanting(redirects=OAuthRedirects(enabled=False, success_uri=LOOPBACK))

    with pytest.raises(InvalidRequest) as error:
        a_creator(world, clock).create(wanted)

    assert faults(error.value) == [("#/oauthRedirects/successUri", NOT_HERE)]
    assert world.connections_by_id == {}


@pytest.fixture
def world() -> World:
    return World().holding(a_new_connection(), some_inputs(redirects=REDIRECTS))


@pytest.fixture
def editor(world: World, clock: ManualClock) -> ConnectionEditor:
    return ConnectionEditor(
        connections=world.connections,
        changed=world.held,
        deletions=world.deletions,
        logbook=world.logbook,
        clock=clock,
        hosts=HOSTS,
        randomness=same_bytes,
    )


def test_a_connections_redirects_are_changed_and_the_log_says_so(
    editor: ConnectionEditor, world: World
) -> None:
    _, inputs = editor.change(CONNECTION, WantedChange(redirects={"enabled": False}))

    assert inputs == world.inputs_by_id[CONNECTION]
    assert inputs.redirects == replace(REDIRECTS, enabled=False)
    assert [each.detail for each in world.entries] == [
        "Where the user lands after a consent was changed."
    ]


def test_a_change_of_something_else_leaves_the_redirects(
    editor: ConnectionEditor, world: World
) -> None:
    editor.change(CONNECTION, WantedChange(name="Another"))
    assert world.inputs_by_id[CONNECTION].redirects == REDIRECTS
    assert [each.detail for each in world.entries] == ["It was renamed."]

    editor.change(CONNECTION, WantedChange(redirects=None))
    assert world.inputs_by_id[CONNECTION].redirects is None


def test_an_instances_connection_has_the_builders_redirects_of_its_version(scene: Scene) -> None:
    made = a_made(scene, a_crm(redirects=DOCUMENT))
    assert scene.held(made, "CRM")[1].redirects == REDIRECTS

    moved(scene, made, a_crm(redirects={**DOCUMENT, "enabled": False}))
    assert scene.held(made, "CRM")[1].redirects == replace(REDIRECTS, enabled=False)


def test_a_builders_redirects_lead_to_no_other_machine() -> None:
    variable = a_variable() | {"oauthRedirects": {"enabled": False, "failureUri": LOOPBACK}}

    studio = Studio().begun()

    assert places_of(lambda: studio.with_variable(variable)) == [
        ("#/oauthRedirects/failureUri", NOT_HERE)
    ]
