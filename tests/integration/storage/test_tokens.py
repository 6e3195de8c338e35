"""The tokens items: one generation after the other, and nothing late."""

from dataclasses import replace

from connections.domain.identifiers import ConnectionId, GrantId
from tests.builders import CONNECTION, a_grant, a_new_connection, a_token_set, some_inputs
from tests.integration.storage.conftest import Adapters

NEXT = a_token_set(refresh_token="refresh-2", response={"access_token": "access-2"})


def test_a_grant_reads_back_whole(adapters: Adapters, requests: list[str]) -> None:
    grant = a_grant(tokens=a_token_set(expires_at=None, refresh_token=None))
    adapters.tokens.begin(grant)
    adapters.tokens.get(CONNECTION)
    requests.clear()
    assert adapters.tokens.get(CONNECTION) == grant
    assert requests == ["GetItem"]


def test_there_is_no_grant_before_the_first(adapters: Adapters) -> None:
    assert adapters.tokens.get(CONNECTION) is None


def test_a_successor_takes_its_predecessors_place(adapters: Adapters, requests: list[str]) -> None:
    adapters.tokens.ready()
    adapters.tokens.begin(a_grant())
    requests.clear()
    assert adapters.tokens.succeed(a_grant().succeeded_by(NEXT))
    assert requests == ["PutItem"]
    assert adapters.tokens.get(CONNECTION) == a_grant(generation=2, tokens=NEXT)


def test_a_successor_that_is_stored_already_is_stored(adapters: Adapters) -> None:
    adapters.tokens.begin(a_grant())
    successor = a_grant().succeeded_by(NEXT)
    assert adapters.tokens.succeed(successor)
    assert adapters.tokens.succeed(successor)


def test_a_successor_of_what_is_not_stored_is_refused(adapters: Adapters) -> None:
    successor = a_grant().succeeded_by(NEXT)
    assert not adapters.tokens.succeed(successor)
    assert adapters.tokens.get(CONNECTION) is None
    for stored in (a_grant(generation=3), a_grant(grant_id=GrantId("gra_new"), generation=1)):
        adapters.tokens.begin(stored)
        assert not adapters.tokens.succeed(successor)
        assert adapters.tokens.get(CONNECTION) == stored


def test_another_grants_same_generation_is_no_proof_that_ours_is_stored(
    adapters: Adapters,
) -> None:
    stored = a_grant(grant_id=GrantId("gra_new"), generation=2)
    adapters.tokens.begin(stored)
    assert not adapters.tokens.succeed(a_grant().succeeded_by(NEXT))


def test_a_grant_is_deleted_at_its_generation_only(adapters: Adapters) -> None:
    stored = a_grant(generation=2)
    adapters.tokens.begin(stored)
    assert not adapters.tokens.delete(a_grant(generation=1))
    assert not adapters.tokens.delete(replace(stored, grant_id=GrantId("gra_other")))
    assert adapters.tokens.get(CONNECTION) == stored
    assert adapters.tokens.delete(stored)
    assert adapters.tokens.get(CONNECTION) is None
    assert adapters.tokens.delete(stored)


def test_a_reading_has_inputs_and_grant_in_one_request(
    adapters: Adapters, requests: list[str]
) -> None:
    adapters.new_connections.add(a_new_connection(), some_inputs())
    adapters.tokens.begin(a_grant())
    requests.clear()
    assert adapters.readings.read(CONNECTION) == (some_inputs(), a_grant())
    assert [each for each in requests if each != "Decrypt"][:1] == ["BatchGetItem"]
    requests.clear()
    adapters.readings.read(CONNECTION)
    assert requests == ["BatchGetItem"]


def test_a_reading_of_nothing_has_nothing(adapters: Adapters) -> None:
    assert adapters.readings.read(ConnectionId("con_none")) == (None, None)
