"""The contracts of `SealedTokens` and `SealedRevocations`: grants that pass through unopened."""

import pytest

from connections.domain.grant import Grant, SealedGrant
from connections.domain.identifiers import ConnectionId, GrantId
from tests.builders import CONNECTION, GRANT, a_grant, a_token_set
from tests.integration.contracts.ports import Ports

OTHER = ConnectionId("con_00000000000000000000000002")
ANOTHER_GRANT = GrantId("gra_00000000000000000000000002")


def sealed(ports: Ports, connection_id: ConnectionId = CONNECTION) -> SealedGrant:
    grant = ports.sealed_tokens.get(connection_id)
    assert grant is not None
    return grant


def test_a_grant_says_unopened_what_it_is_of(ports: Ports) -> None:
    ports.tokens.begin(a_grant(generation=7))

    grant = sealed(ports)

    assert (grant.connection_id, grant.grant_id, grant.generation) == (CONNECTION, GRANT, 7)
    assert not [each for each in ("access-1", "refresh-1", "the-secret") if each in repr(grant)]
    assert sealed(ports) == grant


def test_where_no_grant_is_there_is_none(ports: Ports) -> None:
    ports.tokens.begin(a_grant())

    assert ports.sealed_tokens.get(OTHER) is None


def test_a_grant_is_deleted_at_its_generation(ports: Ports) -> None:
    ports.tokens.begin(a_grant())
    ports.tokens.begin(a_grant(connection_id=OTHER))

    assert ports.sealed_tokens.delete(sealed(ports))

    assert ports.tokens.get(CONNECTION) is None
    assert ports.tokens.get(OTHER) == a_grant(connection_id=OTHER)


def test_deleting_what_is_gone_succeeds(ports: Ports) -> None:
    ports.tokens.begin(a_grant())
    grant = sealed(ports)
    ports.tokens.delete(a_grant())

    assert ports.sealed_tokens.delete(grant)


@pytest.mark.parametrize(
    "successor",
    [a_grant(generation=2), a_grant(grant_id=ANOTHER_GRANT)],
    ids=["newer", "another"],
)
def test_a_grant_that_is_another_by_now_is_not_deleted(ports: Ports, successor: Grant) -> None:
    ports.tokens.begin(a_grant())
    grant = sealed(ports)
    if successor.grant_id == GRANT:
        assert ports.tokens.succeed(successor)
    ports.tokens.begin(successor)

    assert not ports.sealed_tokens.delete(grant)

    assert ports.tokens.get(CONNECTION) == successor


@pytest.mark.parametrize(
    "grant",
    [
        a_grant(context={"realmId": "9"}),
        a_grant(generation=3, tokens=a_token_set(refresh_token=None, expires_at=None)),
    ],
    ids=["usual", "bare"],
)
def test_a_grant_that_was_handed_over_sealed_arrives_whole(ports: Ports, grant: Grant) -> None:
    ports.tokens.begin(grant)
    unopened = sealed(ports)
    ports.sealed_tokens.delete(unopened)

    ports.sealed_revocations.hand_over(unopened)

    assert ports.revocation_messages() == [grant]


def test_a_grant_handed_over_arrives_at_the_generation_that_it_was_read_at(ports: Ports) -> None:
    ports.tokens.begin(a_grant())
    unopened = sealed(ports)
    ports.tokens.succeed(a_grant().succeeded_by(a_token_set(refresh_token="refresh-2")))

    ports.sealed_revocations.hand_over(unopened)

    assert ports.revocation_messages() == [a_grant()]
