"""Values that are entered for an instance: by whom, what fits, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from connections.domain.caller import Caller
from connections.domain.connection import Reason, Status
from connections.domain.errors import Conflict, Forbidden, InvalidRequest, NotFound
from connections.domain.log_entry import Event, LogEntry, Severity
from tests.builders import HOUR, NOW
from tests.builders_of_instances import a_crm, a_mailbox, a_store
from tests.unit.application.configuring import (
    ADMIN,
    EMBEDDING,
    NOWHERE,
    ORGANIZATION,
    STORE_VALUES,
    USER,
    Scene,
)


def refused(scene: Scene, caller: Caller = ORGANIZATION, **values: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with values, of which none is stored."""
    made = scene.made()
    before = dict(scene.world.inputs_by_id)
    with pytest.raises(InvalidRequest) as error:
        scene.enter(made, caller, **values)
    assert scene.world.inputs_by_id == before
    assert scene.now(made) == made
    return [f"{each.pointer} {each.detail}" for each in error.value.problems]


def test_what_is_entered_is_stored_and_what_is_left_out_stays(scene: Scene) -> None:
    made = scene.made()
    scene.enter(made, Store={"host": "store.example", "apiKey": "the-key"})
    scene.clock.advance(HOUR)

    scene.enter(made, Store={"host": "other.example"})

    connection, inputs = scene.held(made, "Store")
    assert inputs.values == {"host": "other.example", "apiKey": "the-key"}
    assert (inputs.revision, connection.updated_at) == (2, NOW + HOUR)
    assert (scene.now(made).revision, scene.now(made).updated_at) == (3, NOW + HOUR)


def test_null_takes_away_what_was_entered(scene: Scene) -> None:
    made = scene.made()
    scene.enter(made, Store=STORE_VALUES)
    assert scene.held(made, "Store")[0].status is Status.ACTIVE

    scene.enter(made, Store={"host": None, "region": None})

    connection, inputs = scene.held(made, "Store")
    assert inputs.values == {"apiKey": "the-key", "plan": "gold"}
    assert (connection.status, connection.reason) == (Status.PENDING, Reason.NOT_CONFIGURED)


def test_null_brings_back_what_the_builder_entered(scene: Scene) -> None:
    scene.publish(a_store(values={"host": {"value": "builder.example"}}))
    made = scene.made()
    scene.enter(made, Store={"host": "own.example"})
    assert scene.held(made, "Store")[1].effective["host"] == "own.example"

    scene.enter(made, Store={"host": None})

    assert scene.held(made, "Store")[1].effective == {"host": "builder.example"}


@pytest.mark.parametrize(
    "entered", [{}, {"Store": {}}, {"Store": {"host": "store.example"}}, {"Store": {"team": None}}]
)
def test_nothing_is_written_when_nothing_changes(scene: Scene, entered: dict[str, Any]) -> None:
    made = scene.made()
    scene.enter(made, Store={"host": "store.example"})
    before, scene.world.calls[:] = scene.now(made), []

    scene.enter(made, **entered)

    assert scene.now(made) == before
    assert not {"instances.saved", "logbook.write"} & set(scene.world.calls)


def test_two_variables_are_changed_at_once(scene: Scene) -> None:
    made = scene.made()

    scene.enter(made, CRM={"scopes": "read"}, Store={"host": "store.example"})

    assert scene.held(made, "CRM")[1].values == {"scopes": "read"}
    assert scene.held(made, "CRM")[0].requested_scopes == "read"
    assert scene.world.calls.count("instances.saved") == 1


@pytest.mark.parametrize(
    ("caller", "name", "may"),
    [
        (ORGANIZATION, "host", True),
        (ORGANIZATION, "team", True),
        (ORGANIZATION, "plan", True),
        (EMBEDDING, "host", True),
        (EMBEDDING, "team", True),
        (EMBEDDING, "plan", False),
        (ADMIN, "host", True),
        (ADMIN, "team", False),
        (ADMIN, "plan", False),
        (USER, "team", False),
    ],
)
@pytest.mark.parametrize("value", ["some", None])
def test_an_input_is_entered_by_those_who_are_asked_for_it(
    scene: Scene, caller: Caller, name: str, may: bool, value: str | None
) -> None:
    """B12 to B15."""
    made = scene.made()
    scene.enter(made, Store={"team": "first", "plan": "first", "host": "first"})

    if may:
        scene.enter(made, caller, Store={name: value})
        assert scene.held(made, "Store")[1].values.get(name) == value
    else:
        with pytest.raises(Forbidden):
            scene.enter(made, caller, Store={"region": "us", name: value})
        assert scene.held(made, "Store")[1].values[name] == "first"
        assert "region" not in scene.held(made, "Store")[1].values


