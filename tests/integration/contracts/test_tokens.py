"""The contracts of `Tokens` and `Readings`: the truth about grants."""

from dataclasses import replace

import pytest

from connections.application.ports import SealBroken
from connections.domain.grant import Account, Grant
from connections.domain.identifiers import ConnectionId, GrantId
from tests.builders import (
    CONNECTION,
    a_grant,
    a_new_connection,
    a_token_set,
    an_issuance,
    some_inputs,
)
from tests.integration.contracts.ports import Ports

OTHER = ConnectionId("con_00000000000000000000000002")
ANOTHER_GRANT = GrantId("gra_00000000000000000000000002")


def successor(generation: int = 2, **changes: object) -> Grant:
    tokens = a_token_set(refresh_token=f"refresh-{generation}")
    return replace(a_grant(tokens=tokens, generation=generation), **changes)  # type: ignore[arg-type]


def test_getting_ready_stores_nothing(ports: Ports) -> None:
    ports.tokens.ready()

    assert ports.tokens.get(CONNECTION) is None


def test_a_grant_is_read_back_as_it_was_stored(ports: Ports) -> None:
    ports.tokens.begin(a_grant())

    assert ports.tokens.get(CONNECTION) == a_grant()
    assert ports.tokens.get(OTHER) is None


def test_a_grant_stands_in_anothers_place_only_if_so_wanted(ports: Ports) -> None:
    another = a_grant(grant_id=ANOTHER_GRANT)

    assert ports.tokens.begin(a_grant(), in_place=False)
    assert not ports.tokens.begin(another, in_place=False)
    assert ports.tokens.get(CONNECTION) == a_grant()
    assert ports.tokens.begin(another)
    assert ports.tokens.get(CONNECTION) == another


@pytest.mark.parametrize("in_place", [True, False])
def test_a_grant_that_has_gone_on_does_not_begin_again(ports: Ports, in_place: bool) -> None:
    ports.tokens.begin(a_grant())
    ports.tokens.succeed(successor())

    assert ports.tokens.begin(a_grant(), in_place=in_place)

    assert ports.tokens.get(CONNECTION) == successor()


def test_a_grant_without_end_and_refresh_token_is_read_back_as_it_was_stored(ports: Ports) -> None:
    tokens = a_token_set(
        response={"access_token": "ä", "team": {"id": 7, "ids": [1.5, None, True]}},
        refresh_token=None,
        expires_at=None,
    )
    ports.tokens.begin(a_grant(tokens=tokens))

    assert ports.tokens.get(CONNECTION) == a_grant(tokens=tokens)


@pytest.mark.parametrize("account", [Account(id="ü", name="Ada"), Account(id="7")])
def test_whose_consent_it_is_and_what_the_server_said_are_kept(
    ports: Ports, account: Account
) -> None:
    issuance = replace(an_issuance(), metadata={"tokenUrl": "https://a", "issPromised": False})
    first = a_grant(account=account, issuance=issuance)
    ports.tokens.begin(first)

    assert ports.tokens.get(CONNECTION) == first
    second = first.succeeded_by(a_token_set(refresh_token="refresh-2"))
    assert ports.tokens.succeed(second)
    assert ports.tokens.get(CONNECTION) == second


def test_what_the_callback_brought_is_kept_over_all_generations(ports: Ports) -> None:
    first = a_grant(context={"realmId": "9", "location": "ü"})
    ports.tokens.begin(first)
    assert ports.tokens.get(CONNECTION) == first

    assert ports.tokens.succeed(first.succeeded_by(a_token_set(refresh_token="refresh-2")))

    found = ports.tokens.get(CONNECTION)
    assert found is not None
    assert (found.generation, found.context) == (2, {"realmId": "9", "location": "ü"})
    assert ports.readings.read(CONNECTION)[1] == found


def test_a_new_grant_takes_the_place_of_any_other(ports: Ports) -> None:
    ports.tokens.begin(a_grant(generation=7))

    ports.tokens.begin(a_grant(grant_id=ANOTHER_GRANT))

    assert ports.tokens.get(CONNECTION) == a_grant(grant_id=ANOTHER_GRANT)


