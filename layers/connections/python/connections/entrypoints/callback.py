"""The callback function: the redirect URI, and the page that says that it worked."""

import os
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from connections.adapters.authorization_server import HttpAuthorizationServer
from connections.adapters.aws import dynamodb_client
from connections.adapters.clock import SystemClock
from connections.adapters.flows_table import DynamoFlows
from connections.adapters.logs_table import DynamoLogbook
from connections.adapters.states_table import DynamoStates
from connections.adapters.tokens_table import DynamoTokens
from connections.application.complete_authorization import AuthorizationCompleter
from connections.application.remedies import REJECTIONS
from connections.entrypoints import pages
from connections.entrypoints.browsers import browser_of
from connections.entrypoints.composition import sealer
from connections.entrypoints.http import answer, form_body, new_router, resolver
from connections.entrypoints.invocations import invocation
from connections.entrypoints.logs import logger
from connections.entrypoints.settings import Hosts, Name, SealingSettings
from connections.oauth.authorization import LONGEST_CALLBACK

router = new_router()


class CallbackSettings(SealingSettings):
    """What the function is told."""

    development_hosts: Hosts
    connections_table: Name
    tokens_table: Name


@cache
def services() -> AuthorizationCompleter:
    """Compose the function from its environment."""
    settings = CallbackSettings.read(os.environ)
    client = dynamodb_client()
    return AuthorizationCompleter(
        flows=DynamoFlows(client, settings.connections_table, sealer()),
        tokens=DynamoTokens(client, settings.tokens_table, sealer()),
        grants=DynamoStates(client, settings.connections_table),
        servers=HttpAuthorizationServer(hosts=settings.development_hosts),
        logbook=DynamoLogbook(client, settings.connections_table),
        clock=SystemClock(),
    )


@router.get(
    "/callback",
    summary="Take the authorization response",
    tags=["For browsers"],
    responses=pages.ANSWERS,
)
def callback() -> Response[str]:
    """The redirect URI (RFC 6749 section 3.1.2)."""
    event = router.current_event
    completion = services().complete(
        event.raw_event.get("rawQueryString", ""),
        browser_of(event.raw_event.get("cookies", [])),
        invocation(router.lambda_context),
    )
    if completion.error is None:
        # Away from the address that carries the code, which stays out of the history.
        return pages.see_other("/authorization-complete")
    logger.warning("authorization-not-completed", extra={"code": completion.error})
    return pages.response(pages.failed(completion.error, REJECTIONS[completion.error]))


@router.post(
    "/callback",
    summary="Take a posted authorization response",
    tags=["For browsers"],
    responses=pages.ANSWERS,
)
def form_post() -> Response[str]:
    """Send the browser through a GET: its cookie does not come with another site's POST.

    OAuth 2.0 Form Post Response Mode; the cookie is `SameSite=Lax`.
    """
    form = form_body(router.current_event.raw_event)
    if len(form) > LONGEST_CALLBACK:
        return pages.response(pages.failed("callback-too-large", REJECTIONS["callback-too-large"]))
    return pages.see_other(f"/callback?{urlencode(parse_qsl(form, keep_blank_values=True))}")


@router.get(
    "/authorization-complete",
    summary="Say that it worked and can be closed",
    tags=["For browsers"],
    responses=pages.ANSWERS,
)
def authorization_complete() -> Response[str]:
    """Return the page that ends a flow."""
    return pages.response(pages.complete())


app = resolver(router, render=pages.problem)


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer a browser."""
    return answer(app, event, context)
