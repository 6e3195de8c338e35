"""Which inputs of an instance's connection a caller is shown, as its builder says."""

from typing import Any

import pytest

from connections.domain.caller import Caller, CustomerUser, Organization, Role
from connections.domain.connection import Place
from connections.domain.identifiers import ApiKeyId, InstanceId, VariableId
from connections.entrypoints.connection_bodies import ReadConnection
from connections.entrypoints.listed_connections import ListedConnection
from tests.builders import CUSTOMER, a_connection, a_definition, a_template, some_inputs

PLACE = Place(
    instance_id=InstanceId("ins_" + "1" * 26),
    variable_id=VariableId("var_" + "1" * 26),
    variable_key="My Acme",
)
ORGANIZATION = Organization(key_id=ApiKeyId("key_1"), scopes=frozenset())
USER = CustomerUser(customer_id=CUSTOMER, user_id="ada", role=Role.ADMIN)
EMBEDDING = CustomerUser(customer_id=CUSTOMER, user_id="ada", role=Role.ADMIN, embedding=True)
ALL = set(a_definition()["inputs"])
LAYERED = some_inputs(
    values={"clientId": "entered"},
    builder={"scopes": "of-builder", "clientSecret": "of-builder"},
    visibility={
        "scopes": "embedded",
        "clientSecret": "organization",
        "clientId": "customer",
    },
)


def read(caller: Caller, **inputs: Any) -> ReadConnection:
    connection = a_connection(place=PLACE, requested_scopes="of-builder")
    layered = some_inputs(
        **{
            "values": LAYERED.values,
            "builder": LAYERED.builder,
            "visibility": LAYERED.visibility,
            **inputs,
        }
    )
    return ReadConnection.of(connection, layered, caller)


@pytest.mark.parametrize(
    ("caller", "hidden", "scopes"),
    [
        (ORGANIZATION, set(), "of-builder"),
        (EMBEDDING, {"clientSecret"}, "of-builder"),
        (USER, {"clientSecret", "scopes"}, None),
    ],
)
def test_what_a_caller_is_not_shown_is_left_out(
    caller: Caller, hidden: set[str], scopes: str | None
) -> None:
    told = read(caller)

    assert set(told.connection.values) == ALL - hidden
    assert told.scopes is not None
    assert told.scopes.requested == scopes


def test_what_the_builder_entered_counts_as_entered() -> None:
    values = read(ORGANIZATION).connection.values

    assert (values["scopes"].value, values["scopes"].set) == ("of-builder", True)
    assert (values["clientSecret"].value, values["clientSecret"].set) == (None, True)
    assert values["clientId"].value == "entered"


def test_what_a_template_fills_is_told_to_nobody() -> None:
    values = read(ORGANIZATION, template=a_template().fill).connection.values

    assert (values["clientId"].value, values["clientId"].set) == (None, True)


def test_a_connection_names_its_instance_and_config_variable() -> None:
    told = read(USER)

    assert told.instance_id == PLACE.instance_id
    assert told.config_variable is not None
    assert (told.config_variable.id, told.config_variable.key) == (PLACE.variable_id, "My Acme")
    assert ListedConnection.of(a_connection(place=PLACE), USER).instance_id == PLACE.instance_id
