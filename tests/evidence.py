"""What a run heard and saw, to be searched for what nobody may be told."""

import json
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import httpx

from tests.browser import Browser


@dataclass(slots=True)
class Evidence:
    """Secrets that are known, the API's answers, and the browsers with all that they visited."""

    secrets: set[str] = field(default_factory=set, repr=False)
    answers: list[str] = field(default_factory=list, repr=False)
    """The API's answers, all but those that are there to tell secrets."""
    links: set[str] = field(default_factory=set, repr=False)
    """What opens an authorization; it stands on the page that it opens, and nowhere else."""
    browsers: list[Browser] = field(default_factory=list)

    def hidden(self) -> set[str]:
        """Return every secret that is known, with those that went through browsers."""
        passed = {
            value
            for browser in self.browsers
            for page in browser.visited
            for url in (page.url, page.headers.get("Location", ""))
            for name, value in parse_qsl(urlsplit(url).query)
            if name in ("code", "state")
        }
        return {each for each in self.secrets | passed if each}

    def hear(self, response: httpx.Response) -> None:
        """Keep an answer of the API."""
        response.read()
        self.keep(response.url.path, response.status_code, response.content)

    def keep(self, path: str, status: int, content: bytes) -> None:
        """Keep an answer; of one that is there to tell a secret, the secret."""
        told = json.loads(content) if status in (200, 201) and _TELLS.search(path) else None
        if told is None:
            self.answers.append(content.decode(errors="replace"))
        elif "url" in told:
            self.links.add(told["url"].partition("authorization=")[2])
        elif "fields" in told:
            self.secrets.add(told["fields"].get("clientSecret", ""))
            self.secrets.add((told["token"] or {}).get("access_token", ""))
        elif "key" in told:
            self.secrets.add(told["key"])


_TELLS = re.compile(
    r"/(connections|instances)/[^/]+/credentials(\?|$)|/api-keys(/[^/]+/rotate)?$|/authorizations$"
)
"""Where secrets are read, and a new API key or a new link is shown."""
