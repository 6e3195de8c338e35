"""What a definition and the values entered for it make of a client's URLs and slots."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from connections.domain.failure import Failure, FailureKind
from connections_sdk.definitions import ConnectionDefinition
from connections_sdk.provider_facts import TokenHostFrom
from connections_sdk.templates import TemplateFault, rendered

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
