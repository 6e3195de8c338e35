"""Where the user lands: what is gathered when a flow begins, and what its end says."""

from dataclasses import replace

import pytest

from connections.application.begin_authorization import AuthorizationBeginner
from connections.application.complete_authorization import AuthorizationCompleter
from connections.application.landing import landing_of
from connections.application.remedies import REJECTIONS
from connections.domain.connection import Place, Redirects
from connections.domain.flow import Flow, Landing, Outcome
from connections.oauth.digests import digest
from tests.builders import AUTHORIZATION, CONNECTION, LINK, a_flow, a_new_connection, some_inputs
from tests.builders_of_instances import CRM, INSTANCE, INTEGRATION, an_instance, an_integration
from tests.doubles.clock import ManualClock
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.flows import BROWSER, CONSENTED, OFFER, VISIT, come_back
from tests.unit.application.parts import new_tokens

URIS = {"success_uri": "https://a.example/done", "failure_uri": "https://a.example/failed"}
LANDING = Landing(**URIS, parameters={"id": CONNECTION})
RETURN_URL = "https://app.example/connections?tab=1"
PLACE = Place(instance_id=INSTANCE, variable_id=CRM, variable_key="CRM")
OF_THE_INSTANCE = {"instanceId": INSTANCE, "instanceName": an_instance().name}
OF_THE_INTEGRATION = {"integrationId": INTEGRATION, "integrationName": "Sync"}
OF_THE_VARIABLE = {"requiredConfigVariableId": CRM, "requiredConfigVariableKey": "CRM"}


def redirected(world: World, *, enabled: bool = True) -> None:
    """Give the connection custom redirects."""
    world.inputs_by_id[CONNECTION] = some_inputs(redirects=Redirects(enabled=enabled, **URIS))


def placed(world: World) -> None:
    """Let the connection be an instance's, with custom redirects."""
    world.holding(a_new_connection(place=PLACE))
    world.instances_by_id[INSTANCE] = an_instance()
    world.integrations_by_id[INTEGRATION] = an_integration()
    redirected(world)


def begun_flow(beginner: AuthorizationBeginner, world: World) -> Flow:
    beginner.begin(LINK, BROWSER, VISIT)
    (flow,) = world.flows_by_digest.values()
    assert isinstance(flow, Flow)
    return flow