@pytest.mark.parametrize(
    ("values", "caller", "may"),
    [
        ({"apiKey": {"value": "builders"}}, ADMIN, False),
        ({"apiKey": {"value": "builders"}}, EMBEDDING, False),
        ({"apiKey": {"value": "builders"}}, ORGANIZATION, True),
        ({"apiKey": {"value": "builders", "visibility": "customer"}}, ADMIN, True),
        ({"apiKey": {"visibility": "embedded"}}, EMBEDDING, True),
        ({"host": {"value": "builder.example"}}, ADMIN, True),
    ],
)
def test_a_secret_that_the_builder_entered_is_the_organizations_own(
    scene: Scene, values: dict[str, Any], caller: Caller, may: bool
) -> None:
    (name,) = values
    scene.publish(a_store(values=values))
    made = scene.made()

    if may:
        scene.enter(made, caller, Store={name: "theirs"})
        assert scene.held(made, "Store")[1].effective[name] == "theirs"
    else:
        with pytest.raises(Forbidden):
            scene.enter(made, caller, Store={name: "theirs"})


@pytest.mark.parametrize("caller", [ORGANIZATION, ADMIN, EMBEDDING])
@pytest.mark.parametrize("value", ["mine", None])
def test_what_nobody_is_asked_for_is_refused_from_everybody(
    scene: Scene, caller: Caller, value: str | None
) -> None:
    """B77 and B39."""
    entered = {"clientSecret": value, "tokenUrl": value, "no/such~": value, "scopes": "read"}

    assert refused(scene, caller, CRM=entered, Store={"mode": value}) == [
        "#/CRM/values/clientSecret is filled by a connection template: nobody is asked for it",
        "#/CRM/values/tokenUrl is not asked for by this config variable",
        "#/CRM/values/no~1such~0 is not asked for by this config variable",
        "#/Store/values/mode is not asked for by this config variable",
    ]


def test_names_that_are_no_variables_of_the_instance_are_told_at_their_places(
    scene: Scene,
) -> None:
    entered: dict[str, Any] = {"Sto/re~": {}}

    assert refused(scene, Mailbox={"scopes": "x"}, **entered, Store={"region": "mars"}) == [
        "#/Mailbox is each user's own: send it below /users/{userId}",
        "#/Sto~1re~0 is not a config variable of this instance",
        "#/Store/values/region must be one of the values that the input offers",
    ]


SHOP = {
    "key": "apiKey",
    "label": "Shop",
    "inputs": {
        "shop": {"type": "string", "required": True},
        "url": {"type": "template", "default": "https://{{#shop}}.example"},
    },
}


def test_a_value_is_held_against_what_is_there_beside_it(scene: Scene) -> None:
    scene.publish(a_store(definition=SHOP))

    (told,) = refused(scene, Store={"shop": "evil.example/"})

    assert told.startswith("#/Store/values/shop must be a host name or a part of one")


def test_what_is_taken_away_meets_nothing_any_more(scene: Scene) -> None:
    scene.publish(a_store(definition=SHOP))
    made = scene.made()
    scene.enter(made, Store={"shop": "eu", "url": "https://{{#shop}}.other.example"})

    scene.enter(made, Store={"shop": None, "url": "https://{{#shop}}.third.example"})

    connection, inputs = scene.held(made, "Store")
    assert inputs.values == {"url": "https://{{#shop}}.third.example"}
    assert connection.reason is Reason.NOT_CONFIGURED


def test_an_oauth_connection_is_configured_and_then_to_be_connected(scene: Scene) -> None:
    scene.publish(a_crm(template=None))
    made = scene.made()
    scene.enter(made, CRM={"clientId": "mine"})
    assert scene.held(made, "CRM")[0].reason is Reason.NOT_CONFIGURED

    scene.enter(made, CRM={"clientSecret": "secret"})
    assert scene.held(made, "CRM")[0].reason is Reason.NOT_CONNECTED

    scene.enter(made, CRM={"clientId": None})
    assert scene.held(made, "CRM")[0].reason is Reason.NOT_CONFIGURED


def test_a_grant_goes_on_when_the_inputs_that_it_depends_on_change(scene: Scene) -> None:
    made = scene.made()
    scene.connect(made, "CRM")
    assert scene.held(made, "CRM")[0].told_reason is None

    scene.enter(made, CRM={"scopes": "read"})

    connection, _ = scene.held(made, "CRM")
    assert (connection.status, connection.reason) == (Status.ACTIVE, None)
    assert (connection.told_reason, connection.generation) == (Reason.INPUTS_CHANGED, 1)

    scene.enter(made, CRM={"scopes": None})
    assert scene.held(made, "CRM")[0].told_reason is None


def test_a_connection_that_was_disconnected_stays_so(scene: Scene) -> None:
    scene.publish(a_crm(template=None))
    made = scene.made()
    connection, _ = scene.held(made, "CRM")
    scene.world.holding(replace(connection, reason=Reason.DISCONNECTED))

    scene.enter(made, CRM={"clientId": "mine", "clientSecret": "secret"})

    assert scene.held(made, "CRM")[0].reason is Reason.DISCONNECTED


