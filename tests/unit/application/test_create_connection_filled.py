"""Creating a connection that a connection template fills."""

from dataclasses import replace

import pytest

from connections.application.asked_inputs import KEPT
from connections.application.create_connection import ConnectionCreator
from connections.domain.errors import IdempotencyKeyReused, InvalidRequest
from connections.domain.referrer import Referred, Referrer, ReferrerKind
from tests.builders import TEMPLATE, a_template
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.creating import VALUES, a_creator, wanting

FILLED = "is filled by the connection template: it is asked of nobody"
NOT_THERE = {"#/connection/template": "is not the name of a connection template"}


@pytest.fixture
def world() -> World:
    world = World()
    world.templates_by_id[TEMPLATE] = a_template(values={"clientSecret": "of-template"})
    return world


@pytest.fixture
def creator(world: World, clock: ManualClock) -> ConnectionCreator:
    return a_creator(world, clock)


FILLING = wanting(template="Acme app", values={"clientId": "the-client"})


def problems(creator: ConnectionCreator, **changes: object) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as error:
        creator.create(replace(FILLING, **changes))  # type: ignore[arg-type]  # by name
    return {each.pointer: each.detail for each in error.value.problems}


def test_a_connection_keeps_a_copy_of_what_its_template_fills(
    creator: ConnectionCreator, world: World
) -> None:
    connection, inputs = creator.create(FILLING)

    assert inputs.template == world.templates_by_id[TEMPLATE].fill
    assert inputs.values == {"clientId": "the-client"}
    assert inputs.effective == {"clientId": "the-client", "clientSecret": "of-template"}
    assert connection.template_id == TEMPLATE


def test_how_much_a_template_fills_is_not_told_by_what_is_refused(
    creator: ConnectionCreator, world: World
) -> None:
    filled = {"clientSecret": "x" * 12_000}
    world.templates_by_id[TEMPLATE] = a_template(values=filled)
    values = {"clientId": "x" * 12_000}

    assert creator.create(replace(FILLING, values=values))[1].effective == filled | values


def test_template_and_own_component_know_what_refers_to_them(
    creator: ConnectionCreator, world: World
) -> None:
    connection, _ = creator.create(FILLING)

    by = Referrer(kind=ReferrerKind.CONNECTION, id=connection.id, name=connection.name)
    assert world.referrers_of.of(Referred(template_id=TEMPLATE)) == [by]
    assert world.referrers_of.of(Referred(component="acme")) == [by]


def test_a_built_in_component_has_no_referrers(creator: ConnectionCreator, world: World) -> None:
    replace(creator, built_in={"acme"}).create(wanting())

    assert world.referrers_of.of(Referred(component="acme")) == []


def test_a_template_that_is_not_there_is_refused(creator: ConnectionCreator) -> None:
    assert problems(creator, template="Another") == NOT_THERE


def test_a_template_of_another_connection_is_refused(creator: ConnectionCreator) -> None:
    assert problems(creator, key="custom", values={"apiKey": "k"}) == {
        "#/connection/template": "must be a connection template of this connection"
    }


def test_a_customer_uses_only_templates_that_are_shared(
    creator: ConnectionCreator, world: World
) -> None:
    assert problems(creator, shared_only=True) == NOT_THERE

    world.templates_by_id[TEMPLATE] = replace(world.templates_by_id[TEMPLATE], shared=True)
    assert creator.create(replace(FILLING, shared_only=True))[0].template_id == TEMPLATE


def test_a_customer_does_not_say_where_the_templates_secrets_are_sent(
    creator: ConnectionCreator, world: World
) -> None:
    world.templates_by_id[TEMPLATE] = replace(world.templates_by_id[TEMPLATE], shared=True)
    elsewhere = {**FILLING.values, "tokenUrl": "https://elsewhere.example/token"}

    assert problems(creator, values=elsewhere, shared_only=True) == {
        "#/connection/values/tokenUrl": KEPT
    }
    assert creator.create(replace(FILLING, values=elsewhere))[0].template_id == TEMPLATE


def test_an_input_that_the_template_fills_is_not_sent(creator: ConnectionCreator) -> None:
    assert problems(creator, values=VALUES) == {"#/connection/values/clientSecret": FILLED}


def test_what_the_template_leaves_out_is_required(creator: ConnectionCreator) -> None:
    assert problems(creator, values={}) == {"#/connection/values/clientId": "is required"}


def test_a_template_that_goes_meanwhile_is_not_there(
    creator: ConnectionCreator, world: World
) -> None:
    world.meanwhile("connections.add", world.templates_by_id.clear)

    assert problems(creator) == NOT_THERE
    assert world.connections_by_id == {}


def test_the_same_key_with_another_template_is_another_request(
    creator: ConnectionCreator,
) -> None:
    first = creator.create(FILLING, "key-1")

    assert creator.create(FILLING, "key-1") == first
    with pytest.raises(IdempotencyKeyReused):
        creator.create(wanting(), "key-1")
