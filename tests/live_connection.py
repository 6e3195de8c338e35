"""A connection of a running stack, over HTTP."""

from dataclasses import dataclass, field
from typing import Any

import httpx


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveConnection:
    """A connection of the running stack, as a caller of the API sees it."""

    id: str
    api: httpx.Client = field(repr=False)

    def read(self) -> dict[str, Any]:
        """Return the connection."""
        return content_of(self.api.get(f"/connections/{self.id}"))

    def link(self) -> str:
        """Return a new link under which it can be connected."""
        return str(content_of(self.api.post(f"/connections/{self.id}/authorizations"))["url"])

    def credentials(self, min_ttl: int | None = None) -> httpx.Response:
        """Ask for credentials, which last so many seconds."""
        query = {} if min_ttl is None else {"minTtl": min_ttl}
        return self.api.get(f"/connections/{self.id}/credentials", params=query)

    def access_token(self) -> str:
        """Return the access token that is handed out now."""
        return str(content_of(self.credentials())["token"]["access_token"])

    def refresh(self) -> httpx.Response:
        """Ask for a refresh now."""
        return self.api.post(f"/connections/{self.id}/refresh")

    def disconnect(self) -> dict[str, Any]:
        """Disconnect, and return what was answered."""
        response = self.api.post(f"/connections/{self.id}/disconnect")
        assert response.status_code == 202
        return content_of(response)

    def report(self, outcome: str, **said: Any) -> None:
        """Report what an execution saw."""
        path = f"/connections/{self.id}/reports"
        assert self.api.post(path, json={"outcome": outcome, **said}).status_code == 204

    def log(self) -> list[dict[str, Any]]:
        """Return its log, newest first."""
        items: list[dict[str, Any]] = content_of(self.api.get(f"/connections/{self.id}/logs"))[
            "items"
        ]
        return items

    def events(self) -> list[str]:
        """Return the events of its log, oldest first."""
        return [entry["event"] for entry in reversed(self.log())]


def content_of(response: httpx.Response) -> dict[str, Any]:
    """Return the JSON object of an answer that must be a success."""
    assert response.is_success, f"{response.request.url.path}: {response.text}"
    content: dict[str, Any] = response.json()
    return content