def test_the_log_says_what_was_changed_and_no_value(scene: Scene) -> None:
    made = scene.made()
    scene.connect(made, "CRM")

    scene.enter(made, CRM={"scopes": "read"}, Store={"host": "a.example", "apiKey": "the-key"})

    again = (
        " The grant goes on with the inputs that it was issued under; CONNECT again to take up the"
        " new ones."
    )
    assert scene.world.entries == [
        LogEntry(
            connection_id=scene.id_of(made, key),
            at=NOW,
            event=Event.CHANGED,
            severity=Severity.INFO,
            detail=detail,
        )
        for key, detail in [
            ("CRM", f"Values were changed: scopes.{again}"),
            ("Store", "Values were changed: apiKey, host."),
        ]
    ]


@pytest.mark.parametrize(
    ("values", "detail"),
    [
        (
            {"host": "a.example", "plan": "gold", "team": "blue"},
            "Values were changed: host and others that not everybody is shown.",
        ),
        ({"plan": "gold"}, "Values were changed that not everybody is shown."),
        ({"team": "blue"}, "Values were changed that not everybody is shown."),
    ],
)
def test_the_log_names_what_a_customers_user_is_asked_for(
    scene: Scene, values: dict[str, str], detail: str
) -> None:
    scene.enter(scene.made(), Store=values)

    assert [each.detail for each in scene.world.entries] == [detail]


def test_the_log_does_not_name_what_was_hidden_or_is_to_be(scene: Scene) -> None:
    hidden = {"host": {"visibility": "organization"}}
    for number, (before, after) in enumerate([({}, hidden), (hidden, {})]):
        scene.publish(a_store(values=before), number=2 * number + 1)
        made = scene.made()
        scene.enter(made, Store={"host": "a.example"})
        scene.world.entries.clear()
        scene.publish(a_store(values=after), number=2 * number + 2)

        scene.move(made, 2 * number + 2)

        assert [each.detail for each in scene.world.entries] == [
            "Values were changed that not everybody is shown."
        ]


def test_there_must_be_such_an_instance(scene: Scene) -> None:
    with pytest.raises(NotFound):
        scene.configurator.enter(NOWHERE, {}, ORGANIZATION)


def test_two_who_configure_at_once_lose_nothing(scene: Scene) -> None:
    made = scene.made()
    scene.world.meanwhile(
        "instances.saved", lambda: scene.enter(made, Store={"apiKey": "the-key", "host": "first"})
    )

    scene.enter(made, Store={"host": "second"}, CRM={"scopes": "read"})

    assert scene.held(made, "Store")[1].values == {"apiKey": "the-key", "host": "second"}
    assert scene.held(made, "CRM")[1].values == {"scopes": "read"}
    assert scene.now(made).revision == 3


def test_a_consent_at_the_same_moment_is_not_undone(scene: Scene) -> None:
    scene.publish(a_crm(template=None))
    made = scene.made()
    scene.enter(made, CRM={"clientId": "mine"})
    scene.world.meanwhile("instances.saved", lambda: scene.connect(made, "CRM"))

    scene.enter(made, CRM={"clientSecret": "secret"})

    connection, inputs = scene.held(made, "CRM")
    assert (connection.status, connection.reason) == (Status.ACTIVE, None)
    assert connection.told_reason is Reason.INPUTS_CHANGED
    assert inputs.values == {"clientId": "mine", "clientSecret": "secret"}


def test_what_is_changed_all_the_time_is_a_conflict(scene: Scene) -> None:
    made = scene.made()
    for _ in range(4):
        scene.world.meanwhile("instances.saved", lambda: scene.touch(made))

    with pytest.raises(Conflict):
        scene.enter(made, Store={"host": "mine"})

    assert scene.held(made, "Store")[1].values == {}


def test_an_instance_that_is_moved_between_two_readings_is_read_again(scene: Scene) -> None:
    made = scene.made()
    scene.publish(a_crm(), a_store(component="other"), number=2)
    scene.world.meanwhile("held.many", lambda: scene.move(made, 2))

    scene.enter(made, Store={"host": "mine"})

    assert scene.held(made, "Store")[0].component == "other"
    assert scene.held(made, "Store")[1].values == {"host": "mine"}


def test_a_connection_that_is_gone_for_good_is_a_conflict(scene: Scene) -> None:
    made = scene.made()
    scene.world.closed.add(scene.id_of(made, "Store"))

    with pytest.raises(Conflict):
        scene.enter(made, Store={"host": "mine"})


def test_more_than_can_be_kept_is_refused(scene: Scene) -> None:
    scene.publish(a_store(), a_mailbox())

    assert refused(scene, Store={"apiKey": "x" * 40_000}) == [
        "#/Store/values must be at most 12 KB together"
    ]
