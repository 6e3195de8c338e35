"""`make tour`: the whole life of a connection, told over HTTP against a running `make run`.

Every step prints what was sent and what came back, and at the end what the authorization server
saw. Secrets are shortened in what is printed.
"""

import json
import os
import re
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx

from local import seed
from local.__main__ import ROOT

CLIENT_ID = "tour-client"
CLIENT_SECRET = "tour-secret-of-this-machine"
STATE = ("id", "status", "reason", "light", "generation", "expiresAt", "refreshAt")
CREDENTIALS = ("key", "token", "generation", "expiresAt")
_SECRETS = ("access_token", "apiKey", "clientSecret", "client_secret")


class _Form(HTMLParser):
    """The hidden fields of a page's form."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a field's name and value."""
        found = dict(attrs)
        if tag == "input" and found.get("name"):
            self.fields[str(found["name"])] = found.get("value") or ""


@dataclass(slots=True)
class Tour:
    """A walk through a running stack."""

    stack: dict[str, str]
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30))
    step: int = 0

    def say(self, words: str) -> None:
        """Begin a step."""
        self.step += 1
        print(f"\n{self.step}. {words}")

    def call(
        self,
        method: str,
        path: str,
        content: dict[str, Any] | None = None,
        *,
        show: tuple[str, ...] = (),
    ) -> dict[str, Any]:
        """Call the API with the organization's key, and print both sides: of the answer `show`."""
        headers = {"Authorization": f"Bearer {self.stack['apiKey']}"}
        print(f"   -> {method} {path}" + (f"  {_shown(content)}" if content else ""))
        answer = self.http.request(method, self.stack["url"] + path, headers=headers, json=content)
        body: dict[str, Any] = answer.json() if answer.content else {}
        shown = {name: body[name] for name in show if name in body} if show else body
        print(f"   <- {answer.status_code}  {_shown(shown)}")
        return body

    def consent(self, link: str) -> None:
        """Do in a browser's place what the customer does: CONNECT, then Allow."""
        page = self.http.get(link)
        print(f"   -> GET {_path(link)}\n   <- {page.status_code}  the page with CONNECT")
        cookie = {"Cookie": page.headers["set-cookie"].partition(";")[0]}
        leaving = self.http.post(
            f"{self.stack['url']}/authorize", data=_Form(page.text).fields, headers=cookie
        )
        print(f"   -> POST /authorize\n   <- {leaving.status_code}  to the authorization server")
        asked = self.http.get(leaving.headers["location"])
        allowed = self.http.post(
            f"{self.stack['providerUrl']}/authorize",
            data={**_Form(asked.text).fields, "decision": "allow"},
        )
        print(f"   -- the customer allows\n   <- {allowed.status_code}  back to /callback")
        back = self.http.get(allowed.headers["location"], headers=cookie)
        done = self.http.get(self.stack["url"] + back.headers["location"])
        title = re.search("<title>(.*)</title>", done.text)
        print(f"   <- {done.status_code}  {title[1] if title else done.text}")

    def works(self, access_token: str) -> None:
        """Try an access token at the provider."""
        headers = {"Authorization": f"Bearer {access_token}"}
        answer = self.http.get(f"{self.stack['providerUrl']}/userinfo", headers=headers)
        print(f"   the provider says of it: {answer.status_code} {answer.text.strip()}")

    def ledger(self, since: int) -> list[dict[str, Any]]:
        """Return what the provider received after its entry `since`."""
        found: dict[str, Any] = self.http.get(f"{self.stack['providerUrl']}/_ledger").json()
        return [entry for entry in found["entries"] if entry["n"] > since]


def take(tour: Tour) -> None:
    """Walk from a component to a disconnected connection."""
    before = max((entry["n"] for entry in tour.ledger(0)), default=0)
    _register(tour)
    tour.say("Publish a component that declares the connection")
    component = seed.component(tour.stack["providerUrl"])
    definition = {**component["connections"][0], "provider": {"refreshBuffer": 7200}}
    document = {**component, "key": "tour-crm", "connections": [definition]}
    tour.call("PUT", "/components/tour-crm", document, show=("key", "label"))
    tour.say("Create a connection; the secret is sealed and reads back only as set")
    values = {"clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET}
    wanted = {"component": "tour-crm", "key": "oauth2", "values": values}
    connection = tour.call(
        "POST", "/connections", {"connection": wanted, "name": "Tour"}, show=STATE
    )
    at = f"/connections/{connection['id']}"
    tour.say("Make a link for the customer, who opens it, presses CONNECT and allows")
    tour.consent(tour.call("POST", f"{at}/authorizations")["url"])
    tour.say("Read live credentials: what integration code receives")
    tour.works(tour.call("GET", f"{at}/credentials", show=CREDENTIALS)["token"]["access_token"])
    tour.say("Let a minute of the schedule pass: the due connection is refreshed by the queue")
    tour.call("POST", "/_local/tick")
    token = tour.call("GET", f"{at}/credentials", show=CREDENTIALS)["token"]["access_token"]
    tour.works(token)
    tour.say("Report that an execution used it, and read the connection: the light is green")
    tour.call("POST", f"{at}/reports", {"outcome": "success"})
    tour.call("GET", at, show=STATE)
    tour.say("Disconnect: the tokens are deleted here and revoked at the provider")
    tour.call("POST", f"{at}/disconnect")
    tour.call("POST", "/_local/tick")
    tour.works(token)
    tour.call("GET", f"{at}/credentials", show=("code", "title", "detail"))
    tour.say("Read the log of the connection, newest first")
    for entry in tour.call("GET", f"{at}/logs", show=("nextCursor",))["items"]:
        print(f"      {entry['severity']:7} {entry['event']:24} {entry['detail']}")
    tour.say("What the authorization server saw, tokens as fingerprints")
    for entry in tour.ledger(before):
        print("      " + _line(entry))


def _register(tour: Tour) -> None:
    client = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "name": "The tour",
        "redirect_uris": [f"{tour.stack['url']}/callback"],
        "scope": seed.SCOPES,
    }
    tour.http.post(f"{tour.stack['providerUrl']}/_clients", json=client).raise_for_status()


def _line(entry: dict[str, Any]) -> str:
    issued = entry.get("issued", {})
    parts = [f"{entry['method']:4} /{entry['endpoint']:9} {entry['status']}"]
    parts += [str(entry[name]) for name in ("grant_type", "error") if name in entry]
    parts += [f"presented {entry['token']}"] if "token" in entry else []
    parts += [f"issued {name} {mark}" for name, mark in issued.items()]
    return "  ".join(parts)


def _path(url: str) -> str:
    return str(httpx.URL(url).raw_path, "ascii")


def _shown(content: object) -> str:
    """Return JSON in one line, secrets shortened and long answers cut."""
    text = json.dumps(_without_secrets(content), ensure_ascii=False)
    return text if len(text) <= 400 else f"{text[:400]} …"  # noqa: PLR2004 (what fits a screen)


def _without_secrets(content: object) -> object:
    if isinstance(content, dict):
        return {
            name: f"{value[:6]}…"
            if name in _SECRETS and isinstance(value, str)
            else _without_secrets(value)
            for name, value in content.items()
        }
    if isinstance(content, list):
        return [_without_secrets(each) for each in content]
    return content


def main() -> int:
    """Take the tour; the exit code."""
    path = Path(os.environ.get("STACK_FILE", ROOT / ".local" / "stack.json"))
    if not path.exists():
        print("No stack is running: start one with `make run` in another window.", file=sys.stderr)
        return 1
    take(Tour(json.loads(path.read_text())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
