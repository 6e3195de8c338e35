"""Where every run begins: a connection of which a refresh is due, with its tokens."""

from collections.abc import Sequence
from datetime import timedelta

from connections.domain.grant import Issuance
from tests.builders import NOW, a_connection, a_grant, a_token_set, an_issuance, some_inputs
from tests.proof.explorer.actors import Actor
from tests.proof.explorer.instants import ALL, FIRST_LASTS, LIFETIME
from tests.proof.explorer.provider import Kind, Provider, facts
from tests.proof.explorer.space import Space
from tests.proof.explorer.states import Marks
from tests.proof.explorer.storage import COMMITS


def beginning(
    kind: Kind,
    actors: Sequence[Actor],
    *,
    mishaps: int = 1,
    moments: Sequence[int] = ALL,
    faults: frozenset[str] | None = COMMITS,
    late_rescues: bool = False,
) -> Space:
    """Return the space of everything that can happen.

    So many things may go wrong: bad answers of the server, crashes, and failures of those calls
    of storage that are named; None: of any.
    """
    issuance: Issuance = an_issuance(provider=facts(kind))
    ends = NOW + FIRST_LASTS
    tokens = a_token_set(
        response={"access_token": "a1", "token_type": "Bearer"},
        refresh_token="r1",
        issued_at=ends - LIFETIME,
        expires_at=ends,
    )
    connection = a_connection(
        expires_at=ends, refresh_at=NOW, updated_at=NOW - timedelta(minutes=2)
    )
    return Space(
        actors,
        (connection, a_grant(tokens=tokens, issuance=issuance), (), ()),
        Provider(kind=kind),
        Marks(mishaps=mishaps),
        some_inputs(definition=issuance.definition, values=issuance.values),
        moments=moments,
        faults=faults,
        late_rescues=late_rescues,
    )
