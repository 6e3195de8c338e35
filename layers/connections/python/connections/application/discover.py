"""Complete what a definition leaves out with what the authorization server says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from connections.application.ports import AuthorizationServer, Clock, NoAnswer, NotSent
from connections.domain.errors import Misconfigured, Unavailable
from connections.domain.failure import Failure, FailureKind
from connections.domain.grant import Issuance
from connections.oauth.addresses import AllowedHosts
from connections.oauth.client import OAuthClient
from connections.oauth.messages import ServerResponse
from connections.oauth.server_metadata import (
    ENDPOINTS,
    NoMetadata,
    metadata_request,
    metadata_urls,
    server_metadata,
)

REMEMBERED_FOR = timedelta(hours=1)
MOST_REMEMBERED = 100
_SILENT = "The authorization server did not say where its endpoints are."
_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Remembered:
    metadata: Mapping[str, Any]
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Discoverer:
    """Reads the metadata of authorization servers, and remembers it for an hour."""

    servers: AuthorizationServer
    hosts: AllowedHosts
    clock: Clock
    memory: dict[tuple[str, ...], _Remembered] = field(default_factory=dict, repr=False)

    def completed(self, issuance: Issuance, deadline: datetime) -> Issuance:
        """Return an issuance with the server's metadata, if its definition needs it.

        A grant keeps it: refreshing and revoking never ask for it again.

        Raises:
            Misconfigured: there is none, it is of another issuer, or it names what must not be
                called.
            Unavailable: the server did not answer, and nothing is remembered.
        """
        client = OAuthClient.of(issuance)
        if client.metadata_url:
            urls: tuple[str, ...] = (client.metadata_url,)
        elif client.facts.issuer and not client.has_endpoints:
            fault = self.hosts.fault(client.facts.issuer)
            if fault is not None:
                raise Misconfigured(_failure(f"the issuer {fault}"))
            urls = metadata_urls(client.facts.issuer)
        else:
            return issuance
        return replace(issuance, metadata=self._metadata(urls, client.facts.issuer, deadline))

    def _metadata(
        self, urls: tuple[str, ...], issuer: str | None, deadline: datetime
    ) -> Mapping[str, Any]:
        known = self.memory.get((*urls, issuer or ""))
        now = self.clock.now()
        if known is not None and now < known.until:
            return known.metadata
        try:
            metadata = self._read(urls, issuer, deadline)
        except Unavailable:
            if known is None:
                raise
            # What it said an hour ago is better than nobody connecting.
            return known.metadata
        if len(self.memory) >= MOST_REMEMBERED:
            self.memory.clear()
        until = now + REMEMBERED_FOR
        self.memory[(*urls, issuer or "")] = _Remembered(metadata=metadata, until=until)
        return metadata

    def _read(
        self, urls: tuple[str, ...], issuer: str | None, deadline: datetime
    ) -> Mapping[str, Any]:
        url, *others = urls
        answer = self._answer(url, deadline)
        while answer.status in _GONE and others:
            url = others.pop(0)
            answer = self._answer(url, deadline)
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status in _LATER:
            raise Unavailable(_SILENT)
        try:
            metadata = server_metadata(answer, url, issuer)
        except NoMetadata as fault:
            raise Misconfigured(_failure(str(fault))) from None
        return self._usable(metadata)

    def _usable(self, metadata: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the metadata, whose addresses are held to the rules for those that are entered.

        Of the authorization endpoint nobody else would ask: a browser calls it.
        """
        for name in sorted(ENDPOINTS & metadata.keys()):
            fault = self.hosts.fault(metadata[name])
            if fault is not None:
                raise Misconfigured(_failure(f"the server's metadata has a {name} that {fault}"))
        return metadata

    def _answer(self, url: str, deadline: datetime) -> ServerResponse:
        try:
            return self.servers.send(metadata_request(url), deadline)
        except (NotSent, NoAnswer):
            raise Unavailable(_SILENT) from None


def _failure(explanation: str) -> Failure:
    return Failure(
        kind=FailureKind.CLIENT,
        explanation=explanation,
        remedy="Check the issuer and the metadata URL of the connection definition.",
    )
