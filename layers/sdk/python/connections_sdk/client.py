"""A client of the service: publishes documents, and reads credentials."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self, assert_never
from urllib.parse import quote

import httpx

from connections_sdk.api_calls import Calls, remarks
from connections_sdk.api_errors import AmbiguousIntegration, ConnectionsApiError
from connections_sdk.connection_templates import ConnectionTemplate
from connections_sdk.definitions import Component
from connections_sdk.integrations import Integration
from connections_sdk.places import Remark

__all__ = ["AmbiguousIntegration", "Client", "ConnectionsApiError", "Outcome", "Published"]

Outcome = Literal["success", "connection-error", "unauthorized"]
"""What an execution saw: success, another failure of the connection, or a refused access token."""
_NAME_TAKEN = "name-taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was published: the document's id, and of an integration its new version."""

    id: str
    """The component's key, the template's id or the integration's id."""
    version: int | None = None
    notes: tuple[Remark, ...] = ()
    """What the service read differently from how it was written."""

    @property
    def integration_id(self) -> str:
        """The id of the integration."""
        return self.id


class Client:
    """Calls the service at a URL with an organization's API key."""

    def __init__(
        self, url: str, api_key: str, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._calls = Calls(url, api_key, transport)

    def __repr__(self) -> str:
        return f"Client({self._calls.url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections to the service."""
        self._calls.close()

    def publish(
        self,
        document: Component | ConnectionTemplate | Integration,
        *,
        integration_id: str | None = None,
    ) -> Published:
        """Publish a document, in place of what has its name.

        An integration becomes a new version; it is made if the organization has none of its name.
        `integration_id` says which one is meant, also to rename it.

        Raises:
            ConnectionsApiError: the service refuses; `template-locked` if a published version uses
                the connection template, whose values then stay.
            AmbiguousIntegration: the organization has several integrations of that name.
        """
        match document:
            case Component():
                path = f"/components/{_segment(document.key)}"
                self._calls.content("PUT", path, json=document.document())
                return Published(id=document.key)
            case ConnectionTemplate():
                return Published(id=self._published_template(document))
            case Integration():
                return self._published_integration(document, integration_id)
            case _:
                assert_never(document)

    def credentials(
        self,
        instance_id: str,
        config_variable: str,
        *,
        user_id: str | None = None,
        min_ttl: int | None = None,
    ) -> dict[str, Any]:
        """Return what code receives of an instance's connection, by its config variable's key.

        Raises:
            ConnectionsApiError: there are none; `code` says what to do.
        """
        return self._calls.content(
            "GET",
            f"/instances/{_segment(instance_id)}/credentials",
            params=_said(configVariable=config_variable, userId=user_id, minTtl=min_ttl),
        )

    def connection_credentials(
        self, connection_id: str, *, min_ttl: int | None = None
    ) -> dict[str, Any]:
        """Return what code receives of a connection.

        Raises:
            ConnectionsApiError: there are none; `code` says what to do.
        """
        path = f"/connections/{_segment(connection_id)}/credentials"
        return self._calls.content("GET", path, params=_said(minTtl=min_ttl))

    def report(
        self,
        connection_id: str,
        outcome: Outcome,
        *,
        generation: int | None = None,
        execution_id: str | None = None,
    ) -> None:
        """Report what an execution saw when it used a connection.

        After `unauthorized`, the third party's 401, the connection is refreshed: read its
        credentials again until they have another generation. `generation` is that of the
        credentials that were refused; of those that were replaced meanwhile nothing follows.

        Raises:
            ConnectionsApiError: the service refuses, or does not answer; a report may be repeated.
        """
        said = _said(outcome=outcome, generation=generation, executionId=execution_id)
        self._calls.answer("POST", f"/connections/{_segment(connection_id)}/reports", json=said)

    def _published_template(self, template: ConnectionTemplate) -> str:
        try:
            return str(
                self._calls.content("POST", "/connection-templates", json=template.document())["id"]
            )
        except ConnectionsApiError as error:
            if error.code != _NAME_TAKEN:
                raise
            existing = self._template_in_its_place(template)
            if existing is None:
                raise
        # Its secrets are not read back: whether they are others, only the service can tell.
        values = template.document()["connection"]["values"]
        given_up = dict.fromkeys(existing["templatedInputs"])
        self._calls.content(
            "PATCH",
            f"/connection-templates/{_segment(existing['id'])}",
            json={"connection": {"values": {**given_up, **values}}, "shared": template.shared},
        )
        return str(existing["id"])

    def _template_in_its_place(self, template: ConnectionTemplate) -> Mapping[str, Any] | None:
        """Return the template of the same name and connection."""
        wanted = (template.connection.component, template.connection.key)
        for each in self._listed(
            "/connection-templates", component=wanted[0], connection=wanted[1]
        ):
            held = each["connection"]
            if each["name"] == template.name and (held["component"], held["key"]) == wanted:
                return each
        return None

    def _published_integration(
        self, integration: Integration, integration_id: str | None
    ) -> Published:
        known = integration_id or self._integration_named(integration.name)
        if known is None:
            wanted = {"name": integration.name, "description": integration.description}
            known = str(self._calls.content("POST", "/integrations", json=wanted)["id"])
        path = f"/integrations/{_segment(known)}"
        read = self._calls.content("PUT", f"{path}/definition", json=integration.document())
        version = self._calls.content("POST", f"{path}/versions")["version"]
        return Published(id=known, version=version, notes=remarks(read.get("notes")))

    def _integration_named(self, name: str) -> str | None:
        ids = [
            str(each["id"])
            for each in self._listed("/integrations")
            if each["name"] == name and each.get("customerId") is None
        ]
        if len(ids) > 1:
            raise AmbiguousIntegration(name, ids)
        return ids[0] if ids else None

    def _listed(self, path: str, **words: str) -> Iterator[Mapping[str, Any]]:
        """Return what a list has, page by page."""
        cursor: str | None = None
        while True:
            page = self._calls.content("GET", path, params=_said(limit=200, cursor=cursor, **words))
            yield from page["items"]
            cursor = page.get("nextCursor")
            if cursor is None:
                return


def _said(**words: str | int | None) -> dict[str, str | int]:
    return {name: word for name, word in words.items() if word is not None}


def _segment(text: str) -> str:
    return quote(text, safe="")
