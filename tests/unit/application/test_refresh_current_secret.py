"""A client secret that is refused: the one that was entered since is taken up."""

from dataclasses import replace
from typing import Any

import pytest

from connections.application.issuing import issuance_of
from connections.application.ports import NoAnswer, SealBroken
from connections.application.refresh_outcome import Result
from connections.application.settled_state import settled
from connections.domain.client_registration import Tally
from connections.domain.connection import Inputs, Reason, Status
from connections.domain.errors import Unavailable
from connections.domain.failure import FailureKind
from connections.domain.grant import Issuance
from connections.domain.log_entry import Event
from connections.domain.refresh import Cause, Need
from tests.builders import (
    NOW,
    REGISTRATION,
    a_connection,
    a_definition,
    a_failure,
    a_grant,
    some_inputs,
)
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.parts import (
    DUE,
    INSTANT,
    SPENDING,
    Refresh,
    issued_earlier,
    new_tokens,
    refused,
    state,
    stored,
)

OLD = {"clientId": "the-client", "clientSecret": "the-old-secret"}
NEW = {**OLD, "clientSecret": "the-new-secret"}


def inputs_with(values: dict[str, Any], **changes: Any) -> Inputs:
    return some_inputs(**{"values": values, "salt": "the-salt", **changes})


def connected_under(world: World, former: Inputs, now: Inputs, **issuance: Any) -> Issuance:
    """Let a grant be issued under some inputs, and others be entered since."""
    given = issuance_of(former, **issuance)
    grant = a_grant(tokens=issued_earlier(), issuance=given)
    digest = given.inputs_digest
    connection = a_connection(inputs_digest=digest, grant_inputs_digest=digest)
    world.holding(settled(connection, now), now, grant)
    return given


def sent(server: ScriptedServer) -> list[tuple[object, object]]:
    forms = [request.form for request in server.requests]
    return [(form["refresh_token"], form["client_secret"]) for form in forms]