def test_the_next_generation_takes_the_place_of_the_one_before(ports: Ports) -> None:
    ports.tokens.begin(a_grant())

    assert ports.tokens.succeed(successor())

    assert ports.tokens.get(CONNECTION) == successor()


def test_storing_a_generation_once_more_succeeds_and_changes_nothing(ports: Ports) -> None:
    ports.tokens.begin(a_grant())
    ports.tokens.succeed(successor())

    assert ports.tokens.succeed(successor())

    assert ports.tokens.get(CONNECTION) == successor()


@pytest.mark.parametrize("generation", [1, 3, 4])
def test_any_other_generation_is_refused_and_changes_nothing(ports: Ports, generation: int) -> None:
    ports.tokens.begin(a_grant())
    ports.tokens.succeed(successor())
    before = ports.tokens.get(CONNECTION)
    late = successor(generation) if generation != 3 else successor(3, grant_id=ANOTHER_GRANT)

    assert not ports.tokens.succeed(late)

    assert ports.tokens.get(CONNECTION) == before


def test_a_successor_of_another_grant_at_its_own_generation_is_refused(ports: Ports) -> None:
    ports.tokens.begin(a_grant(generation=2, grant_id=ANOTHER_GRANT))

    assert not ports.tokens.succeed(successor(2))

    assert ports.tokens.get(CONNECTION) == a_grant(generation=2, grant_id=ANOTHER_GRANT)


def test_a_successor_of_what_was_deleted_is_refused(ports: Ports) -> None:
    ports.tokens.begin(a_grant())
    ports.tokens.delete(a_grant())

    assert not ports.tokens.succeed(successor())

    assert ports.tokens.get(CONNECTION) is None


def test_a_grant_is_deleted_at_its_generation(ports: Ports) -> None:
    ports.tokens.begin(a_grant())
    ports.tokens.begin(a_grant(connection_id=OTHER))

    assert ports.tokens.delete(a_grant())

    assert ports.tokens.get(CONNECTION) is None
    assert ports.tokens.get(OTHER) == a_grant(connection_id=OTHER)


def test_deleting_what_is_not_there_succeeds(ports: Ports) -> None:
    assert ports.tokens.delete(a_grant())


@pytest.mark.parametrize(
    "stored", [a_grant(generation=2), a_grant(grant_id=ANOTHER_GRANT)], ids=["newer", "another"]
)
def test_a_grant_that_is_another_by_now_is_not_deleted(ports: Ports, stored: Grant) -> None:
    ports.tokens.begin(stored)

    assert not ports.tokens.delete(a_grant())

    assert ports.tokens.get(CONNECTION) == stored


def test_a_grant_of_another_connection_does_not_open(adapter_ports: Ports) -> None:
    adapter_ports.new_connections.add(a_new_connection(id=OTHER), some_inputs(connection_id=OTHER))
    adapter_ports.tokens.begin(a_grant())

    adapter_ports.copy_grant(CONNECTION, OTHER)

    with pytest.raises(SealBroken):
        adapter_ports.tokens.get(OTHER)
    with pytest.raises(SealBroken):
        adapter_ports.readings.read(OTHER)


def test_a_reading_has_inputs_and_grant(ports: Ports) -> None:
    ports.new_connections.add(a_new_connection(), some_inputs())
    ports.tokens.begin(a_grant())

    assert ports.readings.read(CONNECTION) == (some_inputs(), a_grant())
    assert ports.readings.read(OTHER) == (None, None)


def test_a_reading_has_what_there_is(ports: Ports) -> None:
    ports.new_connections.add(a_new_connection(), some_inputs())
    ports.tokens.begin(a_grant(connection_id=OTHER))

    assert ports.readings.read(CONNECTION) == (some_inputs(), None)
    assert ports.readings.read(OTHER) == (None, a_grant(connection_id=OTHER))


def test_a_reading_does_not_take_the_inputs_of_another_connection(adapter_ports: Ports) -> None:
    adapter_ports.new_connections.add(a_new_connection(), some_inputs())

    adapter_ports.copy_inputs(CONNECTION, OTHER)

    with pytest.raises(SealBroken):
        adapter_ports.readings.read(OTHER)
