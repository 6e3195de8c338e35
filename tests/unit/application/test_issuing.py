"""The digest of the inputs on which a grant depends, and what is told when they are missing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connections.application.begin_authorization import AuthorizationBeginner
from connections.application.invocation import Invocation
from connections.application.issuing import inputs_digest, issuance_of
from connections.application.offer_authorization import AuthorizationOffers
from connections.application.read_credentials import CredentialsReader
from connections.domain.errors import ConfigurationIncomplete, Misconfigured
from tests.builders import CONNECTION, LINK, a_definition, a_template, some_inputs
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.configuring import ORGANIZATION as KEY
from tests.unit.application.creating import CUSTOM
from tests.unit.application.flows import VISIT

TEXT = {"type": "string"}
INPUTS = some_inputs(salt="the-salt")
TEMPLATED = a_definition()
TEMPLATED["inputs"] = {
    **TEMPLATED["inputs"],
    "shop": TEXT,
    "note": TEXT,
    "tokenUrl": {"type": "template", "default": "https://{{#shop}}.acme.example/token"},
}


def with_values(**values: Any) -> str | None:
    return inputs_digest(
        replace(INPUTS, definition=TEMPLATED, values={**INPUTS.values, "shop": "a", **values})
    )


@pytest.mark.parametrize("name", ["clientId", "clientSecret", "scopes", "shop"])
def test_what_a_grant_depends_on_is_in_the_digest(name: str) -> None:
    assert with_values(**{name: "another"}) != with_values()


@pytest.mark.parametrize("name", ["authorizeUrl", "revokeUrl"])
def test_the_urls_are_in_the_digest(name: str) -> None:
    assert with_values(**{name: "https://another.example/"}) != with_values()


def test_other_values_and_the_way_they_are_entered_are_not() -> None:
    assert with_values(note="another") == with_values()
    layered = replace(
        INPUTS,
        values={},
        builder={"clientId": "the-client"},
        template=replace(a_template().fill, values={"clientSecret": "the-secret"}),
    )
    assert inputs_digest(layered) == inputs_digest(INPUTS)


def test_the_salt_keeps_the_digests_of_two_connections_apart() -> None:
    assert inputs_digest(replace(INPUTS, salt="another")) != inputs_digest(INPUTS)


@pytest.mark.parametrize("changed", ["value", "sent along"])
def test_of_client_credentials_whatever_may_be_sent_is_in_the_digest(changed: str) -> None:
    definition = a_definition(oauth2Type="client_credentials")
    definition["inputs"] = {**definition["inputs"], "note": TEXT}
    inputs = replace(INPUTS, definition=definition)
    config = {"oauth2Config": {"allowedTokenParams": ["note"]}}
    another = replace(inputs, definition={**definition, **config})
    if changed == "value":
        another = replace(inputs, values={**inputs.values, "note": "another"})

    assert inputs_digest(inputs) == inputs_digest(replace(inputs))
    assert inputs_digest(another) != inputs_digest(inputs)


def test_a_template_that_is_not_filled_in_has_a_digest_too() -> None:
    assert with_values(shop="") not in (None, with_values())


def test_without_a_salt_or_without_oauth_there_is_none() -> None:
    assert inputs_digest(replace(INPUTS, salt="")) is None
    assert inputs_digest(replace(INPUTS, definition=CUSTOM)) is None


def test_a_grant_is_issued_under_what_holds_now() -> None:
    filled = replace(INPUTS, template=replace(a_template().fill, values={"clientId": "filled"}))

    issuance = issuance_of(filled)

    assert issuance.values == {"clientId": "filled", "clientSecret": "the-secret"}
    assert issuance.inputs_digest == inputs_digest(filled)


def test_no_link_is_made_while_inputs_are_missing(offered: World, clock: ManualClock) -> None:
    offered.inputs_by_id[CONNECTION] = replace(INPUTS, values={})
    offers = AuthorizationOffers(
        connections=offered.connections,
        customers=offered.customers,
        organization=offered.organization_profiles,
        flows=offered.flows,
        clock=clock,
    )

    with pytest.raises(ConfigurationIncomplete, match="clientId, clientSecret") as error:
        offers.offer(CONNECTION, KEY)

    assert [each.pointer for each in error.value.problems] == [
        "#/connection/values/clientId",
        "#/connection/values/clientSecret",
    ]


def test_nobody_is_sent_to_consent_without_a_client_id(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    offered.inputs_by_id[CONNECTION] = replace(INPUTS, values={})

    with pytest.raises(Misconfigured, match="there is no value for clientId"):
        beginner.begin(LINK, "the-browser", VISIT)


def test_credentials_without_oauth_are_handed_out_when_they_are_complete(
    reader: CredentialsReader, world: World, invocation: Invocation
) -> None:
    plain = some_inputs(definition=CUSTOM, values={}, variable_key="My Acme")
    world.inputs_by_id[CONNECTION] = plain
    with pytest.raises(ConfigurationIncomplete):
        reader.read(CONNECTION, timedelta(), invocation)

    world.inputs_by_id[CONNECTION] = replace(plain, builder={"apiKey": "of-builder"})
    credentials = reader.read(CONNECTION, timedelta(), invocation)

    assert (credentials.key, credentials.config_var_key) == ("custom", "My Acme")
    assert credentials.fields == {"apiKey": "of-builder"}
