"""Where a secret is sent that the organization entered: nobody on the customer's side says."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from connections.application.asked_inputs import KEPT, kept_beside
from connections.application.change_connection import ConnectionEditor, WantedChange
from connections.domain.caller import Caller
from connections.domain.connection import Inputs
from connections.domain.errors import Forbidden, InvalidRequest
from connections.domain.identifiers import ConnectionId
from connections.domain.instance import Instance
from connections.oauth.stored_definitions import definition_of
from tests.builders import CUSTOMER, a_definition, some_inputs
from tests.builders_of_instances import CUSTOMERS, a_crm, a_mailbox
from tests.unit.application.configuring import ADMIN, EMBEDDING, ORGANIZATION, USER, Scene
from tests.unit.application.creating import a_creator, publish, wanting

TEXT = {"type": "string"}
DEFINITION = a_definition(
    inputs={**a_definition()["inputs"], "tokenUrl": {**TEXT, "default": "https://acme.example/t"}}
)
"""One whose token endpoint customers are asked for."""
ELSEWHERE = "https://elsewhere.example/token"
CUSTOMERS_SIDE = [ADMIN, EMBEDDING, USER]


@dataclass(frozen=True)
class Entering:
    """Values are entered for a connection, be it an instance's, a user's, or made for itself."""

    enter: Callable[[Caller, dict[str, Any]], object]
    inputs: Callable[[], Inputs]

    def __call__(self, caller: Caller, **values: Any) -> Inputs:
        self.enter(caller, values)
        return self.inputs()

    def refused(self, caller: Caller, **values: Any) -> dict[str, str]:
        """Return what is wrong with values by the names of their inputs; none is stored."""
        before = self.inputs()
        with pytest.raises(InvalidRequest) as error:
            self(caller, **values)
        assert self.inputs() == before
        return {each.pointer.rpartition("/")[2]: each.detail for each in error.value.problems}


def of_instance(scene: Scene) -> Entering:
    scene.publish(a_crm(template=None, definition=DEFINITION))
    made = scene.made()
    return Entering(
        enter=lambda caller, values: scene.enter(made, caller, CRM=values),
        inputs=lambda: scene.held(made, "CRM")[1],
    )


def of_user(scene: Scene) -> Entering:
    scene.publish(a_mailbox(values={}, definition=DEFINITION))
    made: Instance = scene.made()

    def enter(caller: Caller, values: dict[str, Any]) -> None:
        scene.users.enter(made.id, "ada", {"Mailbox": values}, caller)

    enter(ORGANIZATION, {})
    return Entering(enter=enter, inputs=lambda: scene.held(made, "Mailbox")[1])


def of_its_own(scene: Scene) -> Entering:
    connection = ConnectionId("con_" + "5" * 26)
    scene.world.holding(
        replace(scene.held(scene.made(), "CRM")[0], id=connection, place=None),
        some_inputs(connection_id=connection, definition=DEFINITION),
    )
    editor = ConnectionEditor(
        connections=scene.world.connections,
        changed=scene.world.held,
        deletions=scene.world.deletions,
        logbook=scene.world.logbook,
        clock=scene.clock,
        hosts=scene.workshop.hosts,
    )

    def enter(caller: Caller, values: dict[str, Any]) -> None:
        wanted = WantedChange(values=values, by_customer=caller is not ORGANIZATION)
        editor.change(connection, wanted)

    return Entering(enter=enter, inputs=lambda: scene.world.inputs_by_id[connection])


@pytest.fixture(params=[of_instance, of_user, of_its_own])
def entering(request: pytest.FixtureRequest, scene: Scene) -> Entering:
    made: Entering = request.param(scene)
    return made


@pytest.mark.parametrize("caller", CUSTOMERS_SIDE)
def test_nobody_on_the_customers_side_sends_the_organizations_secret_elsewhere(
    entering: Entering, caller: Caller
) -> None:
    entering(ORGANIZATION, clientSecret="of-the-organization")

    for url in (ELSEWHERE, None):
        assert entering.refused(caller, tokenUrl=url, scopes="read") == {"tokenUrl": KEPT}
    assert entering(ORGANIZATION, tokenUrl=ELSEWHERE).values["tokenUrl"] == ELSEWHERE


def test_who_enters_the_secret_anew_says_where_it_is_sent_then_and_later(
    entering: Entering,
) -> None:
    entering(ORGANIZATION, clientSecret="of-the-organization")

    changed = entering(ADMIN, clientSecret="of-the-customer", tokenUrl=ELSEWHERE)

    assert changed.values["clientSecret"] == "of-the-customer"
    assert "tokenUrl" not in entering(ADMIN, tokenUrl=None).values


def test_customers_say_where_secrets_of_their_own_are_sent(entering: Entering) -> None:
    entering(ADMIN, clientSecret="of-the-customer")

    assert entering(ADMIN, tokenUrl=ELSEWHERE).values["tokenUrl"] == ELSEWHERE


def test_what_is_no_secret_keeps_nobody_from_anything(entering: Entering) -> None:
    entering(ORGANIZATION, clientId="of-the-organization")

    assert entering(ADMIN, tokenUrl=ELSEWHERE).values["tokenUrl"] == ELSEWHERE


def test_a_secret_that_the_organization_enters_again_is_its_own(entering: Entering) -> None:
    entering(ADMIN, clientSecret="the-same")
    entering(ORGANIZATION, clientSecret="the-same")

    assert entering.refused(ADMIN, tokenUrl=ELSEWHERE) == {"tokenUrl": KEPT}


def test_how_much_the_organization_entered_is_not_told_by_what_is_refused(
    entering: Entering,
) -> None:
    entering(ORGANIZATION, clientSecret="x" * 12_000)

    assert entering(ADMIN, scopes="x" * 12_000).values["scopes"] == "x" * 12_000
    assert entering.refused(ADMIN, clientId="x" * 500) == {
        "values": "must be at most 12 KB together"
    }
    assert entering.refused(ORGANIZATION, clientId="x" * 500) == {
        "values": "must be at most 12 KB together"
    }


def test_a_secret_that_only_the_organization_enters_is_sent_nowhere_else_either(
    scene: Scene,
) -> None:
    scene.publish(
        a_crm(
            template=None,
            definition=DEFINITION,
            values={"clientSecret": {"visibility": "organization"}},
        )
    )
    made = scene.made()
    scene.enter(made, CRM={"clientSecret": "of-the-organization"})

    with pytest.raises(Forbidden):
        scene.enter(made, ADMIN, CRM={"clientSecret": "x", "tokenUrl": ELSEWHERE})
    with pytest.raises(InvalidRequest):
        scene.enter(made, ADMIN, CRM={"tokenUrl": ELSEWHERE})

    assert "tokenUrl" not in scene.held(made, "CRM")[1].values


def test_who_guesses_the_organizations_secret_is_not_told_that_it_was_right(scene: Scene) -> None:
    told = []
    for guess in ("the-secret", "another"):
        entering = of_instance(scene)
        entering(ORGANIZATION, clientSecret="the-secret")
        scene.world.entries.clear()
        changed = entering(ADMIN, clientSecret=guess)
        told.append(([each.detail for each in scene.world.entries], changed.revision))

    assert told[0] == told[1] == (["Values were changed: clientSecret."], 2)


def test_a_secret_that_is_entered_no_more_keeps_nobody_from_anything() -> None:
    """So it is after a move to a version that does not ask for it."""
    inputs = some_inputs(by_organization=frozenset({"clientSecret"}))
    definition = definition_of(inputs.definition)

    assert "tokenUrl" in kept_beside(definition, inputs, ())
    assert kept_beside(definition, replace(inputs, values={}), ()) == frozenset()


def test_of_a_new_connection_it_is_on_record_whether_the_organization_made_it(
    scene: Scene,
) -> None:
    publish(scene.world, DEFINITION)
    creator = a_creator(scene.world, scene.clock)
    wanted = wanting(owner=CUSTOMERS)

    _, of_organization = creator.create(wanted, "one")
    _, of_customer = creator.create(replace(wanted, shared_only=True), "two", by=CUSTOMER)

    assert of_organization.by_organization == {"clientId", "clientSecret"}
    assert of_customer.by_organization == frozenset()


@pytest.mark.parametrize("caller", CUSTOMERS_SIDE)
def test_the_organization_sends_no_secret_where_the_customers_side_said_before(
    entering: Entering, caller: Caller
) -> None:
    entering(caller, tokenUrl=ELSEWHERE)

    assert entering.refused(ORGANIZATION, clientSecret="the-secret", scopes="read") == {
        "clientSecret": "would be sent where the customer's side said: enter tokenUrl as well"
    }
    assert entering(ORGANIZATION, scopes="read", clientId="another").values["scopes"] == "read"


@pytest.mark.parametrize("url", [ELSEWHERE, "https://acme.example/token", None])
def test_the_organization_says_itself_where_its_secret_is_sent(
    entering: Entering, url: str | None
) -> None:
    entering(ADMIN, tokenUrl=ELSEWHERE, scopes="read")

    changed = entering(ORGANIZATION, clientSecret="the-secret", tokenUrl=url)

    assert changed.values["clientSecret"] == "the-secret"
    assert changed.values.get("tokenUrl") == url