def test_the_secret_that_was_entered_since_is_taken_up(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    connected_under(world, inputs_with(OLD), inputs_with(NEW))
    assert state(world).told_reason is Reason.INPUTS_CHANGED
    server.answers.extend([refused("invalid_client", 401), new_tokens()])

    assert refresh(DUE).result is Result.REFRESHED

    assert sent(server) == [("refresh-1", "the-old-secret"), ("refresh-1", "the-new-secret")]
    assert stored(world).issuance == issuance_of(inputs_with(NEW))
    assert (state(world).status, state(world).told_reason) == (Status.ACTIVE, None)
    assert state(world).registration == REGISTRATION
    [entry] = world.entries
    assert entry.event is Event.REFRESHED
    assert "entered since works" in entry.detail


def test_the_next_refresh_uses_it_at_once(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    connected_under(world, inputs_with(OLD), inputs_with(NEW))
    server.answers.extend([refused("invalid_client", 401), new_tokens(), new_tokens()])
    refresh(DUE)
    world.holding(a_connection(generation=2, inputs_digest=stored(world).issuance.inputs_digest))

    refresh(Need(cause=Cause.DUE, since=NOW + INSTANT))

    assert sent(server)[2:] == [("refresh-2", "the-new-secret")]


def test_while_the_former_works_it_is_used(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    connected_under(world, inputs_with(OLD), inputs_with(NEW))
    server.answers.append(new_tokens())

    refresh(DUE)

    assert sent(server) == [("refresh-1", "the-old-secret")]
    assert state(world).told_reason is Reason.INPUTS_CHANGED
    assert state(world).registration is None
    assert world.entries == []


def test_a_secret_that_is_refused_as_well_is_the_operators_fault(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    given = connected_under(world, inputs_with(OLD), inputs_with(NEW))
    server.answers.extend([refused("invalid_client", 401)] * 2)

    assert refresh(DUE).result is Result.FAILED

    assert len(server.requests) == 2
    assert state(world).reason is Reason.OPERATOR_ACTION_REQUIRED
    assert stored(world).issuance == given
    noted = world.registrations_by_id[REGISTRATION]
    assert noted.window == Tally(refused=1), "the old one says nothing of those with the new"


def test_an_answer_that_is_lost_then_is_unknown(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    connected_under(world, inputs_with(OLD), inputs_with(NEW))
    lost = NoAnswer(a_failure(FailureKind.UNKNOWN))
    server.answers.extend([refused("invalid_client", 401), lost])

    refresh(DUE)

    assert (state(world).reason, state(world).spending) == (Reason.OUTCOME_UNKNOWN, SPENDING)


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(inputs_with({**NEW, "clientId": "another-client"}), id="of another client"),
        pytest.param(
            inputs_with({**NEW, "tokenUrl": "https://other.example/token"}), id="at another server"
        ),
        pytest.param(
            inputs_with({**NEW, "tokenUrl": "https://acme.example/tenants/mallory/token"}),
            id="at another place of the server",
        ),
        pytest.param(inputs_with({**OLD, "scopes": "read"}), id="the same secret"),
        pytest.param(inputs_with({"clientSecret": "the-new-secret"}), id="of nobody"),
    ],
)
def test_no_other_secret_is_sent(
    refresh: Refresh, server: ScriptedServer, world: World, now: Inputs
) -> None:
    connected_under(world, inputs_with(OLD), now)
    server.answers.append(refused("invalid_client", 401))

    assert refresh(DUE).result is Result.FAILED
    assert len(server.requests) == 1


def test_no_secret_is_looked_for_where_the_inputs_are_those_of_the_grant(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    connected_under(world, inputs_with(OLD), inputs_with(OLD))
    server.answers.append(refused("invalid_client", 401))

    refresh(DUE)

    assert len(server.requests) == 1
    assert "connections.with_inputs" not in world.calls


@pytest.mark.parametrize("answer", [refused("invalid_grant"), refused("slow_down", 429)])
def test_only_a_refused_client_has_its_secret_replaced(
    refresh: Refresh, server: ScriptedServer, world: World, answer: Any
) -> None:
    connected_under(world, inputs_with(OLD), inputs_with(NEW))
    server.answers.append(answer)

    refresh(DUE)

    assert len(server.requests) == 1


def test_what_else_has_changed_waits_for_a_new_consent(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    connected_under(world, inputs_with(OLD), inputs_with({**NEW, "scopes": "read send"}))
    server.answers.extend([refused("invalid_client", 401), new_tokens()])

    refresh(DUE)

    values = stored(world).issuance.values
    assert (values["clientSecret"], values.get("scopes")) == ("the-new-secret", None)
    assert state(world).told_reason is Reason.INPUTS_CHANGED


def test_scopes_that_were_asked_for_besides_stay(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    connected_under(world, inputs_with(OLD), inputs_with(NEW), scopes=["send"])
    server.answers.extend([refused("invalid_client", 401), new_tokens()])

    refresh(DUE)

    assert stored(world).issuance.values["scopes"] == "read write send"
    assert state(world).told_reason is None


def test_a_key_in_place_of_a_secret_is_taken_up(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    definition = a_definition(provider={"clientAuthentication": "client_secret_post"})
    definition["inputs"]["privateKey"] = {"type": "password", "label": "Key"}
    former = inputs_with({**OLD, "privateKey": "an-old-key"}, definition=definition)
    connected_under(world, former, inputs_with(NEW, definition=definition))
    server.answers.extend([refused("invalid_client", 401), new_tokens()])

    refresh(DUE)

    assert "privateKey" not in stored(world).issuance.values


def test_a_connection_that_is_deleted_meanwhile_fails_as_it_would_have(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    connected_under(world, inputs_with(OLD), inputs_with(NEW))
    server.answers.append(refused("invalid_client", 401))
    world.meanwhile("connections.with_inputs", world.connections_by_id.clear)

    assert refresh(DUE).result is Result.FAILED


@pytest.mark.parametrize("error", [Unavailable("no answer"), SealBroken("changed")])
def test_a_refusal_is_on_record_also_where_no_other_secret_can_be_looked_for(
    refresh: Refresh, server: ScriptedServer, world: World, error: Exception
) -> None:
    connected_under(world, inputs_with(OLD), inputs_with(NEW))
    server.answers.append(refused("invalid_client", 401))
    world.fail("connections.with_inputs", error=error)

    assert refresh(DUE).result is Result.FAILED
    assert state(world).reason is Reason.OPERATOR_ACTION_REQUIRED
    assert (state(world).claim, state(world).spending) == (None, None)


def test_a_server_that_was_found_by_its_metadata_gets_the_new_secret_too(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    metadata_url = "https://acme.example/.well-known/oauth-authorization-server"
    definition = a_definition(provider={"metadataUrl": metadata_url})
    definition["inputs"]["tokenUrl"] = {"type": "string", "label": "Text"}
    given = connected_under(
        world, inputs_with(OLD, definition=definition), inputs_with(NEW, definition=definition)
    )
    found = {"tokenUrl": "https://acme.example/token"}
    grant = replace(stored(world), issuance=replace(given, metadata=found))
    world.holding(state(world), grant=grant)
    server.answers.extend([refused("invalid_client", 401), new_tokens()])

    assert refresh(DUE).result is Result.REFRESHED
    assert stored(world).issuance.metadata == found
