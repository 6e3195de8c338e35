"""What a definition, its facts and the values entered make of a client."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from connections.domain.client_registration import Rate
from connections.domain.failure import Failure, FailureKind
from connections.domain.grant import Renewal, RenewedBy
from connections_sdk.composite_facts import TokenHostFrom
from connections_sdk.definitions import ConnectionDefinition, ProviderFacts
from connections_sdk.templates import TemplateFault, rendered

HTTPS_PORT = 443

_OTHER_HOST = Failure(
    kind=FailureKind.CLIENT,
    explanation="the callback told a host that the definition does not list",
    remedy="Add it to tokenHostFrom.hosts of the definition, if it is the provider's.",
)


def text_of(values: Mapping[str, Any], name: str) -> str:
    """Return a value that is a text, without the spaces around it; "" for anything else."""
    value = values.get(name)
    return value.strip() if isinstance(value, str) else ""


def unfilled(fault: TemplateFault) -> Failure:
    """Return why a template input is not used, in words that name the input to mend."""
    return Failure(
        kind=FailureKind.CLIENT,
        explanation=f"the value of {fault.culprit} {fault}",
        remedy=f"Enter another value of {fault.culprit}.",
    )


def not_ascii(name: str) -> Failure:
    """Return why a header cannot be sent."""
    return Failure(
        kind=FailureKind.CLIENT,
        explanation=f"the value for the header {name} is not ASCII",
        remedy="Enter another value.",
    )


def lacking(missing: Sequence[str]) -> Failure:
    """Return why nobody can be asked to consent."""
    return Failure(
        kind=FailureKind.CLIENT,
        explanation=f"there is no value for {', '.join(missing)}",
        remedy="Enter it, and open the link again.",
    )


def url_of(
    definition: ConnectionDefinition,
    name: str,
    values: Mapping[str, Any],
    context: Mapping[str, str],
) -> str | Failure:
    """Return a URL of a client: an input's, else a fact's, filled in; "" if there is none.

    A template that the values do not fill in is a failure.
    """
    fact = definition.provider.urls.get(name, "")
    try:
        if name in definition.templates:
            url = definition.rendered(name, values)
        else:
            url = text_of(values, name)
        url = url or rendered(fact, values)
    except TemplateFault as fault:
        return unfilled(fault)
    return _at_told_host(url, definition.provider.token_host_from, context)


def answered(definition: ConnectionDefinition, context: Mapping[str, str]) -> dict[str, str]:
    """Return what of the callback may stand in slots: what is asked for, and is no input's name.

    A callback's query can be written by anybody who has the browser.
    """
    wanted = definition.provider.context_parameters or ()
    return {
        name: value
        for name, value in context.items()
        if name in wanted and name not in definition.inputs
    }


def renewal_of(facts: ProviderFacts, *, by_credentials: bool) -> Renewal:
    """Return how token sets are renewed at a server with these facts."""
    by = RenewedBy.ACCESS_TOKEN if facts.refresh_grant == "self" else RenewedBy.REFRESH_TOKEN
    if by_credentials:
        by = RenewedBy.CLIENT_CREDENTIALS
    return Renewal(
        by=by,
        buffer=_seconds(facts.refresh_buffer),
        idle_ttl=_seconds(facts.refresh_token_idle_ttl),
        max_ttl=_seconds(facts.refresh_token_max_ttl),
        reuse_grace=_seconds(facts.reuse_grace_seconds),
        reuse_is_safe=facts.rotation == "none" or by is RenewedBy.CLIENT_CREDENTIALS,
    )


def rate_of(facts: ProviderFacts) -> Rate | None:
    """Return how many refreshes the server takes of a client in a time; None if nobody said."""
    told = facts.rate_limit
    if told is None:
        return None
    return Rate(requests=told.requests, per=timedelta(seconds=told.seconds))


def host_and_port(url: str | Failure) -> str:
    """Return the host of a URL, with its port if that is not 443; "" if it is no URL."""
    if isinstance(url, Failure):
        return ""
    try:
        parts = urlsplit(url)
        port = parts.port or (HTTPS_PORT if parts.scheme == "https" else 80)
    except ValueError:
        return ""
    if not parts.hostname:
        return ""
    return parts.hostname if port == HTTPS_PORT else f"{parts.hostname}:{port}"


def _at_told_host(
    url: str, told: TokenHostFrom | None, context: Mapping[str, str]
) -> str | Failure:
    """Return a URL at the host that the callback told, if it is one of those it may tell."""
    said = context.get(told.parameter) if told else None
    if told is None or said is None or _host_of(url) not in told.hosts:
        return url
    host = _host_of(said)
    if host not in told.hosts:
        return _OTHER_HOST
    return urlunsplit(urlsplit(url)._replace(netloc=host))


def _host_of(said: str) -> str:
    try:
        return urlsplit(said if "//" in said else f"//{said}").hostname or ""
    except ValueError:
        return ""


def _seconds(number: int | None) -> timedelta | None:
    return None if number is None else timedelta(seconds=number)
