"""One stack a region, each with its own address (B29-B32), and a domain of one's own.

These stacks have their real names: whoever asks for one is led to where it runs on this machine.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from local import demo_provider, seed
from local.stack import Stack
from tests.browser import Browser

ROOT = Path(__file__).resolve().parent.parent.parent
DOMAIN = "connections.example"
LISTED = {
    "us-east-2": f"https://oauth2.{DOMAIN}",
    "us-gov-west-1": f"https://oauth2.us-gov-west-1.{DOMAIN}",
    "eu-west-1": f"https://oauth2.eu-west-1.{DOMAIN}",
    "eu-west-2": f"https://oauth2.eu-west-2.{DOMAIN}",
    "ca-central-1": f"https://oauth2.ca-central-1.{DOMAIN}",
    "ap-southeast-2": f"https://oauth2.ap-southeast-2.{DOMAIN}",
}
CUSTOM = "https://oauth2.acme.example"


class Names(httpx.BaseTransport):
    """Leads every https name to the stack on this machine, which is told the name."""

    def __init__(self, stack: Stack) -> None:
        self._there = httpx.URL(stack.url)
        self._transport = httpx.HTTPTransport(trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.scheme == "https":
            there = {"scheme": "http", "host": self._there.host, "port": self._there.port}
            request.url = request.url.copy_with(**there)
        return self._transport.handle_request(request)

    def close(self) -> None:
        self._transport.close()


class Deployed:
    """A running stack under its names, with the demo provider's component."""

    def __init__(self, stack: Stack, provider_url: str) -> None:
        self.transport = Names(stack)
        self.provider_url = provider_url
        self.browsers: list[Browser] = []
        self.http = httpx.Client(transport=self.transport)
        key = seed.api_key(stack)
        self.http.headers["Authorization"] = f"Bearer {key}"

    def regions(self, address: str) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(f"{address}/regions").raise_for_status().json()
        return found

    def register(self, *redirect_uris: str) -> None:
        """Register the app at the provider, in place of what was registered before."""
        client = {
            "client_id": "the-app",
            "client_secret": "the-secret",
            "redirect_uris": list(redirect_uris),
        }
        httpx.post(f"{self.provider_url}/_clients", json=client).raise_for_status()

    def a_connection(self, address: str) -> str:
        component = seed.component(self.provider_url)
        self.http.put(f"{address}/components/demo-crm", json=component).raise_for_status()
        values = {"clientId": "the-app", "clientSecret": "the-secret"}
        wanted = {"connection": {"component": "demo-crm", "key": "oauth2", "values": values}}
        made = self.http.post(f"{address}/connections", json=wanted).raise_for_status()
        return str(made.json()["id"])

    def link(self, address: str, connection: str) -> str:
        offered = self.http.post(f"{address}/connections/{connection}/authorizations", json={})
        return str(offered.raise_for_status().json()["url"])

    def status(self, address: str, connection: str) -> str:
        found = self.http.get(f"{address}/connections/{connection}").raise_for_status()
        return str(found.json()["status"])

    def browser(self) -> Browser:
        self.browsers.append(Browser(transport=self.transport, timeout=30))
        return self.browsers[-1]

    def close(self) -> None:
        for each in self.browsers:
            each.close()
        self.http.close()


@contextmanager
def deployed(folder: Path, region: str, **parameters: str) -> Iterator[Deployed]:
    """Run a stack in a region as it is deployed there: nothing of it is for development."""
    provider = demo_provider.serve("localhost", 0)
    try:
        with Stack(
            template_path=ROOT / "template.yaml",
            root=ROOT,
            logs=folder / "logs",
            development_hosts=f"localhost:{urlsplit(provider.url).port}",
            region=region,
            parameters={"Domain": DOMAIN, "DevelopmentUrl": "", **parameters},
        ) as stack:
            there = Deployed(stack, provider.url)
            try:
                yield there
            finally:
                there.close()
    finally:
        provider.stop()


@pytest.mark.parametrize(("region", "address"), LISTED.items())
def test_b30_b31_each_region_has_its_own_callback_url(
    region: str, address: str, tmp_path: Path
) -> None:
    with deployed(tmp_path, region) as stack:
        told = stack.regions(address)
        assert told["current"] == region
        listed = {each["region"]: each for each in told["regions"]}
        assert {name: each["apiUrl"] for name, each in listed.items()} == LISTED
        assert {name: each["callbackUrl"] for name, each in listed.items()} == {
            name: f"{url}/callback" for name, url in LISTED.items()
        }
        assert listed[region]["acceptedCallbackUrls"] == [f"{address}/callback"]

        # B29: what the provider is told is exactly that, and the customer comes back to it.
        stack.register(f"{address}/callback")
        connection = stack.a_connection(address)
        link = stack.link(address, connection)
        assert link.startswith(f"{address}/authorize?")
        browser = stack.browser()
        consent = browser.submit(browser.get(link).form)
        asked = parse_qs(urlsplit(consent.url).query)
        assert asked["redirect_uri"] == [f"{address}/callback"]
        assert browser.submit(consent.form, "Allow").url == f"{address}/authorization-complete"
        assert stack.status(address, connection) == "active"


def test_b32_while_a_domain_of_ones_own_is_switched_to_both_callbacks_are_accepted(
    tmp_path: Path,
) -> None:
    region = LISTED["eu-west-1"]
    both = [f"{CUSTOM}/callback", f"{region}/callback"]
    own = {"CustomDomain": "acme.example", "CallbackDomain": "custom"}
    with deployed(tmp_path, "eu-west-1", **own) as stack:
        listed = stack.regions(CUSTOM)["regions"]
        current = next(each for each in listed if each["region"] == "eu-west-1")
        assert current["callbackUrl"] == both[0]
        assert current["acceptedCallbackUrls"] == both

        # A link from before the switch has the region's name; so has its whole flow.
        for address in (region, CUSTOM):
            stack.register(f"{address}/callback")
            connection = stack.a_connection(region)
            link = stack.link(region, connection)
            assert link.startswith(CUSTOM)
            browser = stack.browser()
            consent = browser.submit(browser.get(link.replace(CUSTOM, address)).form)
            assert parse_qs(urlsplit(consent.url).query)["redirect_uri"] == [f"{address}/callback"]
            page = browser.submit(consent.form, "Allow")
            assert page.url == f"{address}/authorization-complete"
            assert stack.status(address, connection) == "active"


def test_b32_before_the_switch_new_links_keep_the_name_of_the_region(tmp_path: Path) -> None:
    region = LISTED["us-east-2"]
    with deployed(tmp_path, "us-east-2", CustomDomain="acme.example") as stack:
        listed = stack.regions(CUSTOM)["regions"]
        current = next(each for each in listed if each["region"] == "us-east-2")
        assert current["callbackUrl"] == f"{region}/callback"
        assert current["acceptedCallbackUrls"] == [f"{region}/callback", f"{CUSTOM}/callback"]
        stack.register(f"{region}/callback")
        connection = stack.a_connection(CUSTOM)
        assert stack.link(CUSTOM, connection).startswith(f"{region}/authorize?")
