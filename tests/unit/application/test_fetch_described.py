"""Client credentials of a server that describes itself: its metadata is read first."""

from dataclasses import replace
from typing import Any

import pytest

from connections.application.ports import NotSent
from connections.application.refresh import Refresher
from connections.application.refresh_outcome import Result
from connections.domain.connection import Reason
from tests.builders import CONNECTION, HOUR, NOW, a_failure
from tests.doubles.clock import ManualClock
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.fetching import ANSWER, entered, unfetched
from tests.unit.application.parts import DUE, RUN, Refresh, state, stored
from tests.unit.oauth.answers import an_answer

ISSUER = "https://acme.example"
OPENID = f"{ISSUER}/.well-known/openid-configuration"
METADATA = an_answer({"issuer": ISSUER, "token_endpoint": f"{ISSUER}/told-token"})


@pytest.fixture(autouse=True)
def _undescribed(world: World) -> None:
    """A connection whose definition leaves the token URL to its server."""
    inputs = entered()
    definition: dict[str, Any] = {**inputs.definition, "provider": {"issuer": ISSUER}}
    fields = dict(definition["inputs"])
    del fields["tokenUrl"], fields["authorizeUrl"]
    described = replace(inputs, definition={**definition, "inputs": fields})
    world.grants.clear()
    world.holding(unfetched(described), described)


def test_the_first_token_set_is_fetched_where_the_metadata_says(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    server.answers.extend([METADATA, ANSWER])

    assert refresh(DUE).result is Result.REFRESHED

    assert [each.url for each in server.requests] == [OPENID, f"{ISSUER}/told-token"]
    assert stored(world).issuance.metadata["tokenUrl"] == f"{ISSUER}/told-token"


def test_the_next_one_is_fetched_where_what_is_remembered_says(
    refresher: Refresher, server: ScriptedServer, world: World, clock: ManualClock
) -> None:
    server.answers.extend([METADATA, ANSWER])
    refresher.refresh(CONNECTION, DUE, RUN)
    clock.advance(HOUR / 2)
    world.holding(
        replace(state(world), refresh_at=clock.now()), world.inputs_by_id[CONNECTION], stored(world)
    )
    server.answers.append(replace(ANSWER, sent_at=clock.now()))

    later = replace(RUN, deadline=RUN.deadline + HOUR)
    again = refresher.refresh(CONNECTION, replace(DUE, since=clock.now()), later)

    assert again.result is Result.REFRESHED

    assert [each.url for each in server.requests][2:] == [f"{ISSUER}/told-token"]
    assert stored(world).generation == 2


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (NotSent(a_failure()), Reason.PROVIDER_UNAVAILABLE),
        (an_answer({"issuer": "https://evil.example"}), Reason.OPERATOR_ACTION_REQUIRED),
    ],
    ids=["does not answer", "speaks for another"],
)
def test_a_server_that_cannot_be_relied_on_is_sent_no_secret(
    refresh: Refresh, server: ScriptedServer, world: World, answer: Any, reason: Reason
) -> None:
    server.answers.append(answer)

    assert refresh(DUE).result is Result.FAILED

    assert state(world).reason is reason
    assert NOW < (state(world).refresh_at or NOW) < NOW + HOUR
    assert [each.method for each in server.requests] == ["GET"]
