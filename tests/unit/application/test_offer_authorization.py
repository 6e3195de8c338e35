"""Offering a link under which a customer may press CONNECT."""

from datetime import timedelta

import pytest

from connections.application.offer_authorization import AuthorizationOffers
from connections.domain.caller import ORGANIZATION, Owner
from connections.domain.errors import NotFound, NotOAuth
from connections.domain.flow import Authorization
from connections.domain.identifiers import ConnectionId, authorization_id
from connections.oauth.authorization import digest
from tests.builders import ADA, CONNECTION, NOW, a_connection, a_customer, a_new_connection
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.parts import same_bytes


@pytest.fixture
def offers(world: World, clock: ManualClock) -> AuthorizationOffers:
    return AuthorizationOffers(
        connections=world.connections,
        customers=world.customers,
        flows=world.flows,
        clock=clock,
        randomness=same_bytes,
    )


@pytest.mark.parametrize("owner", [ORGANIZATION, ADA])
def test_an_offer_lasts_an_hour_and_is_the_connections_owners(
    offers: AuthorizationOffers, world: World, owner: Owner
) -> None:
    world.holding(a_new_connection(owner=owner))

    offered = offers.offer(CONNECTION)

    assert offered.authorization == Authorization(
        id=authorization_id(NOW, same_bytes),
        link_digest=digest(offered.link),
        connection_id=CONNECTION,
        owner=owner,
        expires_at=NOW + timedelta(hours=1),
    )
    assert world.authorizations == {offered.authorization.id: offered.authorization}


def test_an_offer_names_the_customer_whose_connection_it_is(
    offers: AuthorizationOffers, world: World
) -> None:
    world.holding(a_new_connection(owner=ADA))
    world.customers.add(a_customer(name="Acme & Söhne"))

    assert offers.offer(CONNECTION).authorization.customer_name == "Acme & Söhne"


def test_a_connection_that_is_connected_may_be_connected_again(
    offers: AuthorizationOffers, world: World
) -> None:
    assert offers.offer(CONNECTION).authorization.connection_id == CONNECTION


def test_a_link_is_the_id_and_a_secret_that_nobody_keeps(
    offers: AuthorizationOffers, world: World
) -> None:
    offered = offers.offer(CONNECTION)

    assert offered.link.startswith(offered.authorization.id)
    assert len(offered.link) == len(offered.authorization.id) + 32
    assert offered.link not in repr(offered) + repr(world.authorizations)


def test_no_link_can_be_guessed_from_another(world: World, clock: ManualClock) -> None:
    offers = AuthorizationOffers(
        connections=world.connections,
        customers=world.customers,
        flows=world.flows,
        clock=clock,
    )

    one, other = offers.offer(CONNECTION), offers.offer(CONNECTION)

    assert one.authorization.id[14:] != other.authorization.id[14:]
    assert one.link[30:] != other.link[30:]
    assert len(world.authorizations) == 2


def test_a_connection_that_is_not_there_is_offered_to_nobody(
    offers: AuthorizationOffers, world: World
) -> None:
    with pytest.raises(NotFound):
        offers.offer(ConnectionId("con_" + "9" * 26))

    assert world.authorizations == {}


def test_a_connection_that_is_not_oauth_has_nothing_to_authorize(
    offers: AuthorizationOffers, world: World
) -> None:
    world.holding(a_connection(oauth=False))

    with pytest.raises(NotOAuth):
        offers.offer(CONNECTION)

    assert world.authorizations == {}
