"""Where the browser goes when a flow is over: registered addresses, with what is told there."""

from collections.abc import Mapping
from urllib.parse import unquote_plus, urlencode, urlsplit, urlunsplit


def with_parameters(uri: str, parameters: Mapping[str, str]) -> str:
    """Return an address with parameters in its query.

    Its own query stays as it is written, and so does its fragment; ours win over the same names.
    """
    parts = urlsplit(uri)
    kept = [
        each
        for each in parts.query.split("&")
        if each and unquote_plus(each.partition("=")[0]) not in parameters
    ]
    query = "&".join([*kept, urlencode(parameters)] if parameters else kept)
    return urlunsplit(parts._replace(query=query))
