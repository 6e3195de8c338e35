"""Client credentials, as those meet them who make, change, CONNECT and disconnect."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connections.application.change_connection import ConnectionEditor, WantedChange
from connections.application.disconnect import Disconnecter
from connections.application.offer_authorization import AuthorizationOffers
from connections.domain.connection import Reason, Status
from connections.domain.errors import (
    NoConsent,
    Unavailable,
)
from connections.domain.log_entry import Event
from connections.domain.revocation import Revocation
from connections.oauth.addresses import AllowedHosts
from tests.builders import CONNECTION, HOUR, NOW, a_connection, a_definition
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.configuring import ORGANIZATION
from tests.unit.application.creating import a_creator, publish, wanting
from tests.unit.application.fetching import enter, entered, fetched_earlier, unfetched
from tests.unit.application.parts import (
    RUN,
    same_bytes,
    state,
    stored,
)

ANY = timedelta()


@pytest.fixture(autouse=True)
def _unfetched(world: World) -> None:
    """In place of the world's connection: one for which nothing was fetched yet."""
    world.grants.clear()
    world.holding(unfetched(), entered())


def disconnected(world: World) -> None:
    world.holding(replace(unfetched(), reason=Reason.DISCONNECTED, refresh_at=None))


# --- CONNECT and DISCONNECT -----------------------------------------------------------------------


def test_nobody_is_sent_to_consent(world: World, clock: ManualClock) -> None:
    offers = AuthorizationOffers(
        connections=world.connections,
        customers=world.customers,
        organization=world.organization_profiles,
        flows=world.flows,
        clock=clock,
    )

    with pytest.raises(NoConsent, match=f"POST /connections/{CONNECTION}/refresh"):
        offers.offer(CONNECTION, ORGANIZATION)

    assert world.authorizations == {}


def test_a_disconnect_before_the_first_fetch_switches_it_off(
    disconnecter: Disconnecter, world: World
) -> None:
    before = state(world)

    assert disconnecter.disconnect(CONNECTION, RUN) is Revocation.NOT_SUPPORTED

    now = state(world)
    assert (now.reason, now.refresh_at) == (Reason.DISCONNECTED, None)
    assert now.fence == before.fence + 1
    (entry,) = world.entries
    assert (entry.event, entry.detail) == (
        Event.DISCONNECTED,
        "There was no access token. None is fetched until the connection is refreshed.",
    )


def test_disconnecting_again_changes_nothing(disconnecter: Disconnecter, world: World) -> None:
    disconnected(world)
    before = state(world)

    assert disconnecter.disconnect(CONNECTION, RUN) is Revocation.NOT_SUPPORTED

    assert (state(world), world.entries) == (before, [])


def test_a_disconnect_that_meets_the_first_fetch_is_to_be_tried_again(
    disconnecter: Disconnecter, world: World
) -> None:
    world.meanwhile("states.disconnected", lambda: fetched_earlier(world))

    with pytest.raises(Unavailable, match="being fetched"):
        disconnecter.disconnect(CONNECTION, RUN)

    assert disconnecter.disconnect(CONNECTION, RUN) is Revocation.REVOKED
    assert state(world).reason is Reason.DISCONNECTED


def test_a_disconnect_revokes_the_access_token(disconnecter: Disconnecter, world: World) -> None:
    grant = fetched_earlier(world)

    assert disconnecter.disconnect(CONNECTION, RUN) is Revocation.REVOKED

    assert (world.to_revoke, CONNECTION in world.grants) == ([grant], False)


# --- Making and changing --------------------------------------------------------------------------


def test_a_complete_connection_is_due_as_soon_as_it_is_made(
    world: World, clock: ManualClock
) -> None:
    publish(world, a_definition(oauth2Type="client_credentials"))

    made, _ = a_creator(world, clock).create(wanting())

    assert (made.oauth, made.client_credentials) == (True, True)
    assert (made.status, made.reason) == (Status.PENDING, Reason.NOT_CONNECTED)
    assert made.refresh_at == clock.now()
    assert world.entries[0].detail == (
        "The connection was created. Its access token is fetched by itself."
    )


def test_one_with_consent_is_not(world: World, clock: ManualClock) -> None:
    made, _ = a_creator(world, clock).create(wanting())

    assert (made.client_credentials, made.refresh_at) == (False, None)


def test_no_authorize_url_is_needed(world: World, clock: ManualClock) -> None:
    definition = a_definition(oauth2Type="client_credentials")
    definition["inputs"]["authorizeUrl"] = {"type": "string", "label": "Authorize URL"}
    publish(world, definition)

    made, _ = a_creator(world, clock).create(wanting())

    assert made.reason is Reason.NOT_CONNECTED


def test_changed_values_are_due_at_once_and_the_log_says_so(world: World) -> None:
    fetched_earlier(world, refresh_at=NOW + HOUR)
    editor = ConnectionEditor(
        connections=world.connections,
        changed=world.held,
        deletions=world.deletions,
        logbook=world.logbook,
        clock=ManualClock(NOW + timedelta(minutes=1)),
        hosts=AllowedHosts.parse(""),
        randomness=same_bytes,
    )

    editor.change(CONNECTION, WantedChange(values={"clientSecret": "another-secret"}))

    assert state(world).refresh_at == NOW + timedelta(minutes=1)
    assert state(world).told_reason is Reason.INPUTS_CHANGED
    assert world.entries[0].detail == (
        "Values were changed: clientSecret. The access token goes on until one is fetched under"
        " the new inputs."
    )
    editor.change(CONNECTION, WantedChange(name="Another name"))
    assert stored(world).generation == 1


def test_a_consent_is_not_taken_anew_when_values_change(world: World, clock: ManualClock) -> None:
    world.holding(a_connection(refresh_at=None), entered())

    enter(world, clientId="another-client")

    assert state(world).refresh_at is None
