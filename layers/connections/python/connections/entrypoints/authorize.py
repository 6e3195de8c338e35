"""The authorize function: the page before the consent, and the way to the authorization server."""

import hmac
import os
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from connections.adapters.authorization_server import HttpAuthorizationServer
from connections.adapters.aws import dynamodb_client, sqs_client
from connections.adapters.clock import SystemClock
from connections.adapters.connections_table import DynamoConnections
from connections.adapters.flows_table import DynamoFlows
from connections.adapters.integrations_table import DynamoIntegrations
from connections.adapters.known_instances import DynamoKnownInstances
from connections.adapters.lapse_queue import SqsLapseQueue
from connections.adapters.logs_table import DynamoLogbook
from connections.application.begin_authorization import AuthorizationBeginner, Visit
from connections.application.discover import Discoverer
from connections.application.landing import Landings
from connections.domain.errors import NotFound
from connections.domain.identifiers import AuthorizationLink, well_formed
from connections.domain.regions import callback_url
from connections.entrypoints import pages
from connections.entrypoints.browsers import browser_cookie, browser_of
from connections.entrypoints.composition import AddressSettings, sealer
from connections.entrypoints.http import answer, form_body, new_router, resolver
from connections.entrypoints.invocations import invocation
from connections.entrypoints.settings import Hosts, Name, SealingSettings
from connections.oauth.digests import digest

router = new_router()


class AuthorizeSettings(SealingSettings, AddressSettings):
    """What the function is told."""

    development_hosts: Hosts
    definitions_table: Name
    connections_table: Name
    lapses_queue_url: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the routes call."""

    beginner: AuthorizationBeginner
    settings: AuthorizeSettings


@cache
def services() -> Services:
    """Compose the function from its environment."""
    settings = AuthorizeSettings.read(os.environ)
    client = dynamodb_client()
    beginner = AuthorizationBeginner(
        connections=DynamoConnections(client, settings.connections_table, sealer()),
        flows=DynamoFlows(client, settings.connections_table, sealer()),
        lapses=SqsLapseQueue(sqs_client(), settings.lapses_queue_url),
        landings=Landings(
            instances=DynamoKnownInstances(client, settings.definitions_table),
            integrations=DynamoIntegrations(client, settings.definitions_table, sealer()),
        ),
        discoverer=Discoverer(
            servers=HttpAuthorizationServer(hosts=settings.development_hosts),
            hosts=settings.development_hosts,
            clock=SystemClock(),
        ),
        logbook=DynamoLogbook(client, settings.connections_table),
        clock=SystemClock(),
    )
    return Services(beginner=beginner, settings=settings)


@router.get(
    "/authorize",
    summary="Say what is about to be connected",
    tags=["For browsers"],
    responses={**pages.PAGE, **pages.REDIRECT},
)
def confirm(authorization: Annotated[str, Query(max_length=100)] = "") -> Response[str]:
    """Return a page with one button; opening it changes nothing.

    Of a link that was made with `confirm: false` the flow begins at once.
    """
    beginner = services().beginner
    found = beginner.confirm(_link(authorization), _visit())
    browser = browser_of(router.current_event.raw_event.get("cookies", []))
    known = browser or beginner.new_browser()
    if not found.asked:
        sent = pages.see_other(beginner.begin(_link(authorization), known, _visit()))
        sent.cookies.append(browser_cookie(known))
        return sent
    page = pages.response(
        pages.confirmation(
            authorization=authorization,
            token=digest(known),
            connection=found.connection_name,
            customer=found.customer_name,
            definition=found.definition_label,
            server_url=found.authorize_url,
        )
    )
    page.cookies.append(browser_cookie(known))
    return page


@router.post(
    "/authorize", summary="Begin the flow", tags=["For browsers"], responses=pages.REDIRECT
)
def begin() -> Response[str]:
    """Bind the flow to this browser and send it to the authorization server.

    The form carries the digest of the browser's cookie, which no other site can know: a page
    elsewhere cannot press this button for its visitor (RFC 9700 section 4.7).
    """
    form = parse_qs(form_body(router.current_event.raw_event))
    authorization, token = (form.get(name, [""])[0] for name in ("authorization", "token"))
    browser = browser_of(router.current_event.raw_event.get("cookies", []))
    if browser is None or not hmac.compare_digest(digest(browser).encode(), token.encode()):
        return pages.response(
            pages.plain(
                "Please try again",
                "Your browser did not send the cookie of this page. Allow cookies for this site,"
                " open the link again and press CONNECT.",
                400,
            )
        )
    return pages.see_other(services().beginner.begin(_link(authorization), browser, _visit()))


def _visit() -> Visit:
    """Return where the browser came: of the names that are ours the one that it used."""
    name = router.current_event.request_context.domain_name
    addresses = services().settings.addresses
    used = next((each for each in addresses if urlsplit(each).hostname == name), addresses[0])
    return Visit(
        redirect_uri=callback_url(used), deadline=invocation(router.lambda_context).deadline
    )


def _link(unverified: str) -> AuthorizationLink:
    if not well_formed(unverified):
        raise NotFound("This link is not complete. Copy it whole, or ask for a new one.")
    return AuthorizationLink(unverified)


app = resolver(router, render=pages.problem)


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer a browser."""
    return answer(app, event, context)