def test_a_flow_without_redirects_ends_on_our_own_page_and_reads_nothing_more(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    offered.holding(a_new_connection(place=PLACE))

    assert begun_flow(beginner, offered).landing is None
    assert not {"instances.get", "integrations.get"} & set(offered.calls)


def test_redirects_that_are_switched_off_are_ignored(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    redirected(offered, enabled=False)

    assert begun_flow(beginner, offered).landing is None


@pytest.mark.parametrize("missing", list(URIS))
def test_redirects_need_both_addresses(missing: str) -> None:
    uris = {name: each for name, each in URIS.items() if name != missing}

    assert Redirects(enabled=True, **uris).leading is None


def test_of_a_connection_of_its_own_its_id_is_told(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    redirected(offered)

    assert begun_flow(beginner, offered).landing == LANDING


def test_of_an_instances_connection_its_place_is_told_with_names(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    placed(offered)

    landing = begun_flow(beginner, offered).landing

    assert landing is not None
    assert landing.parameters == {
        **OF_THE_INSTANCE, **OF_THE_INTEGRATION, **OF_THE_VARIABLE, "id": CONNECTION,
    }  # fmt: skip


def test_names_that_are_gone_are_left_out(beginner: AuthorizationBeginner, offered: World) -> None:
    placed(offered)
    offered.integrations_by_id.clear()

    landing = begun_flow(beginner, offered).landing

    assert landing is not None
    told = {**OF_THE_INSTANCE, "integrationId": INTEGRATION, **OF_THE_VARIABLE, "id": CONNECTION}
    assert landing.parameters == told


def test_of_an_instance_that_is_gone_the_ids_are_told(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    placed(offered)
    offered.instances_by_id.clear()

    landing = begun_flow(beginner, offered).landing

    assert landing is not None
    assert landing.parameters == {"instanceId": INSTANCE, **OF_THE_VARIABLE, "id": CONNECTION}


def test_a_return_url_is_told_how_it_ended(beginner: AuthorizationBeginner, offered: World) -> None:
    offered.authorizations[AUTHORIZATION] = replace(OFFER, return_url=RETURN_URL)

    assert begun_flow(beginner, offered).landing == Landing(
        success_uri=f"{RETURN_URL}&status=succeeded",
        failure_uri=f"{RETURN_URL}&status=failed",
        parameters={"id": CONNECTION},
    )


def test_custom_redirects_come_before_a_return_url(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    offered.authorizations[AUTHORIZATION] = replace(OFFER, return_url=RETURN_URL)
    redirected(offered)

    assert begun_flow(beginner, offered).landing == LANDING


def test_success_goes_to_one_address_and_failure_to_the_other_with_our_words() -> None:
    assert landing_of(LANDING, None, REJECTIONS) == f"https://a.example/done?id={CONNECTION}"
    assert landing_of(LANDING, "consent-refused", REJECTIONS) == (
        f"https://a.example/failed?id={CONNECTION}&error=consent-refused"
        "&errorDescription=The+customer+refused+consent.+Press+CONNECT+again+to+give+it."
    )


@pytest.fixture
def landing(begun: World) -> Landing:
    """The landing of the flow that is under way."""
    begun.flows_by_digest[digest("the-state")] = a_flow(landing=LANDING)
    return LANDING


def test_a_flow_that_connected_lands(
    completer: AuthorizationCompleter, server: ScriptedServer, landing: Landing
) -> None:
    server.answers.append(new_tokens())

    completion = come_back(completer)

    assert (completion.error, completion.landing) == (None, landing)


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"state": "the-state", "error": "access_denied"}, "consent-refused"),
        ({"state": "the-state"}, "code-missing"),
        ({**CONSENTED, "error": "access_denied"}, "code-and-error"),
    ],
)
def test_a_flow_that_failed_lands(
    completer: AuthorizationCompleter, landing: Landing, parameters: dict[str, str], error: str
) -> None:
    completion = come_back(completer, **parameters)

    assert (completion.error, completion.landing) == (error, landing)


def test_a_failed_exchange_lands(
    completer: AuthorizationCompleter, server: ScriptedServer, landing: Landing
) -> None:
    server.answers.append(new_tokens(access_token=None))

    completion = come_back(completer)

    assert (completion.error, completion.landing) == ("exchange-failed", landing)


@pytest.mark.parametrize("browser", [None, "another-browser"])
@pytest.mark.parametrize("late", [False, True])
def test_another_browser_is_sent_nowhere(
    completer: AuthorizationCompleter,
    landing: Landing,
    clock: ManualClock,
    browser: str | None,
    *,
    late: bool,
) -> None:
    if late:
        clock.advance(a_flow().expires_at - clock.now())

    completion = come_back(completer, browser)

    assert completion.error == ("flow-expired" if late else "other-browser")
    assert completion.landing is None


def test_a_flow_that_comes_twice_or_is_unknown_is_sent_nowhere(
    completer: AuthorizationCompleter, landing: Landing
) -> None:
    assert come_back(completer, state="the-state", error="access_denied").landing == landing

    for parameters, error in (
        (CONSENTED, "flow-used"),
        ({"state": "another", "code": "c"}, "unknown-state"),
    ):
        completion = come_back(completer, **parameters)
        assert (completion.error, completion.landing) == (error, None)


def test_what_became_of_it_is_kept(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    server.answers.append(new_tokens())

    come_back(completer)

    taken = replace(OFFER, taken=True, outcome=Outcome())
    assert begun.authorizations == {AUTHORIZATION: taken}


def test_who_connected_is_told_so_whatever_can_be_kept(
    completer: AuthorizationCompleter, server: ScriptedServer, begun: World
) -> None:
    server.answers.append(new_tokens())
    begun.fail("flows.settle", 5)

    assert come_back(completer).error is None
    assert begun.calls.count("flows.settle") == 5
