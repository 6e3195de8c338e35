"""Calls of the service, as its client makes them: JSON there and back, refusals as errors."""

from collections.abc import Mapping
from typing import Any

import httpx

from connections_sdk.api_errors import ConnectionsApiError
from connections_sdk.places import Remark

_TIMEOUT = 35.0
"""Seconds; longer than the service takes for anything that it answers."""


class Calls:
    """Calls the service at a URL with an API key."""

    def __init__(self, url: str, api_key: str, transport: httpx.BaseTransport | None) -> None:
        self.url = url.rstrip("/")
        self._http = httpx.Client(
            transport=transport,
            timeout=_TIMEOUT,
            headers={"Authorization": f"Bearer {api_key}", "Accept": "application/json"},
        )

    def close(self) -> None:
        """Close the connections to the service."""
        self._http.close()

    def content(
        self,
        method: str,
        path: str,
        *,
        json: Mapping[str, Any] | None = None,
        params: Mapping[str, str | int] | None = None,
    ) -> dict[str, Any]:
        """Return the JSON object that is answered.

        Raises:
            ConnectionsApiError: the service refuses, or answers no object, or not at all.
        """
        response = self.answer(method, path, json=json, params=params)
        content = _content(response)
        if content is None:
            raise ConnectionsApiError(response.status_code, "unreadable", "the answer is no object")
        return content

    def answer(
        self,
        method: str,
        path: str,
        *,
        json: Mapping[str, Any] | None = None,
        params: Mapping[str, str | int] | None = None,
    ) -> httpx.Response:
        """Return the answer, which is a success.

        Raises:
            ConnectionsApiError: the service refuses, or does not answer.
        """
        try:
            response = self._http.request(method, self.url + path, json=json, params=params)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            kind = type(error).__name__
            raise ConnectionsApiError(0, "unreachable", f"no answer ({kind})") from None
        if not response.is_success:
            raise _refusal(response.status_code, _content(response))
        return response


def _content(response: httpx.Response) -> dict[str, Any] | None:
    try:
        content = response.json()
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _refusal(status: int, content: Mapping[str, Any] | None) -> ConnectionsApiError:
    """Return the error of a problem document (RFC 9457)."""
    problem = content or {}
    return ConnectionsApiError(
        status,
        str(problem.get("code", "unknown")),
        str(problem.get("detail") or problem.get("title") or "the answer is no problem document"),
        remarks(problem.get("errors")),
    )


def remarks(listed: Any) -> tuple[Remark, ...]:
    """Return the places of a document that the service points at."""
    return tuple(Remark(str(each["pointer"]), str(each["detail"])) for each in listed or ())
