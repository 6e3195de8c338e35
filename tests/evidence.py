"""What a run heard and saw, to be searched for what nobody may be told."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import httpx

from tests.browser import Browser


@dataclass(slots=True)
class Evidence:
    """Secrets that are known, the API's answers, and the browsers with all that they visited."""

    secrets: set[str] = field(default_factory=set, repr=False)
    answers: list[str] = field(default_factory=list, repr=False)
    """The API's answers, all but credentials, which are there to hold secrets."""
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
        if response.url.path.endswith("/credentials") and response.is_success:
            content = response.json()
            self.secrets.add(content["fields"].get("clientSecret", ""))
            self.secrets.add((content["token"] or {}).get("access_token", ""))
        else:
            self.answers.append(response.text)
