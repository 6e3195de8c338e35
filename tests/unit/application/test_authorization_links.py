"""A link: what its page says before the consent, and how long it leads anywhere."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connections.application.begin_authorization import AuthorizationBeginner, Confirmation
from connections.domain.errors import NotFound
from connections.domain.identifiers import AuthorizationLink
from tests.builders import AUTHORIZATION, LINK
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.flows import OFFER, VISIT, defined_as
from tests.unit.application.parts import INSTANT


def test_the_page_says_what_is_about_to_be_connected_and_changes_nothing(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    offer = replace(OFFER, customer_name="Acme Inc.")
    offered.authorizations[AUTHORIZATION] = offer

    assert beginner.confirm(LINK, VISIT) == Confirmation(
        connection_name="Acme of Ada",
        customer_name="Acme Inc.",
        definition_label="Acme OAuth 2.0",
        authorize_url="https://acme.example/authorize",
    )
    assert offered.calls == ["flows.offered", "connections.with_inputs"]
    assert offered.authorizations == {AUTHORIZATION: offer}


def test_the_page_names_the_authorize_url_that_was_entered(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    defined_as(offered, {"authorizeUrl": "https://eu.acme.example/authorize"})

    confirmation = beginner.confirm(LINK, VISIT)

    assert confirmation.authorize_url == "https://eu.acme.example/authorize"


@pytest.mark.parametrize(
    ("link", "after"),
    [
        (LINK, timedelta(hours=1)),
        (AuthorizationLink("aut_" + "1" * 58), timedelta()),
        # What stands in logs and in the audit opens nothing.
        (AuthorizationLink(AUTHORIZATION), timedelta()),
        (AuthorizationLink(AUTHORIZATION + "1" * 32), timedelta()),
        (AuthorizationLink(LINK + "0"), timedelta()),
    ],
)
def test_a_link_that_has_expired_or_was_never_made_leads_nowhere(
    beginner: AuthorizationBeginner,
    offered: World,
    clock: ManualClock,
    link: AuthorizationLink,
    after: timedelta,
) -> None:
    clock.advance(after)

    for follow in (
        lambda each: beginner.confirm(each, VISIT),
        lambda each: beginner.begin(each, "the-browser", VISIT),
    ):
        with pytest.raises(NotFound, match="link was used, has expired, or was never made"):
            follow(link)

    assert (offered.flows_by_digest, offered.entries) == ({}, [])


def test_a_link_under_which_somebody_connected_leads_nowhere(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    offered.authorizations[AUTHORIZATION] = replace(OFFER, taken=True)

    for follow in (
        lambda each: beginner.confirm(each, VISIT),
        lambda each: beginner.begin(each, "the-browser", VISIT),
    ):
        with pytest.raises(NotFound, match="link was used"):
            follow(LINK)

    assert offered.flows_by_digest == {}


@pytest.mark.parametrize("asked", [True, False])
def test_a_link_says_whether_its_page_is_shown(
    beginner: AuthorizationBeginner, offered: World, *, asked: bool
) -> None:
    offered.authorizations[AUTHORIZATION] = replace(OFFER, confirm=asked)

    assert beginner.confirm(LINK, VISIT).asked is asked


def test_a_link_leads_on_until_it_expires(
    beginner: AuthorizationBeginner, clock: ManualClock
) -> None:
    clock.advance(timedelta(hours=1) - INSTANT)

    assert beginner.confirm(LINK, VISIT).connection_name == "Acme of Ada"


def test_a_link_whose_connection_is_gone_leads_nowhere(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    offered.connections_by_id.clear()

    with pytest.raises(NotFound, match="The connection that this link was made for is gone"):
        beginner.begin(LINK, "the-browser", VISIT)

    assert (offered.flows_by_digest, offered.entries) == ({}, [])
