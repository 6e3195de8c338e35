"""Offering a link under which a customer may press CONNECT."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connections.application.offer_authorization import AuthorizationOffers, MoreScopes
from connections.domain.caller import ORGANIZATION, Caller, Owner
from connections.domain.connection import Connection, TemplateFill
from connections.domain.errors import (
    ConfigurationIncomplete,
    Forbidden,
    InvalidRequest,
    NotFound,
    NotOAuth,
    Problem,
)
from connections.domain.flow import Authorization, Outcome
from connections.domain.identifiers import AuthorizationId, ConnectionId, authorization_id
from connections.domain.organization import OrganizationProfile
from connections.oauth.digests import digest
from tests.builders import (
    ADA,
    CONNECTION,
    NOW,
    TEMPLATE,
    a_connection,
    a_customer,
    a_definition,
    a_new_connection,
    some_inputs,
)
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.configuring import ADMIN, EMBEDDING, USER
from tests.unit.application.configuring import ORGANIZATION as KEY
from tests.unit.application.parts import same_bytes


@pytest.fixture
def offers(world: World, clock: ManualClock) -> AuthorizationOffers:
    return AuthorizationOffers(
        connections=world.connections,
        customers=world.customers,
        organization=world.organization_profiles,
        flows=world.flows,
        clock=clock,
        randomness=same_bytes,
    )


@pytest.mark.parametrize("owner", [ORGANIZATION, ADA])
def test_an_offer_lasts_an_hour_and_is_the_connections_owners(
    offers: AuthorizationOffers, world: World, owner: Owner
) -> None:
    world.holding(a_new_connection(owner=owner))

    offered = offers.offer(CONNECTION, KEY)

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

    assert offers.offer(CONNECTION, KEY).authorization.customer_name == "Acme & Söhne"


def test_a_connection_that_is_connected_may_be_connected_again(
    offers: AuthorizationOffers, world: World
) -> None:
    assert offers.offer(CONNECTION, KEY).authorization.connection_id == CONNECTION


def test_a_link_is_the_id_and_a_secret_that_nobody_keeps(
    offers: AuthorizationOffers, world: World
) -> None:
    offered = offers.offer(CONNECTION, KEY)

    assert offered.link.startswith(offered.authorization.id)
    assert len(offered.link) == len(offered.authorization.id) + 32
    assert offered.link not in repr(offered) + repr(world.authorizations)


def test_no_link_can_be_guessed_from_another(world: World, clock: ManualClock) -> None:
    offers = AuthorizationOffers(
        connections=world.connections,
        customers=world.customers,
        organization=world.organization_profiles,
        flows=world.flows,
        clock=clock,
    )

    one, other = offers.offer(CONNECTION, KEY), offers.offer(CONNECTION, KEY)

    assert one.authorization.id[14:] != other.authorization.id[14:]
    assert one.link[30:] != other.link[30:]
    assert len(world.authorizations) == 2


def test_a_connection_that_is_not_there_is_offered_to_nobody(
    offers: AuthorizationOffers, world: World
) -> None:
    with pytest.raises(NotFound):
        offers.offer(ConnectionId("con_" + "9" * 26), KEY)

    assert world.authorizations == {}


def test_a_connection_that_is_not_oauth_has_nothing_to_authorize(
    offers: AuthorizationOffers, world: World
) -> None:
    world.holding(a_connection(oauth=False))

    with pytest.raises(NotOAuth):
        offers.offer(CONNECTION, KEY)

    assert world.authorizations == {}


OF_VARIABLE = some_inputs(
    values={},
    visibility={"clientId": "customer", "clientSecret": "organization", "scopes": "embedded"},
    variable_key="CRM",
)


@pytest.mark.parametrize(
    ("caller", "detail", "pointers"),
    [
        (
            KEY,
            "These inputs have no value yet: clientId, clientSecret.",
            ["#/connection/values/clientId", "#/connection/values/clientSecret"],
        ),
        (
            ADMIN,
            "These inputs have no value yet: clientId. The organization has to enter more.",
            ["#/connection/values/clientId"],
        ),
    ],
)
def test_what_is_missing_is_named_to_who_is_asked_for_it(
    offers: AuthorizationOffers, world: World, caller: Caller, detail: str, pointers: list[str]
) -> None:
    world.holding(a_new_connection(), OF_VARIABLE)

    with pytest.raises(ConfigurationIncomplete) as refused:
        offers.offer(CONNECTION, caller)

    assert str(refused.value) == detail
    assert [each.pointer for each in refused.value.problems] == pointers


def test_who_is_asked_for_nothing_that_is_missing_hears_whom_to_turn_to(
    offers: AuthorizationOffers, world: World
) -> None:
    world.holding(a_new_connection(), replace(OF_VARIABLE, values={"clientId": "entered"}))

    with pytest.raises(ConfigurationIncomplete) as refused:
        offers.offer(CONNECTION, ADMIN)

    assert (str(refused.value), refused.value.problems) == (
        "The organization has to enter more.", (),
    )  # fmt: skip


def test_a_connection_of_its_own_names_all_but_what_its_template_fills_and_nobody_sees(
    offers: AuthorizationOffers, world: World
) -> None:
    definition = a_definition(
        inputs={
            **a_definition()["inputs"],
            "tokenUrl": {"type": "string", "shown": False, "default": ""},
        }
    )
    fill = TemplateFill(id=TEMPLATE, name="Acme app", values={"clientId": ""})
    inputs = some_inputs(definition=definition, values={}, template=fill)
    world.holding(a_new_connection(), inputs)

    with pytest.raises(ConfigurationIncomplete) as refused:
        offers.offer(CONNECTION, ADMIN)

    assert str(refused.value) == (
        "These inputs have no value yet: clientSecret. The organization has to enter more."
    )


ALLOWED = "https://app.example/connections?tab=1"


@pytest.fixture
def allowing(world: World) -> World:
    """A world whose organization allows one return URL."""
    world.organization = OrganizationProfile(allowed_return_urls=("https://b.example", ALLOWED))
    return world


def test_a_link_leads_back_to_a_return_url_that_the_organization_allows(
    offers: AuthorizationOffers, allowing: World
) -> None:
    offered = offers.offer(CONNECTION, ADMIN, return_url=ALLOWED)

    assert allowing.authorizations[offered.authorization.id].return_url == ALLOWED


@pytest.mark.parametrize(
    "url",
    [
        "https://app.example/connections", f"{ALLOWED}&more", f"{ALLOWED}#top", ALLOWED.upper(),
        "https://evil.example", "javascript:alert(1)", "",
    ],
)  # fmt: skip
def test_another_return_url_is_refused(
    offers: AuthorizationOffers, allowing: World, url: str
) -> None:
    with pytest.raises(InvalidRequest) as error:
        offers.offer(CONNECTION, KEY, return_url=url)

    (problem,) = error.value.problems
    assert problem.pointer == "#/returnUrl"
    assert allowing.authorizations == {}


def test_an_offer_without_a_return_url_reads_no_list_of_them(
    offers: AuthorizationOffers, world: World
) -> None:
    offers.offer(CONNECTION, KEY)

    assert "organization.get" not in world.calls


@pytest.mark.parametrize("caller", [KEY, EMBEDDING])
def test_who_has_said_what_the_page_says_may_skip_it(
    offers: AuthorizationOffers, caller: Caller
) -> None:
    assert not offers.offer(CONNECTION, caller, confirm=False).authorization.confirm
    assert offers.offer(CONNECTION, caller).authorization.confirm


@pytest.mark.parametrize("caller", [ADMIN, USER])
def test_nobody_else_skips_the_page(
    offers: AuthorizationOffers, world: World, caller: Caller
) -> None:
    with pytest.raises(Forbidden, match="may send `confirm: false`"):
        offers.offer(CONNECTION, caller, confirm=False)

    assert world.authorizations == {}


def test_what_became_of_an_offer_is_told(offers: AuthorizationOffers, world: World) -> None:
    identifier = offers.offer(CONNECTION, KEY).authorization.id

    assert offers.status(CONNECTION, identifier) == ("waiting", None)
    world.flows.settle(identifier, Outcome(error="consent-refused"))
    assert offers.status(CONNECTION, identifier) == ("failed", "consent-refused")
    world.flows.settle(identifier, Outcome())
    assert offers.status(CONNECTION, identifier) == ("succeeded", None)


def test_of_another_connections_offer_nothing_is_told(offers: AuthorizationOffers) -> None:
    identifier = offers.offer(CONNECTION, KEY).authorization.id

    with pytest.raises(NotFound):
        offers.status(ConnectionId("con_" + "9" * 26), identifier)
    with pytest.raises(NotFound):
        offers.status(CONNECTION, AuthorizationId("aut_" + "9" * 26))


def test_scopes_are_asked_for_beside_the_connections_own_each_once_and_in_their_order(
    offers: AuthorizationOffers, world: World
) -> None:
    more = MoreScopes(scopes=["send", "admin", "send"])

    offered = offers.offer(CONNECTION, KEY, more=more)

    assert offered.authorization.scopes == ("send", "admin")
    assert world.authorizations[offered.authorization.id].scopes == ("send", "admin")


@pytest.mark.parametrize(
    ("keep", "scopes", "asked"),
    [
        (True, ["send", "write"], ("read", "write", "admin", "send")),
        (True, [], ("read", "write", "admin")),
        (False, [], ()),
    ],
)
def test_what_the_grant_was_asked_for_is_asked_for_again_if_the_caller_says_so(
    offers: AuthorizationOffers,
    world: World,
    keep: bool,
    scopes: list[str],
    asked: tuple[str, ...],
) -> None:
    world.holding(a_connection(requested_scopes="read write admin"))

    offered = offers.offer(CONNECTION, KEY, more=MoreScopes(scopes=scopes, keep=keep))

    assert offered.authorization.scopes == asked


@pytest.mark.parametrize(
    "connection",
    [a_new_connection(requested_scopes="read admin"), a_connection(requested_scopes=None)],
)
def test_without_a_grant_there_is_nothing_to_ask_for_again(
    offers: AuthorizationOffers, world: World, connection: Connection
) -> None:
    world.holding(connection)

    assert offers.offer(CONNECTION, KEY, more=MoreScopes(keep=True)).authorization.scopes == ()


@pytest.mark.parametrize("separator", [",", ", "])
def test_a_scope_that_holds_what_separates_them_is_refused_at_its_place(
    offers: AuthorizationOffers, world: World, separator: str
) -> None:
    definition = a_definition(provider={"scopeSeparator": separator})
    world.holding(a_connection(), some_inputs(definition=definition))

    with pytest.raises(InvalidRequest) as refused:
        offers.offer(CONNECTION, KEY, more=MoreScopes(scopes=["a", "b,c"]))

    assert refused.value.problems == (
        Problem("#/scopes/1", "must be one scope: , separates them here"),
    )
    assert world.authorizations == {}


def test_a_comma_is_part_of_a_scope_where_spaces_separate_them(
    offers: AuthorizationOffers,
) -> None:
    offered = offers.offer(CONNECTION, KEY, more=MoreScopes(scopes=["b,c"]))

    assert offered.authorization.scopes == ("b,c",)


@pytest.mark.parametrize(
    ("visibility", "caller", "allowed"),
    [
        ("customer", ADMIN, True),
        ("embedded", ADMIN, False),
        ("embedded", EMBEDDING, True),
        ("organization", EMBEDDING, False),
        ("organization", KEY, True),
    ],
)
def test_scopes_are_chosen_by_who_may_enter_the_connections(
    offers: AuthorizationOffers, world: World, visibility: str, caller: Caller, allowed: bool
) -> None:
    inputs = some_inputs(variable_key="CRM", visibility={"scopes": visibility})
    world.holding(a_connection(), inputs)
    more = MoreScopes(scopes=["send"])

    if allowed:
        assert offers.offer(CONNECTION, caller, more=more).authorization.scopes == ("send",)
        return
    with pytest.raises(Forbidden, match="The scopes are not yours to choose"):
        offers.offer(CONNECTION, caller, more=more)
    assert world.authorizations == {}
    # What the grant has been asked for before is no choice.
    offers.offer(CONNECTION, caller, more=MoreScopes(keep=True))
