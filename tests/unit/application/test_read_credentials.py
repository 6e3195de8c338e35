"""Reading credentials: a working access token while one exists, and never the refresh token."""

from dataclasses import replace

import pytest

from connections.application.read_credentials import Credentials, CredentialsReader
from connections.domain.errors import NotConnected, NotFound
from connections.domain.identifiers import ConnectionId
from tests.builders import (
    CONNECTION,
    HOUR,
    some_inputs,
)
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.credentials import FIELDS, FRESH, STORED
from tests.unit.application.parts import (
    DEADLINE,
    FIRST,
    INSTANT,
    RUN,
    new_tokens,
)


def test_a_token_that_lasts_is_handed_out_with_one_request(
    reader: CredentialsReader, world: World
) -> None:
    assert reader.read(CONNECTION, HOUR, RUN) == STORED
    assert world.calls == ["readings.read"]


def test_what_was_entered_wins_over_the_definitions_defaults(
    reader: CredentialsReader, world: World
) -> None:
    values = {"clientId": "c", "clientSecret": "s", "scopes": "admin"}
    world.inputs_by_id[CONNECTION] = some_inputs(values=values)

    assert reader.read(CONNECTION, HOUR, RUN).fields == {**FIELDS, **values}


def test_what_the_callback_brought_is_handed_out_with_the_token(
    reader: CredentialsReader, world: World
) -> None:
    world.grants[CONNECTION] = replace(FIRST, context={"realmId": "9"})

    assert reader.read(CONNECTION, HOUR, RUN) == replace(STORED, context={"realmId": "9"})


def test_a_connection_that_is_not_oauth_has_its_inputs_alone(
    reader: CredentialsReader, world: World
) -> None:
    text = {"type": "string", "label": "Text", "default": "https://api.acme.example"}
    definition = {"key": "apiKey", "label": "API key", "inputs": {"baseUrl": text}}
    world.inputs_by_id[CONNECTION] = some_inputs(definition=definition, values={"apiKey": "k"})

    assert reader.read(CONNECTION, HOUR, RUN) == Credentials(
        key="apiKey",
        fields={"baseUrl": "https://api.acme.example", "apiKey": "k"},
        token=None,
        context={},
        generation=None,
        expires_at=None,
    )
    assert world.calls == ["readings.read"]


def test_a_connection_that_nobody_created_is_not_found(reader: CredentialsReader) -> None:
    with pytest.raises(NotFound):
        reader.read(ConnectionId("con_" + "z" * 26), HOUR, RUN)


def test_what_is_not_connected_has_no_credentials(reader: CredentialsReader, world: World) -> None:
    world.grants.clear()

    with pytest.raises(NotConnected, match="has not connected"):
        reader.read(CONNECTION, HOUR, RUN)

    assert world.calls == ["readings.read"]


def test_a_token_that_does_not_last_is_refreshed_first(
    reader: CredentialsReader, server: ScriptedServer
) -> None:
    server.answers.append(new_tokens())

    assert reader.read(CONNECTION, HOUR + INSTANT, RUN) == FRESH
    assert [request.form["refresh_token"] for request in server.requests] == ["refresh-1"]
    assert server.deadlines == [DEADLINE]
