"""Races for what is stored once: token sets, flows, connections, client registrations.

Each is one round, on items of its own: it returns who won, and raises AssertionError when what is
stored in the end is not the winner's, or not exactly one won.
"""

from dataclasses import replace
from functools import partial

from connections.application.flow_ports import UsedFlow
from connections.domain.client_registration import Registration
from connections.domain.flow import Flow
from connections.domain.grant import Grant
from connections.domain.identifiers import ConnectionId, GrantId, RegistrationId
from tests.builders import NOW, a_flow, a_new_connection, some_inputs
from tests.proof.races.storage import ANOTHER, CONTENDERS, HOLDERS, Storage, successor_of


def commits(storage: Storage, name: str) -> str:
    grant = storage.connected(name)

    def seen() -> list[Grant | None]:
        return [storage.tokens.get(grant.connection_id) for _ in range(2 * CONTENDERS)]

    successors = [successor_of(grant, access_token=each) for each in HOLDERS]
    during, *_ = storage.together(
        seen, *(partial(storage.tokens.succeed, each) for each in successors)
    )
    stored = storage.tokens.get(grant.connection_id)
    assert stored in successors
    kinds = [each for each in (grant, stored) if each in during]
    assert [each for each in during if each not in kinds] == []
    changes = sum(one != other for one, other in zip(during, [*during[1:], stored], strict=True))
    assert changes <= 1, "what was stored was stored over"
    return "one"


def commit_and_disconnect(storage: Storage, name: str) -> str:
    grant = storage.connected(name)
    successor = successor_of(grant)
    winner = storage.one_of(
        [partial(storage.tokens.succeed, successor), partial(storage.tokens.delete, grant)]
    )
    stored = storage.tokens.get(grant.connection_id)
    assert stored == (None if winner else successor)
    return "the disconnect" if winner else "the commit"


def commit_and_reconnection(storage: Storage, name: str) -> str:
    grant = storage.connected(name)
    another = replace(grant, grant_id=ANOTHER)
    committed, begun = storage.together(
        partial(storage.tokens.succeed, successor_of(grant)), partial(storage.tokens.begin, another)
    )
    assert begun
    assert storage.tokens.get(grant.connection_id) == another
    return "the new grant over the commit" if committed else "the new grant"


def first_grants(storage: Storage, name: str) -> str:
    grant = storage.connected(name)
    assert storage.tokens.delete(grant)
    grants = [replace(grant, grant_id=GrantId(each)) for each in HOLDERS]
    winner = storage.one_of(
        [partial(storage.tokens.begin, each, in_place=False) for each in grants]
    )
    assert storage.tokens.get(grant.connection_id) == grants[winner]
    return "one"


def callbacks(storage: Storage, name: str) -> str:
    flow = a_flow(state_digest=name)
    storage.flows.begin(flow)
    taken = storage.together(*[partial(storage.flows.take, name, NOW)] * CONTENDERS)
    assert [each for each in taken if isinstance(each, Flow)] == [flow]
    assert sum(isinstance(each, UsedFlow) for each in taken) == CONTENDERS - 1
    return "one"


def new_connections(storage: Storage, name: str) -> str:
    connection_id = ConnectionId(f"con_{name}")
    added = [replace(a_new_connection(), id=connection_id, name=each) for each in HOLDERS]
    inputs = [
        some_inputs(connection_id=connection_id, values={"clientId": each}) for each in HOLDERS
    ]
    calls = [
        partial(storage.new_connections.add, *each) for each in zip(added, inputs, strict=True)
    ]
    winner = storage.one_of(calls)
    stored = storage.connections.with_inputs(connection_id)
    assert stored == (added[winner], inputs[winner])
    return "one"


def registrations(storage: Storage, name: str) -> str:
    registration_id = RegistrationId(f"reg_{name}")
    for revision in (0, 1):
        read = [Registration(id=registration_id, host=each, revision=revision) for each in HOLDERS]
        winner = storage.one_of([partial(storage.registrations.save, each, NOW) for each in read])
        stored = storage.registrations.many([registration_id])[registration_id]
        assert (stored.host, stored.revision) == (HOLDERS[winner], revision + 1)
    return "one"
