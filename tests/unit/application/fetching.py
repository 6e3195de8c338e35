"""A connection of client credentials, for the tests of who fetches its tokens."""

from dataclasses import replace
from typing import Any

from connections.application.issuing import issuance_of
from connections.application.settled_state import settled
from connections.domain.connection import Connection, Inputs, Status
from connections.domain.grant import Grant
from tests.builders import HOUR, NOW, a_definition, a_grant, a_new_connection, some_inputs
from tests.doubles.world import World
from tests.unit.application.parts import issued_earlier, state
from tests.unit.oauth.answers import an_answer

FORM = {
    "grant_type": "client_credentials",
    "scope": "read write",
    "client_id": "the-client",
    "client_secret": "the-secret",
}
ANSWER = an_answer({"access_token": "access-2", "token_type": "Bearer", "expires_in": 7200})


def entered(**values: Any) -> Inputs:
    """Return the inputs with these values in place of the ones that there are."""
    given = {"clientId": "the-client", "clientSecret": "the-secret", **values}
    definition = a_definition(oauth2Type="client_credentials")
    return some_inputs(definition=definition, values=given, salt="the-salt")


def unfetched(inputs: Inputs | None = None, **changes: Any) -> Connection:
    """Return a connection that was made just now and for which nothing was fetched yet."""
    new = a_new_connection(client_credentials=True, updated_at=NOW, **changes)
    return settled(new, inputs or entered())


def fetched_earlier(world: World, **changes: Any) -> Grant:
    """Let the world hold a connection whose token was fetched an hour ago."""
    issuance = issuance_of(entered())
    tokens = issued_earlier(refresh_token=None)
    grant = a_grant(issuance=issuance, tokens=tokens)
    defaults: dict[str, Any] = {
        "status": Status.ACTIVE,
        "reason": None,
        "grant_id": grant.grant_id,
        "generation": 1,
        "expires_at": NOW + HOUR,
        "refresh_at": NOW,
        "grant_inputs_digest": issuance.inputs_digest,
    }
    world.holding(replace(unfetched(), **{**defaults, **changes}), entered(), grant)
    return grant


def enter(world: World, **values: Any) -> None:
    """Do what a change of values does to storage."""
    inputs = entered(**values)
    changed = replace(state(world), updated_at=NOW)
    world.holding(settled(changed, inputs), inputs)
