"""The authorize function: the page before the consent, and the way to the authorization server."""

import hmac
import os
from functools import cache
from typing import Annotated, Any
from urllib.parse import parse_qs

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from connections.adapters.aws import dynamodb_client
from connections.adapters.clock import SystemClock
from connections.adapters.connections_table import DynamoConnections
from connections.adapters.flows_table import DynamoFlows
from connections.adapters.logs_table import DynamoLogbook
from connections.application.begin_authorization import AuthorizationBeginner
from connections.domain.errors import NotFound
from connections.domain.identifiers import AuthorizationLink, well_formed
from connections.entrypoints import pages
from connections.entrypoints.browsers import browser_cookie, browser_of
from connections.entrypoints.composition import sealer
from connections.entrypoints.http import answer, form_body, new_router, resolver
from connections.entrypoints.settings import Name, SealingSettings
from connections.oauth.authorization import digest

router = new_router()


class AuthorizeSettings(SealingSettings):
    """What the function is told."""

    callback_url: Name
    connections_table: Name


@cache
def services() -> AuthorizationBeginner:
    """Compose the function from its environment."""
    settings = AuthorizeSettings.read(os.environ)
    client = dynamodb_client()
    return AuthorizationBeginner(
        connections=DynamoConnections(client, settings.connections_table, sealer()),
        flows=DynamoFlows(client, settings.connections_table, sealer()),
        logbook=DynamoLogbook(client, settings.connections_table),
        clock=SystemClock(),
        redirect_uri=settings.callback_url,
    )


@router.get(
    "/authorize",
    summary="Say what is about to be connected",
    tags=["For browsers"],
    responses=pages.PAGE,
)
def confirm(authorization: Annotated[str, Query(max_length=100)] = "") -> Response[str]:
    """Return a page with one button; opening it changes nothing."""
    found = services().confirm(_link(authorization))
    browser = browser_of(router.current_event.raw_event.get("cookies", []))
    known = browser or services().new_browser()
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
    return pages.see_other(services().begin(_link(authorization), browser))


def _link(unverified: str) -> AuthorizationLink:
    if not well_formed(unverified):
        raise NotFound("This link is not complete. Copy it whole, or ask for a new one.")
    return AuthorizationLink(unverified)


app = resolver(router, render=pages.problem)


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer a browser."""
    return answer(app, event, context)
