"""The callback function: the redirect URI, and the page that says that it worked."""

import os
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from connections.adapters.authorization_server import HttpAuthorizationServer
from connections.adapters.aws import dynamodb_client, sqs_client
from connections.adapters.clock import SystemClock
from connections.adapters.flows_table import DynamoFlows
from connections.adapters.logs_table import DynamoLogbook
from connections.adapters.revocation_queue import SqsRevocationQueue
from connections.adapters.states_table import DynamoStates
from connections.adapters.tokens_table import DynamoTokens
from connections.application.complete_authorization import AuthorizationCompleter, Completion
from connections.application.flow_log import FlowLog
from connections.application.identify_account import AccountReader
from connections.application.landing import landing_of
from connections.application.remedies import REJECTIONS
from connections.domain.audit import Action, Actor, ActorKind
from connections.domain.flow import Flow
from connections.entrypoints import pages
from connections.entrypoints.browsers import browser_of
from connections.entrypoints.composition import AuditSettings, recorder, sealer
from connections.entrypoints.doors import Recorder, source_ip
from connections.entrypoints.http import answer, form_body, new_router, resolver
from connections.entrypoints.invocations import invocation
from connections.entrypoints.logs import logger
from connections.entrypoints.settings import Hosts, Name, SealingSettings
from connections.oauth.addresses import AllowedHosts
from connections.oauth.authorization import LONGEST_CALLBACK

router = new_router()


class CallbackSettings(SealingSettings, AuditSettings):
    """What the function is told."""

    development_hosts: Hosts
    connections_table: Name
    tokens_table: Name
    revocations_queue_url: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the routes call."""

    completer: AuthorizationCompleter
    recorder: Recorder
    hosts: AllowedHosts
    """Where browsers may be sent besides https addresses."""


@cache
def services() -> Services:
    """Compose the function from its environment."""
    settings = CallbackSettings.read(os.environ)
    client, clock = dynamodb_client(), SystemClock()
    servers = HttpAuthorizationServer(hosts=settings.development_hosts)
    completer = AuthorizationCompleter(
        flows=DynamoFlows(client, settings.connections_table, sealer()),
        tokens=DynamoTokens(client, settings.tokens_table, sealer()),
        grants=DynamoStates(client, settings.connections_table),
        revocations=SqsRevocationQueue(sqs_client(), settings.revocations_queue_url, sealer()),
        servers=servers,
        accounts=AccountReader(servers=servers, clock=clock),
        log=FlowLog(logbook=DynamoLogbook(client, settings.connections_table), clock=clock),
        clock=clock,
    )
    return Services(
        completer=completer, recorder=recorder(settings), hosts=settings.development_hosts
    )


@router.get(
    "/callback",
    summary="Take the authorization response",
    tags=["For browsers"],
    responses=pages.REDIRECT,
)
def callback() -> Response[str]:
    """The redirect URI (RFC 6749 section 3.1.2)."""
    event = router.current_event
    completion = services().completer.complete(
        event.raw_event.get("rawQueryString", ""),
        browser_of(event.raw_event.get("cookies", [])),
        invocation(router.lambda_context),
    )
    if completion.flow is not None:
        _record(completion.flow, event.raw_event)
    if completion.error is not None:
        logger.warning("authorization-not-completed", extra={"code": completion.error})
    landing = _landing(completion)
    if landing is not None:
        return pages.see_other(landing)
    if completion.error is None:
        # Away from the address that carries the code, which stays out of the history.
        return pages.see_other("/authorization-complete")
    return pages.response(pages.failed(completion.error, REJECTIONS[completion.error]))


def _landing(completion: Completion) -> str | None:
    """Return where the browser goes in place of our pages, if it may be sent there."""
    if completion.landing is None:
        return None
    address = landing_of(completion.landing, completion.error, REJECTIONS)
    # It was checked when it was entered; what may be reached can have changed since.
    if services().hosts.fault(address) is None:
        return address
    logger.warning("redirect-not-allowed")
    return None


def _record(flow: Flow, event: dict[str, Any]) -> None:
    """Say in the audit that somebody connected, under which link and from where."""
    services().recorder.record(
        Action.CONNECTION_CONNECTED,
        Actor(kind=ActorKind.LINK, id=flow.authorization_id),
        target=flow.connection_id,
        customer_id=flow.owner.customer_id,
        connection_id=flow.connection_id,
        source_ip=source_ip(event),
        request_id=event["requestContext"]["requestId"],
        status=HTTPStatus.SEE_OTHER,
    )


@router.post(
    "/callback",
    summary="Take a posted authorization response",
    tags=["For browsers"],
    responses=pages.REDIRECT,
)
def form_post() -> Response[str]:
    """Send the browser through a GET: its cookie does not come with another site's POST.

    OAuth 2.0 Form Post Response Mode; the cookie is `SameSite=Lax`.
    """
    form = form_body(router.current_event.raw_event)
    query = urlencode(parse_qsl(form, keep_blank_values=True))
    if len(query) > LONGEST_CALLBACK:
        return pages.response(pages.failed("callback-too-large", REJECTIONS["callback-too-large"]))
    return pages.see_other(f"/callback?{query}")


@router.get(
    "/authorization-complete",
    summary="Say that it worked and can be closed",
    tags=["For browsers"],
    responses=pages.PAGE,
)
def authorization_complete() -> Response[str]:
    """Return the page that ends a flow."""
    return pages.response(pages.complete())


app = resolver(router, render=pages.problem)


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer a browser."""
    return answer(app, event, context)
